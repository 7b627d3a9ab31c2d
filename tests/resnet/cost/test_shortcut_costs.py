"""What shortcuts cost, whether projections double a block, and our counts beside the printed."""

import pytest

from resnet.cost import cost
from resnet.cost.shortcuts import doubled_blocks, kernel_arithmetic, option_costs
from resnet.paper.checks import (
    checks,
    neighbours,
    published,
    stride_changes,
    table_1_checks,
    table_6_checks,
)
from resnet.spec import NetSpec


def net(name: str) -> NetSpec:
    return NetSpec.parse(name)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("plain20", (269_722, 269_722, 272_474, 283_962)),
        ("resnet20-A-single", (269_722, 269_722, 272_474, 300_762)),  # C: 18 projections for 9
        ("resnet56-B", (853_018, 853_018, 855_770, 900_858)),
        ("resnet110-A", (1_727_962, 1_727_962, 1_730_714, 1_826_202)),
    ],
)
def test_none_a_b_and_c(name: str, parameters: tuple[int, ...]) -> None:
    costs = option_costs(net(name))
    assert tuple(each.parameters for each in costs) == parameters
    assert [each.spec.shortcut for each in costs] == ["none", "A", "B", "C"]
    assert costs[0].macs == costs[1].macs < costs[2].macs < costs[3].macs


@pytest.mark.parametrize(
    "name", ["resnet20-A", "resnet20-A-single", "resnet164-A-bottleneck", "imagenet-resnet50-B"]
)
def test_an_identity_takes_memory_but_none_that_training_keeps(name: str) -> None:
    plain, a, b, c = option_costs(net(name))
    assert plain.activation_bytes < a.activation_bytes < b.activation_bytes < c.activation_bytes
    assert plain.kept_bytes == a.kept_bytes < b.kept_bytes < c.kept_bytes


def test_a_projection_nearly_doubles_a_bottleneck_block() -> None:
    """17 squares of the width in 1x1, 3x3 and 1x1; 16 in a projection of four widths by four."""
    blocks = doubled_blocks(net("imagenet-resnet50-B"))
    assert [(block.stage, block.count) for block in blocks] == [(1, 2), (2, 3), (3, 5), (4, 2)]
    for block in blocks:
        assert block.projection_macs * 17 == block.macs * 16
        assert 1.93 < block.parameter_factor < 1.95  # BN's parameters are in it
    first = blocks[0]
    assert first.parameters == 17 * 64**2 + 2 * (64 + 64 + 256)
    assert first.projection_parameters == 16 * 64**2 + 2 * 256
    assert kernel_arithmetic(net("imagenet-resnet50-B")) == (17, 16)


@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [("imagenet-resnet50-B", 1.57, 1.64), ("imagenet-resnet152-B", 1.78, 1.84)],
)
def test_the_whole_net_does_not_double(name: str, parameters: float, macs: float) -> None:
    _, _, b, c = option_costs(net(name))
    assert round(c.parameters / b.parameters, 2) == parameters
    assert round(c.macs / b.macs, 2) == macs


def test_a_projection_is_little_in_a_basic_block() -> None:
    for block in doubled_blocks(net("resnet20-A")):
        assert block.projection_macs * 18 == block.macs
    assert kernel_arithmetic(net("resnet20-A")) == (18, 1)


def test_a_net_whose_blocks_all_change_shape_has_nothing_to_double() -> None:
    blocks = doubled_blocks(net("resnet11-A-bottleneck"))
    assert blocks == ()
    _, _, b, c = option_costs(net("resnet11-A-bottleneck"))
    assert (b.parameters, b.macs) == (c.parameters, c.macs)


def test_how_table_1_follows_from_our_counts() -> None:
    rules = {check.net: (check.printed, check.rule) for check in table_1_checks()}
    either = "rounded or cut, both give it"
    assert rules == {
        "ImageNet ResNet-18 A": (1.8, "rounded"),
        "ImageNet ResNet-18 B": (1.8, either),
        "ImageNet ResNet-34 A": (3.6, either),
        "ImageNet ResNet-34 B": (3.6, "cut, not rounded"),
        "ImageNet ResNet-50 B": (3.8, "cut, not rounded"),
        "ImageNet ResNet-101 B": (7.6, "rounded"),
        "ImageNet ResNet-152 B": (11.3, "rounded"),
        "VGG-19": (19.6, either),
    }


def test_table_6_rounds_its_parameters() -> None:
    assert len(table_6_checks()) == 6
    assert all(check.rounded for check in table_6_checks())


def test_checks_are_for_exactly_the_nets_that_are_printed() -> None:
    (check,) = checks(net("imagenet-resnet50-B"))
    assert (check.printed, round(check.ours, 3), check.meets) == (3.8, 3.858, True)
    for name in ("imagenet-resnet50-B-3x3", "imagenet-resnet50-C", "resnet56-B", "resnet26-A"):
        assert checks(net(name)) == ()


def test_where_the_stride_is_makes_a_difference_of_0_231_billion() -> None:
    changes = stride_changes(net("imagenet-resnet50-B"))
    costly = [change for change in changes if change.more]
    assert [change.name for change in costly] == [
        f"stage{stage}.block1.conv1" for stage in (2, 3, 4)
    ]
    assert {change.more for change in costly} == {77_070_336}
    assert costly[0].v1_out == (128, 28, 28)
    assert costly[0].v15_out == (128, 56, 56)
    v1, v15 = (cost(net(f"imagenet-resnet50-B{more}")).macs for more in ("", "-3x3"))
    assert sum(change.more for change in changes) == v15 - v1 == 231_211_008
    assert stride_changes(net("imagenet-resnet34-B")) == ()


def test_neighbours_are_the_printed_nets_nearest_in_depth() -> None:
    assert [row.label for row in neighbours(net("resnet50-A"))] == ["ResNet-44", "ResNet-56"]
    assert [row.label for row in neighbours(net("resnet56-A"))] == [
        "ResNet-44",
        "ResNet-56",
        "ResNet-110",
    ]
    assert all(row.net != net("imagenet-resnet50-C") for row in published("imagenet"))
    near = neighbours(net("imagenet-resnet50-C"))
    assert [row.label for row in near][-2:] == ["ResNet-50", "ResNet-101"]
