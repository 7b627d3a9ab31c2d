"""What two configurations do not share, in words; every field that can differ is told."""

from dataclasses import fields, replace

import pytest

from resnet.spec import NetSpec, Recipe
from resnet.spec.differences import difference

BASE = Recipe(warmup="linear", warmup_iterations=60, images=5000, test_images=500)
NET = "resnet20-A"


def words(one, other, changed=None, base=BASE):
    recipe = replace(base, **(changed or {}))
    return difference((NetSpec.parse(one), base), (NetSpec.parse(other), recipe))


def test_nothing_differs():
    assert words(NET, NET) == "nothing differs: the same net, the same recipe and the same seed"


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("resnet20-A", "resnet20-B", "only the shortcut differs: A against B"),
        ("plain20", "resnet20-A", "only the shortcut differs: none (plain) against A"),
        ("resnet20-A", "resnet56-A", "only the depth differs: 20 against 56"),
        ("plain20", "plain20-nonorm", "only batch normalization differs: on against off"),
        ("plain20-sigmoid", "plain20", "only the activation differs: sigmoid against ReLU"),
        (
            "resnet20-A",
            "resnet20-A-pre",
            "only the order in a block differs: post-activation against pre-activation",
        ),
        (
            "resnet20-A",
            "resnet20-A-w32",
            "only the width of the first stage differs: 16 against 32 channels",
        ),
        (
            "resnet20-A",
            "resnet20-A-c1000",
            "only the number of classes differs: 10 against 1,000",
        ),
        (
            "resnet20-A",
            "resnet20-A-stages2.3.4",
            "only the number of blocks by stage differs: 3+3+3 against 2+3+4",
        ),
        (
            "resnet29-A-bottleneck",
            "resnet29-A-bottleneck-3x3",
            "only the place of the stride differs: the first 1x1 against the 3x3 convolution",
        ),
    ],
)
def test_one_thing_about_the_net(one, other, said):
    assert words(one, other) == said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seed": 1}, "the same but for the seed: 0 against 1"),
        ({"learning_rate": 0.05}, "only the learning rate differs: 0.1 against 0.05"),
        ({"weight_decay": 0.0}, "only the weight decay differs: 0.0001 against 0"),
        ({"iterations": 400}, "only the length of training differs: 64,000 against 400 iterations"),
        ({"batch": 64}, "only the mini-batch differs: 128 against 64 images"),
        ({"image_size": 16}, "only the image side differs: 32 against 16 pixels"),
        ({"images": None}, "only the number of training images differs: 5,000 against all"),
        ({"augment": False}, "only the augmentation differs: on against off"),
        ({"split": "45k/5k"}, "only the split differs: 50k/10k against 45k/5k"),
        ({"data": "generated"}, "only the image set differs: CIFAR-10 against generated images"),
        ({"schedule": "linear"}, "only the schedule differs: in steps against linear to zero"),
        ({"warmup": "none"}, "only the warm-up differs: linear over 60 iterations against none"),
        (
            {"warmup": "error"},
            "only the warm-up differs: linear over 60 iterations against at 0.01 until the "
            "training error is below 80 %",
        ),
        (
            {"warmup_iterations": 1000},
            "only the warm-up differs: linear over 60 iterations against linear over 1,000 "
            "iterations",
        ),
        ({"momentum": 0.0}, "only the momentum differs: 0.9 against 0"),
        ({"precision": "bf16"}, "only the arithmetic differs: the machine's choice against bf16"),
        ({"test_every": 500}, "only the gap between tests differs: 1,000 against 500 iterations"),
        ({"log_every": 10}, "only the gap between rows differs: 100 against 10 iterations"),
        ({"test_images": None}, "only the size of a test differs: 500 images against all"),
        ({"final_images": 20}, "only the size of the last test differs: all against 20 images"),
    ],
)
def test_one_thing_about_the_recipe(changed, said):
    assert words(NET, NET, changed) == said


@pytest.mark.parametrize(
    ("one", "other", "changed", "said"),
    [
        (
            "plain20",
            "plain56",
            {"learning_rate": 0.05},
            "depth 20 against 56, and the learning rate 0.1 against 0.05; all else is the same",
        ),
        (
            "plain20",
            "resnet56-B",
            {"seed": 3},
            "depth 20 against 56, the shortcut none (plain) against B, and the seed 0 against 3; "
            "all else is the same",
        ),
        (
            "resnet20-A",
            "resnet29-A-bottleneck-3x3",
            {},
            "depth 20 against 29, and the block basic against bottleneck; all else is the same",
        ),
        (
            "resnet20-A",
            "resnet26-A-stages4.4.4",
            {},
            "only the depth differs: 20 against 26",
        ),
        (
            "resnet20-A",
            "imagenet-resnet18-A",
            {},
            "the family CIFAR against ImageNet, and depth 20 against 18; all else is the same",
        ),
        (
            "resnet20-A",
            "imagenet-resnet18-A-w32",
            {},
            "the family CIFAR against ImageNet, depth 20 against 18, and the width of the first "
            "stage 16 against 32 channels; all else is the same",
        ),
    ],
)
def test_several_things_and_what_follows_from_them_is_left_out(one, other, changed, said):
    assert words(one, other, changed) == said


def test_a_warm_up_that_is_not_taken_has_no_length():
    plain = replace(BASE, warmup="none")
    assert words(NET, NET, {"warmup_iterations": 7, "warmup_rate": 0.5}, plain).startswith(
        "nothing differs"
    )


def test_no_field_of_a_net_or_a_recipe_is_forgotten():
    """Every field, changed alone where it matters, is told."""
    changes = {
        "data": "folder",
        "images": 50,
        "image_size": 16,
        "split": "45k/5k",
        "augment": False,
        "responses": True,
        "batch": 7,
        "iterations": 7,
        "learning_rate": 0.7,
        "schedule": "constant",
        "warmup": "error",
        "warmup_iterations": 7,
        "warmup_rate": 0.7,
        "momentum": 0.7,
        "weight_decay": 0.7,
        "seed": 7,
        "precision": "fp32",
        "log_every": 20,
        "test_every": 200,
        "test_images": 70,
        "final_images": 70,
    }
    assert set(changes) == {field.name for field in fields(Recipe)}
    for name, value in changes.items():
        base = replace(BASE, warmup="error") if name == "warmup_rate" else BASE
        assert "nothing differs" not in words(NET, NET, {name: value}, base), name
    nets = {
        "family": ("resnet56-A", "imagenet-resnet50-A"),
        "depth": ("plain20", "plain56"),
        "block": ("resnet20-A", "resnet20-A-bottleneck"),
        "shortcut": ("resnet20-A", "resnet20-C"),
        "stride_on": ("resnet20-A-bottleneck", "resnet20-A-bottleneck-3x3"),
        "width": ("plain20", "plain20-w8"),
        "classes": ("plain20", "plain20-c8"),
        "order": ("plain20", "plain20-pre"),
        "norm": ("plain20", "plain20-nonorm"),
        "activation": ("plain20", "plain20-tanh"),
        "stages": ("plain20", "plain20-stages2.3.4"),
    }
    assert set(nets) == {field.name for field in fields(NetSpec)}
    for name, pair in nets.items():
        assert "nothing differs" not in words(*pair), name
