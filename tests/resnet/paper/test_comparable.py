"""A run is held against the paper only where its recipe is the paper's, and says why not."""

from dataclasses import replace

import pytest

from resnet.lessons import DEGRADATION
from resnet.paper.comparable import PaperPoint, comparability, paper_says
from resnet.spec import NetSpec, Recipe

FULL = Recipe()
WARMED = replace(FULL, warmup="error")
JPEG = "CIFAR-10 (JPEG)"


def held(name, recipe=FULL, data="CIFAR-10", iterations=64_000, **more):
    return comparability(NetSpec.parse(name), recipe, data, iterations, **more)


@pytest.mark.parametrize(
    ("name", "error"),
    [("resnet20-A", 8.75), ("resnet32-A", 7.51), ("resnet44-A", 7.17), ("resnet56-A", 6.97)],
)
def test_the_papers_recipe_is_comparable_with_table_6(name, error):
    run = held(name)
    assert run.comparable and run.why_not == ()
    assert run.point.value == error
    assert paper_says([(run, [9.1])]) == [
        f"{run.net.title}, test error. Paper: {error:.2f} % (Table 6). You got: 9.10 %."
    ]


def test_several_seeds_are_given_with_their_spread():
    assert paper_says([(held("resnet20-A"), [8.6, 9.0, 9.1])]) == [
        "ResNet-20 A, test error. Paper: 8.75 % (Table 6). "
        "You got: 8.90 %, mean of 3 seeds (8.60 to 9.10)."
    ]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"images": 5000}, "5,000 of 50,000 images"),
        ({"image_size": 16}, "16x16 pixels"),
        ({"augment": False}, "no augmentation"),
        ({"batch": 64}, "mini-batches of 64 instead of 128"),
        ({"learning_rate": 0.05}, "a rate of 0.05 instead of 0.1"),
        ({"schedule": "linear"}, "a linear schedule instead of steps"),
        ({"warmup": "linear", "warmup_iterations": 60}, "a linear warm-up"),
        ({"warmup": "error"}, "a warm-up"),
        ({"momentum": 0.8}, "momentum 0.8 instead of 0.9"),
        ({"weight_decay": 0.0005}, "weight decay 0.0005 instead of 0.0001"),
        ({"split": "45k/5k"}, "tested on held-out training images instead of the test images"),
        ({"final_images": 2000}, "tested on 2,000 of 10,000 images"),
        ({"iterations": 400}, "400 of 64,000 iterations"),
        ({"iterations": 70_000}, "70,000 iterations instead of 64,000"),
        ({"data": "generated"}, "generated images instead of CIFAR-10"),
    ],
)
def test_everything_that_differs_costs_the_comparison(changed, reason):
    recipe = replace(FULL, **changed)
    run = held("resnet20-A", recipe, iterations=recipe.iterations)
    assert run.why_not == (reason,)
    assert not run.comparable
    assert run.point is None


def test_what_makes_no_difference_to_the_result_costs_nothing():
    same = replace(
        FULL, images=50_000, seed=4, log_every=10, test_every=50, test_images=500,
        final_images=10_000, precision="fp32",
    )  # fmt: skip
    assert held("resnet20-A", same).comparable


def test_the_short_lesson_is_marked_with_all_its_reasons():
    recipe = replace(DEGRADATION.recipe, data="folder")
    runs = [(held(name, recipe, JPEG, 400), [54.0]) for name in ("resnet20-A", "resnet56-A")]
    assert paper_says(runs) == [
        "Paper: ResNet-20 A 8.75 %, ResNet-56 A 6.97 % test error after 64,000 iterations "
        "(Table 6); these runs are not comparable: 400 of 64,000 iterations, 5,000 of 50,000 "
        "images, 16x16 pixels, no augmentation, a rate of 0.05 instead of 0.1, a linear schedule "
        "instead of steps, a linear warm-up, tested on 2,000 of 10,000 images, "
        "CIFAR-10 re-encoded as JPEG."
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (JPEG, "CIFAR-10 re-encoded as JPEG"),
        (f"{JPEG} (40 images were resized)", "CIFAR-10 re-encoded as JPEG"),
        ("flowers", "images of flowers, a folder, instead of CIFAR-10"),
        ("", "a folder of images"),
    ],
)
def test_a_folder_is_never_taken_for_cifar_10(data, reason):
    assert held("resnet20-A", replace(FULL, data="folder"), data).why_not == (reason,)


def test_a_run_of_the_papers_recipe_has_the_line_before_it_is_comparable():
    halfway = held("resnet20-A", iterations=12_000)
    assert not halfway.comparable
    assert halfway.why_not == ("12,000 of 64,000 iterations so far",)
    assert halfway.point == PaperPoint("ResNet-20 A", 8.75, "paper: 8.75 % (Table 6)")


def test_a_changed_rate_and_an_extension_cost_the_comparison():
    assert held("resnet20-A", changed=True).why_not == ("the learning rate was changed by hand",)
    assert held("resnet20-A", iterations=65_000).why_not == ("65,000 iterations instead of 64,000",)
    short = replace(FULL, iterations=400)
    assert held("resnet20-A", short).why_not == ("extended after 400 iterations",)


def test_110_layers_need_their_warm_up():
    assert held("resnet110-A").why_not == ("without the warm-up of the 110-layer net",)
    run = held("resnet110-A", WARMED)
    assert run.comparable
    assert run.point.value == 6.61  # the mean: one run is not the best of five
    assert paper_says([(run, [6.5])]) == [
        "ResNet-110 A, test error. Paper: 6.43 %, best of five, mean 6.61 ± 0.16 % (Table 6). "
        "You got: 6.50 %."
    ]
    assert not held("resnet110-A", replace(WARMED, warmup_rate=0.02)).comparable


def test_fig_6_has_curves_of_plain_nets_and_no_figures():
    assert held("plain56").point is None
    assert paper_says([(held("plain56"), [12.0])]) == [
        "plain-56, test error. Paper: a curve in Fig. 6, without a figure. You got: 12.00 %."
    ]
    assert paper_says([(held("plain110"), [70.0])]) == [
        "plain-110, test error. Paper: above 60 %, not drawn (Fig. 6). You got: 70.00 %."
    ]
    short = [(held(f"plain{depth}", iterations=9), []) for depth in (20, 56, 110)]
    assert paper_says(short) == [
        "plain-20 and plain-56: the paper draws their curves in Fig. 6, without a figure.",
        "plain-110: the paper says that its error is above 60 % (Fig. 6).",
    ]


@pytest.mark.parametrize(
    "name", ["resnet20-B", "resnet26-A", "plain20-nonorm", "resnet20-A-w32", "resnet20-A-c100"]
)
def test_nothing_is_claimed_of_nets_that_are_not_printed(name):
    run = held(name)
    assert not run.in_the_paper and not run.comparable and run.point is None
    (sentence,) = paper_says([(run, [9.0])])
    assert sentence.endswith(": the paper prints no error for it on CIFAR-10.")


def test_titles_with_commas_are_put_in_brackets():
    runs = [(held(name), []) for name in ("plain20-nonorm-tanh", "resnet26-A")]
    assert paper_says(runs) == [
        "plain-20 (no BN, tanh) and ResNet-26 A: the paper prints no error for them on CIFAR-10."
    ]


def test_the_follow_up_is_named():
    run = held("resnet110-A-pre", WARMED)
    assert (run.point.value, run.table) == (6.37, "He et al. 2016, Table 2")
    assert run.point.label == "paper: 6.37 %, median of five runs (He et al. 2016, Table 2)"
