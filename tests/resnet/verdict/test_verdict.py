"""The verdict says what the errors show, and no more."""

from dataclasses import replace

import pytest

from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import curve, differing, short_titles
from resnet.verdict.standing import Standing
from resnet.verdict.verdict import comparisons, evidence, verdict

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


def said(of, images=2000, **more):
    return verdict(Standing(of, images, 400, **more))


def evidence_of(of, images=2000, **more):
    return evidence(Standing(of, images, 400, **more))


README = {
    "plain20": [23.1, 27.6, 29.6],
    "plain56": [80.2, 77.8, 77.8],
    "resnet20_A": [0.8, 2.7, 2.5],
    "resnet56_A": [2.4, 5.7, 7.0],
}
ONE = {name: values[0] for name, values in README.items()}


RECORDED = errors(**README)


def test_the_measured_lesson():
    assert said(errors(**README)) == (
        "plain-56 trains worse than plain-20 by 52 points (35 to 69, 3 seeds); "
        "ResNet-56 does not (at most 9 points, 3 seeds)."
    )


def test_one_seed_is_judged_by_the_spread_on_record():
    assert said(errors(**ONE), recorded=RECORDED) == (
        "plain-56 trains worse than plain-20 by 57 points (28 to 86, one seed); "
        "ResNet-56 does not (at most 11 points, one seed)."
    )


def test_one_seed_of_a_recipe_that_is_not_on_record_is_told_as_one_run():
    assert said(errors(**ONE)) == (
        "In this one run, plain-56 has 57 points more training error than plain-20; "
        "ResNet-56 has 2 points more training error than ResNet-20."
    )
    assert said(errors(plain20=20.0, plain56=20.5)) == (
        "In this one run, plain-56 and plain-20 end within 4 points of training error."
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"resnet20_A": [30, 33, 31], "resnet56_A": [12, 14, 12]},
            "ResNet-56 does not: it trains better than ResNet-20 by 19 points (15 to 22, 3 seeds).",
        ),
        (
            {"resnet56_A": [20, 22, 23]},
            "ResNet-56 trains worse than ResNet-20 by 20 points (16 to 23, 3 seeds).",
        ),
        (
            {"resnet20_A": [0, 0, 0], "resnet56_A": [0, 5, 24]},
            "3 seeds are not enough to say whether ResNet-56 trains worse than ResNet-20: "
            "10 points (−36 to 55).",
        ),
    ],
)
def test_depths_are_compared_within_plain_and_within_residual_nets(changed, sentence):
    words = said(errors(**{**README, **changed}))
    assert words.startswith("plain-56 trains worse than plain-20 by 52 points (35 to 69, 3 seeds);")
    assert words.endswith(sentence)


def test_nothing_is_denied_where_nothing_is_shown():
    level = said(errors(plain20=[9, 10, 9], plain56=[10, 9, 10], resnet20_A=3, resnet56_A=3))
    assert "does not" not in level


@pytest.mark.parametrize(
    ("three", "sentence"),
    [
        ([9.9, 9.0, 9.4], "plain-56 trains worse than plain-20 by 9 points"),
        ([0, 5, 24], "3 seeds are not enough to say whether plain-56 trains worse than plain-20"),
    ],
)
def test_what_is_claimed_depends_on_how_well_seeds_agree(three, sentence):
    words = said(errors(plain20=[20, 20, 20], plain56=[20 + gap for gap in three]))
    assert words.startswith(sentence)


def test_two_seeds_that_do_not_agree_are_not_enough():
    """Gaps of 11 and 51: the interval is wider than errors can be."""
    assert said(errors(plain20=[20, 22], plain56=[31, 73])) == (
        "2 seeds are not enough to say whether plain-56 trains worse than plain-20: "
        "31 points (−100 to 100)."
    )


@pytest.mark.parametrize(("images", "word"), [(300, "within"), (50_000, "more")])
def test_the_papers_length_is_judged_by_the_images_too(images, word):
    """0.5 against 1.4 % in one run: on 50,000 images a difference in this run, on 300 none."""
    words = said(errors(Recipe(), plain20=0.5, plain56=1.4), images=images)
    assert words.startswith("In this one run, plain-56 ")
    assert word in words


def test_the_same_is_said_with_its_bound():
    level = errors(resnet20_A=[3, 2, 3], resnet56_A=[4, 4, 4])
    assert said(level, images=10_000) == (
        "ResNet-56 trains as well as ResNet-20 within 3 points (3 seeds)."
    )
    none = errors(resnet20_A=[0, 0, 0], resnet56_A=[0, 0, 0])
    assert said(none, images=300) == (
        "ResNet-56 trains as well as ResNet-20 within 2 points (3 seeds)."
    )


def test_a_point_is_given_its_decimal_only_where_it_is_known():
    """0.3 in each of three seeds, on a million images: the interval is 0.08 wide on either side."""
    sure = errors(Recipe(), resnet20_A=[8.7, 8.7, 8.7], resnet32_A=[8.4, 8.4, 8.4])
    assert said(sure, images=10**6) == (
        "ResNet-32 trains better than ResNet-20 by 0.3 points (0.2 to 0.4, 3 seeds)."
    )


def test_a_net_that_diverged_is_named():
    some = errors(plain20=[20, 21], plain56=[80])
    plain20, plain56 = some
    assert said(some, diverged={plain56: (1, 2)}) == (
        "In this one run, plain-56 has 60 points more training error than plain-20; "
        "plain-56 diverged in 1 of 2 seeds."
    )
    assert said({plain20: {0: 20.0}}, diverged={plain56: (1, 1)}) == "plain-56 diverged."


