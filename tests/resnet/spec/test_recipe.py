"""The recipe: its defaults are the paper's, and what cannot be is refused in one sentence."""

import re

import pytest

from resnet.spec import Recipe, SpecError

PAPER = {
    "data": "cifar10",
    "images": None,
    "image_size": 32,
    "split": "50k/10k",
    "augment": True,
    "batch": 128,
    "iterations": 64_000,
    "learning_rate": 0.1,
    "schedule": "steps",
    "warmup": "none",
    "warmup_rate": 0.01,
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "final_images": None,
}
REFUSED = [
    ({"data": "mnist"}, "data 'mnist' is not known; choose cifar10, folder or generated"),
    ({"image_size": 24}, "image_size 24 is not known; choose 32 or 16"),
    ({"image_size": 32.0}, "image_size 32.0 is not known; choose 32 or 16"),
    ({"split": "40k/10k"}, "split '40k/10k' is not known; choose 50k/10k or 45k/5k"),
    ({"augment": "yes"}, "augment 'yes' is not known; choose True or False"),
    ({"augment": 1}, "augment 1 is not known; choose True or False"),
    ({"schedule": "cosine"}, "schedule 'cosine' is not known; choose steps, linear or constant"),
    ({"warmup": "slow"}, "warmup 'slow' is not known; choose none, linear or error"),
    ({"precision": "fp16"}, "precision 'fp16' is not known; choose auto, fp32 or bf16"),
    ({"images": 9}, "images 9 is out of range; it can be 10 to 10,000,000"),
    ({"images": 100.5}, "images must be a whole number, not 100.5"),
    ({"test_images": 0}, "test_images 0 is out of range; it can be 10 to 10,000,000"),
    ({"final_images": "all"}, "final_images must be a whole number, not 'all'"),
    ({"batch": 1}, "batch 1 is out of range; it can be 2 to 4,096"),
    ({"iterations": 0}, "iterations 0 is out of range; it can be 1 to 200,000"),
    ({"iterations": 200_001}, "iterations 200,001 is out of range; it can be 1 to 200,000"),
    ({"learning_rate": -0.1}, "learning_rate -0.1 is out of range; it can be 0 to 100"),
    ({"learning_rate": float("nan")}, "learning_rate must be a number, not nan"),
    ({"learning_rate": float("inf")}, "learning_rate must be a number, not inf"),
    ({"learning_rate": "0.1"}, "learning_rate must be a number, not '0.1'"),
    ({"momentum": 1}, "momentum 1 is out of range; it can be 0 to 0.9999"),
    ({"weight_decay": 2}, "weight_decay 2 is out of range; it can be 0 to 1"),
    ({"warmup_rate": None}, "warmup_rate must be a number, not None"),
    ({"seed": -1}, "seed -1 is out of range; it can be 0 to 2,147,483,647"),
    ({"seed": True}, "seed must be a whole number, not True"),
    ({"log_every": 0}, "log_every 0 is out of range; it can be 1 to 200,000"),
    ({"test_every": 150}, "test_every 150 is not a multiple of log_every 100; 200 would be"),
    ({"test_every": 30}, "test_every 30 is not a multiple of log_every 100; 100 would be"),
    ({"warmup": "linear"}, "warmup_iterations 0 does not fit a linear warm-up; give it 1 or more"),
]


def test_the_defaults_are_section_4_2():
    assert {name: getattr(Recipe(), name) for name in PAPER} == PAPER


@pytest.mark.parametrize("fields, sentence", REFUSED)
def test_a_recipe_that_cannot_be_is_refused(fields, sentence):
    with pytest.raises(SpecError, match=re.escape(sentence)):
        Recipe(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"images": 5000, "image_size": 16, "augment": False, "seed": 7},
        {"warmup": "linear", "warmup_iterations": 60, "schedule": "linear", "iterations": 400},
        {"warmup": "error", "split": "45k/5k", "precision": "fp32", "test_images": None},
    ],
)
def test_json_gives_the_same_recipe_back(fields):
    assert Recipe.from_json(Recipe(**fields).to_json()) == Recipe(**fields)


def test_json_with_a_field_of_another_thing_is_refused():
    with pytest.raises(SpecError, match="'depth' is not a field of Recipe; it has data, images"):
        Recipe.from_json('{"depth": 20}')
