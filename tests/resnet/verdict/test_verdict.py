"""The verdict says what the errors show, and no more."""

from dataclasses import replace

import pytest

from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import curve, differing, short_titles
from resnet.verdict.verdict import evidence, verdict

LESSON = DEGRADATION.recipe
AT_ONCE = replace(
    LESSON, learning_rate=0.1, schedule="constant", warmup="none", warmup_iterations=0
)


def errors(recipe=LESSON, **by_name):
    """Of nets by name, one number or one for each seed."""
    return {
        curve(NetSpec.parse(name.replace("_", "-")), recipe): dict(
            enumerate(value if isinstance(value, list) else [value])
        )
        for name, value in by_name.items()
    }


def said(of, images=2000, iterations=400):
    return verdict(of, images, iterations)


README = {
    "plain20": [23.1, 27.6, 29.6],
    "plain56": [80.2, 77.8, 77.8],
    "resnet20_A": [0.8, 2.7, 2.5],
    "resnet56_A": [2.4, 5.7, 7.0],
}
ONE = {name: values[0] for name, values in README.items()}


def test_the_measured_lesson():
    assert said(errors(**README)) == (
        "plain-56 trains worse than plain-20 by 52 points (48 to 57 over 3 seeds); "
        "ResNet-56 does not."
    )
    assert said(errors(**ONE)) == (
        "plain-56 trains worse than plain-20 by 57 points; ResNet-56 does not (one seed)."
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"resnet20_A": 30.0, "resnet56_A": 12.0},
            "plain-56 trains worse than plain-20 by 57 points; ResNet-56 does not: "
            "it trains better than ResNet-20 by 18 (one seed).",
        ),
        (
            {"resnet56_A": 20.0},
            "plain-56 trains worse than plain-20 by 57 points; "
            "ResNet-56 trains worse than ResNet-20 by 19 points (one seed).",
        ),
        (
            {"plain56": 35.1, "resnet56_A": 8.0},
            "plain-56 trains worse than plain-20 by 12 points; one seed is not enough to say "
            "whether ResNet-56 trains worse than ResNet-20: 7 points.",
        ),
        (
            {"plain56": 22.1},
            "One seed is not enough to say whether plain-56 trains better than plain-20: 1 point; "
            "one seed is not enough to say whether ResNet-56 trains worse than ResNet-20: "
            "2 points.",
        ),
    ],
)
def test_depths_are_compared_within_plain_and_within_residual_nets(changed, sentence):
    assert said(errors(**{**ONE, **changed})) == sentence


def test_seeds_that_do_not_agree_are_said_to():
    assert said(errors(plain20=[33, 30], plain56=[40, 49])) == (
        "Not enough seeds to say whether plain-56 trains worse than plain-20: "
        "13 points (7 to 19 over 2 seeds)."
    )
    assert said(errors(plain20=[9, 1, 5], plain56=[3, 4, 1])) == (
        "Not enough seeds to say whether plain-56 trains better than plain-20: "
        "2 points (−3 to 6 over 3 seeds)."
    )


def test_no_difference_is_claimed_only_where_seeds_show_it():
    """1, 2 and 1: 1.33 with a standard deviation of 0.577, so ± 1.43; of the images ± 0.9."""
    level = errors(resnet20_A=[3, 2, 3], resnet56_A=[4, 4, 4])
    assert said(level, images=10_000) == (
        "ResNet-56 trains about as well as ResNet-20 (within 3 points over 3 seeds)."
    )


def test_a_point_is_given_its_decimal_only_where_it_is_known():
    """0.3 in each of three seeds, on a million images: the interval is 0.14 wide on either side."""
    sure = errors(Recipe(), resnet20_A=[8.7, 8.7, 8.7], resnet32_A=[8.4, 8.4, 8.4])
    assert said(sure, 10**6, 64_000) == (
        "ResNet-32 trains better than ResNet-20 by 0.3 points (over 3 seeds)."
    )


def test_options_are_ranked_by_what_differs():
    options = {"resnet32_A": 3.0, "resnet32_B": 4.0, "resnet32_C": 5.0}
    assert said(errors(**options)) == (
        "The shortcut options differ by less than one seed can tell (2 points at most)."
    )
    assert said(errors(plain32=50.0, **options)) == (
        "ResNet-32 A, ResNet-32 B and ResNet-32 C train best, too close to tell apart; "
        "plain-32 is 47 points behind (one seed)."
    )
    three = {"resnet32_A": [3, 4, 3], "resnet32_B": [4, 5, 6], "resnet32_C": [5, 9, 8]}
    assert said(errors(**three)) == (
        "ResNet-32 A, ResNet-32 B and ResNet-32 C train about equally well "
        "(within 9 points over 3 seeds)."
    )


def test_activations_are_called_by_their_names():
    trio = {"plain20": [20, 22, 25], "plain20_tanh": [40, 44, 41], "plain20_sigmoid": [88, 89, 88]}
    assert said(errors(**trio)) == (
        "ReLU trains best: tanh is 19 points behind (16 to 22 over 3 seeds) and sigmoid 66."
    )


