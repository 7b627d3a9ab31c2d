"""Blocks per stage of one's own: named, counted, refused in a sentence."""

import pytest

from resnet.cost import cost
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.names import curve
from resnet.verdict.standing import Standing
from resnet.verdict.verdict import verdict


@pytest.mark.parametrize(
    ("name", "blocks", "title"),
    [
        ("resnet20-A-stages2.3.4", (2, 3, 4), "ResNet-20 A, 2+3+4 basic blocks"),
        ("plain29-bottleneck-stages4.1.4", (4, 1, 4), "plain-29, 4+1+4 bottleneck blocks"),
        (
            "imagenet-resnet20-B-stages1.2.3.3",
            (1, 2, 3, 3),
            "ImageNet ResNet-20 B, 1+2+3+3 basic blocks",
        ),
    ],
)
def test_stages_have_a_name_and_a_title(name, blocks, title):
    net = NetSpec.parse(name)
    assert str(net) == name
    assert net.title == title
    assert net.blocks == blocks
    assert [len(stage) for stage in plan(net).stages] == list(blocks)
    assert NetSpec.from_json(net.to_json()) == net


def test_stages_decide_the_depth():
    assert NetSpec(stages=(1, 2, 3)).depth == 14
    assert NetSpec(stages=(1, 2, 3), block="bottleneck").depth == 20
    assert NetSpec(family="imagenet", stages=(1, 1, 1, 1)).depth == 10


def test_the_papers_own_stages_are_the_papers_net():
    assert NetSpec(stages=(9, 9, 9)) == NetSpec(depth=56)
    resnet50 = NetSpec(family="imagenet", stages=(3, 4, 6, 3), block="bottleneck")
    assert resnet50 == NetSpec(family="imagenet", depth=50)
    assert NetSpec(family="imagenet", stages=(3, 4, 6, 3)) == NetSpec(family="imagenet", depth=34)


def test_one_block_more_costs_that_block():
    """A basic block of stage 3 has two 3x3 convolutions of 64 channels and two BN."""
    more = cost(NetSpec(stages=(1, 1, 2))).parameters - cost(NetSpec(stages=(1, 1, 1))).parameters
    assert more == 2 * (9 * 64 * 64) + 2 * (2 * 64)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("resnet20-A-stages2.3", r"stages \(2, 3\) are not blocks for 3 stages.*as 2\.3\.4"),
        ("resnet26-A-stages2.3.4", "2.3.4 basic blocks, which make depth 20; write 20, or leave"),
        ("resnet20-A-stages2.0.7", "blocks in a stage 0 is out of range; it can be 1 to 600"),
        ("resnet1802-A-stages300.300.300", "depth 1,802 is out of range"),
    ],
)
def test_stages_that_cannot_be_are_refused_in_a_sentence(name, sentence):
    with pytest.raises(SpecError, match=sentence):
        NetSpec.parse(name)


def test_a_net_with_stages_of_its_own_is_not_compared_by_depth():
    own = NetSpec(stages=(1, 2, 3))
    errors = {curve(own, Recipe()): {0: 30.0}, curve(NetSpec(depth=56), Recipe()): {0: 10.0}}
    assert verdict(Standing(errors, 2000, 400)) == (
        "In this one run, ResNet-56 has 20 points less training error than ResNet-14 "
        "(1+2+3 basic blocks)."
    )
