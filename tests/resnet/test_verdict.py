"""The verdict says what the errors show, and no more."""

import pytest

from resnet.spec import NetSpec
from resnet.verdict import short_titles, verdict


def errors(**by_name):
    return {NetSpec.parse(name.replace("_", "-")): value for name, value in by_name.items()}


LESSON = {"plain20": 33.0, "plain56": 76.0, "resnet20_A": 5.0, "resnet56_A": 1.0}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"resnet56_A": 5.5},
            "plain-56 trains worse than plain-20 by 43 points; ResNet-56 does not.",
        ),
        (
            {},
            "plain-56 trains worse than plain-20 by 43 points; ResNet-56 does not: "
            "it trains better than ResNet-20 by 4.",
        ),
        (
            {"resnet56_A": 20.0},
            "plain-56 trains worse than plain-20 by 43 points; "
            "ResNet-56 trains worse than ResNet-20 by 15 points.",
        ),
        (
            {"plain56": 34.0, "resnet56_A": 5.0},
            "plain-56 trains about as well as plain-20; "
            "ResNet-56 trains about as well as ResNet-20.",
        ),
        (
            {"plain56": 23.0},
            "plain-56 trains better than plain-20 by 10 points; "
            "ResNet-56 trains better than ResNet-20 by 4 points.",
        ),
    ],
)
def test_depths_are_compared_within_plain_and_within_residual_nets(changed, sentence):
    assert verdict(errors(**{**LESSON, **changed}), 2000) == sentence


def test_a_difference_within_the_error_of_few_images_is_none():
    pair = errors(plain20=50.0, plain56=58.0)
    assert verdict(pair, 100) == "plain-56 trains about as well as plain-20."
    assert verdict(pair, 2000) == "plain-56 trains worse than plain-20 by 8 points."


def test_nets_that_differ_in_more_than_depth_are_ranked_not_compared():
    assert verdict(errors(resnet20_A=9.0, resnet20_B=4.0), 2000) == (
        "ResNet-20 B has the lowest training error (4.0 %), ResNet-20 A the highest (9.0 %)."
    )
    assert verdict(errors(resnet20_A=9.0, resnet56_B=4.0), 2000).startswith("ResNet-56 B has")
    assert verdict(errors(resnet20_A=9.0, resnet20_B=9.5), 2000) == (
        "ResNet-20 A and ResNet-20 B train about equally well."
    )


def test_one_net_alone_gets_no_verdict():
    assert verdict(errors(plain20=9.0), 2000) == ""


def test_the_letter_is_left_out_where_all_residual_nets_share_it():
    shared = [NetSpec.parse(name) for name in ("plain20", "resnet20-A", "resnet56-A")]
    assert list(short_titles(shared).values()) == ["plain-20", "ResNet-20", "ResNet-56"]
    mixed = [NetSpec.parse(name) for name in ("resnet20-A", "resnet20-B")]
    assert list(short_titles(mixed).values()) == ["ResNet-20 A", "ResNet-20 B"]