def test_options_are_held_against_the_usual_one():
    options = {"resnet32_A": 3.0, "resnet32_B": 4.0, "resnet32_C": 5.0}
    assert said(errors(**options)) == (
        "In this one run, against ResNet-32 A, ResNet-32 C has 2 points more training error, "
        "ResNet-32 B the same within 3 points."
    )
    measured = {
        "plain32": [56.8, 49.5, 61.0],
        "resnet32_A": [1.2, 0.8, 1.4],
        "resnet32_B": [2.7, 0.6, 3.6],
        "resnet32_C": [35.7, 24.0, 36.6],
    }
    assert said(errors(**measured)) == (
        "Against ResNet-32 A, plain-32 trains worse by 55 points (30 to 79, 3 seeds), "
        "ResNet-32 C worse by 31 points (1 to 61, 3 seeds), "
        "the 1 point more of ResNet-32 B may be chance (−4 to 7, 3 seeds)."
    )
    three = {"resnet32_A": [3, 4, 3], "resnet32_B": [4, 5, 6], "resnet32_C": [5, 9, 8]}
    assert said(errors(**three)) == (
        "3 seeds are not enough to tell the shortcut options apart: 4 points at most (−2 to 10)."
    )
    level = {"resnet32_A": [3, 4, 3], "resnet32_B": [3, 4, 4], "resnet32_C": [4, 4, 3]}
    assert said(errors(**level)).startswith(
        "ResNet-32 A, ResNet-32 B and ResNet-32 C train equally well within "
    )


def test_activations_are_called_by_their_names():
    trio = {"plain20": [20, 22, 25], "plain20_tanh": [40, 44, 41], "plain20_sigmoid": [88, 89, 88]}
    assert said(errors(**trio)) == (
        "Against ReLU, tanh trains worse by 19 points (8 to 31, 3 seeds), "
        "sigmoid worse by 66 points (56 to 76, 3 seeds)."
    )


def test_what_groups_have_is_said_before_them():
    six = {"plain20": 20, "plain20_tanh": 40, "plain20_nonorm": 80, "plain20_nonorm_tanh": 60}
    assert said(errors(**six)) == (
        "In this one run, with BN, tanh has 20 points more training error than ReLU; "
        "without BN, tanh has 20 points less training error than ReLU."
    )


def test_recipes_are_told_apart():
    waiting = replace(AT_ONCE, warmup="error")
    assert said({**errors(AT_ONCE, resnet110_A=87.0), **errors(waiting, resnet110_A=60.0)}) == (
        "In this one run, ResNet-110 with a warm-up until 80 % error has 27 points less training "
        "error than ResNet-110 without warm-up."
    )


def test_nets_that_only_guess_are_not_said_to_train_equally_well():
    level = {"plain20": [88, 89, 90], "plain56": [89, 90, 89]}
    assert said(errors(**level)) == "plain-20 and plain-56 do little better than guessing."
    two_classes = {"resnet20_A_c2": [47, 46, 48], "resnet20_B_c2": [46, 48, 47]}
    assert said(errors(**two_classes)).endswith("do little better than guessing.")


def test_nets_that_differ_in_more_than_one_thing_are_held_against_the_first():
    assert said(errors(resnet20_A=9.0, resnet56_B=24.0)) == (
        "In this one run, ResNet-56 B has 15 points more training error than ResNet-20 A."
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


def test_the_evidence_states_mean_spread_seeds_images_and_what_decided():
    text = evidence_of(errors(**README))
    assert text.startswith(
        "Training error on 2,000 images, mean ± standard deviation (least to most) over 3 seeds: "
        "plain-20 26.8 ± 3.3 % (23.1 to 29.6), plain-56 78.6 ± 1.4 % (77.8 to 80.2), "
    )
    assert (
        "plain-56 less plain-20: 51.8 points, interval 34.8 to 68.8, N = 3: worse, by paired t "
        "over 3 seeds, and the exact binomial error of 2,000 images."
    ) in text
    assert text.endswith("The intervals hold together at 95 %.")


def test_the_evidence_of_one_seed_says_what_it_cannot_show():
    text = evidence_of(errors(plain20=23.1, plain56=80.2))
    assert text.startswith("Training error on 2,000 images: plain-20 23.1 %, plain-56 80.2 %.\n")
    assert "worse in this run, nothing is known of other seeds, by the exact binomial" in text


def test_the_evidence_says_where_seeds_are_missing():
    text = evidence_of(errors(plain20=[20, 22], plain56=80))
    assert "plain-20 21.0 ± 1.4 % (20.0 to 22.0, 2 seeds), plain-56 80.0 % (one seed)" in text


def test_the_comparisons_are_those_of_the_sentence():
    pairs = [
        (str(each.one.net), str(each.other.net))
        for each in comparisons(Standing(errors(**README), 2000, 400))
    ]
    assert pairs == [("plain20", "plain56"), ("resnet20-A", "resnet56-A")]


def test_the_letter_is_left_out_where_all_residual_nets_share_it():
    shared = [NetSpec.parse(name) for name in ("plain20", "resnet20-A", "resnet56-A")]
    assert list(short_titles(shared).values()) == ["plain-20", "ResNet-20", "ResNet-56"]
    mixed = [NetSpec.parse(name) for name in ("resnet20-A", "resnet20-B")]
    assert list(short_titles(mixed).values()) == ["ResNet-20 A", "ResNet-20 B"]