def test_what_groups_have_is_said_before_them():
    six = {"plain20": 20, "plain20_tanh": 40, "plain20_nonorm": 80, "plain20_nonorm_tanh": 60}
    assert said(errors(**six)) == (
        "With BN, ReLU trains best: tanh is 20 points behind; "
        "without BN, tanh trains best: ReLU is 20 points behind (one seed)."
    )


def test_recipes_are_told_apart():
    pair = {"plain56": 87.0, "resnet56_A": 82.0}
    gentle = {"plain56": 80.0, "resnet56_A": 40.0}
    assert said({**errors(AT_ONCE, **pair), **errors(**gentle)}) == (
        "Without warm-up, at a rate of 0.1, plain-56 and ResNet-56 differ by less than one seed "
        "can tell (5 points); with a linear warm-up, at a rate of 0.05, ResNet-56 trains best: "
        "plain-56 is 40 points behind."
    )
    waiting = replace(AT_ONCE, warmup="error")
    assert said({**errors(AT_ONCE, resnet110_A=87.0), **errors(waiting, resnet110_A=60.0)}) == (
        "ResNet-110 with a warm-up until 80 % error trains best: "
        "ResNet-110 without warm-up is 27 points behind (one seed)."
    )


def test_nets_that_only_guess_are_not_said_to_train_equally_well():
    level = {"plain20": [88, 89, 90], "plain56": [89, 90, 89]}
    assert said(errors(**level)) == "plain-20 and plain-56 do little better than guessing."
    assert said(errors(plain20=60, plain56=88, resnet20_A=89, resnet56_A=88)) == (
        "plain-56 trains worse than plain-20 by 28 points; "
        "ResNet-20 and ResNet-56 do little better than guessing (one seed)."
    )
    assert said(errors(AT_ONCE, plain56=88.0, resnet56_A=86.0)) == (
        "plain-56 and ResNet-56 do little better than guessing (one seed)."
    )
    two_classes = {"resnet20_A_c2": [47, 46, 48], "resnet20_B_c2": [46, 48, 47]}
    assert said(errors(**two_classes)).endswith("do little better than guessing.")
    assert said(errors(resnet20_A=47, resnet20_B=46)).startswith("The shortcut options differ")


def test_nets_that_differ_in_more_than_one_thing_are_ranked():
    assert said(errors(resnet20_A=9.0, resnet56_B=24.0)) == (
        "ResNet-20 A trains best: ResNet-56 B is 15 points behind (one seed)."
    )


def test_there_is_no_verdict_without_two_curves():
    assert said(errors(plain20=9.0)) == ""
    assert said({**errors(plain20=9.0), **errors(plain56=[])}) == ""
    apart = {**errors(plain20=9.0), curve(NetSpec.parse("plain56"), LESSON): {7: 30.0}}
    assert said(apart) == ""


def test_a_recipes_seed_makes_no_curve_of_its_own():
    net = NetSpec.parse("plain20")
    assert curve(net, replace(LESSON, seed=3)) == curve(net, LESSON)


def test_differing_names_what_a_person_changed():
    one, other = curve(NetSpec.parse("plain20"), LESSON), curve(NetSpec.parse("plain20"), AT_ONCE)
    assert differing([one, other]) == (
        "warmup", "learning_rate", "schedule", "warmup_iterations",
    )  # fmt: skip
    often = curve(one.net, replace(LESSON, test_every=10))
    assert differing([one, often]) == ()
    own = curve(NetSpec(stages=(2, 3, 4)), LESSON)
    assert differing([curve(NetSpec(), LESSON), own]) == ("stages",)


def test_the_evidence_states_mean_spread_seeds_and_images():
    text = evidence(errors(**README), 2000, 400)
    assert text.startswith(
        "Training error on 2,000 images, mean ± standard deviation (least to most) over 3 seeds: "
        "plain-20 26.8 ± 3.3 % (23.1 to 29.6), plain-56 78.6 ± 1.4 % (77.8 to 80.2), "
    )
    assert "plain-56 less plain-20: 51.8 points, 95 % interval 40 to 64." in text
    assert text.endswith("ResNet-56 less ResNet-20: 3.0 points, 95 % interval −1 to 7.")


def test_the_evidence_of_one_seed_says_what_it_cannot_show():
    assert evidence(errors(plain20=23.1, plain56=80.2), 2000, 400) == (
        "Training error on 2,000 images: plain-20 23.1 %, plain-56 80.2 %. One seed: a difference "
        "below 10 points is not counted, as another seed alone can make it."
    )


def test_the_evidence_says_where_seeds_are_missing():
    text = evidence(errors(plain20=[20, 22], plain56=80), 2000, 400)
    assert "plain-20 21.0 ± 1.4 % (20.0 to 22.0, 2 seeds), plain-56 80.0 % (one seed)" in text


def test_the_letter_is_left_out_where_all_residual_nets_share_it():
    shared = [NetSpec.parse(name) for name in ("plain20", "resnet20-A", "resnet56-A")]
    assert list(short_titles(shared).values()) == ["plain-20", "ResNet-20", "ResNet-56"]
    mixed = [NetSpec.parse(name) for name in ("resnet20-A", "resnet20-B")]
    assert list(short_titles(mixed).values()) == ["ResNet-20 A", "ResNet-20 B"]
