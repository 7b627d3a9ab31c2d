"""Other tools beside ours: every difference is taken apart, and nothing is left over."""

from dataclasses import replace

import pytest

from resnet.cost import cost
from resnet.cost.counters import counted_by_tools
from resnet.cost.crosscheck import compare, uncounted
from resnet.spec import NetSpec


def test_every_difference_is_explained_to_the_last_digit(any_net):
    found = compare(cost(any_net), counted_by_tools(any_net))
    assert [each.unexplained for each in found] == [0, 0, 0, 0]
    for each in found:
        assert sum(reason.amount for reason in each.reasons) == each.difference


@pytest.mark.parametrize("name", ["imagenet-resnet152-B", "resnet1202-A", "resnet1202-C-single"])
def test_the_deepest_nets_are_counted_on_the_meta_device(name):
    spec = NetSpec.parse(name)
    counted = counted_by_tools(spec)
    assert counted["parameters"] == cost(spec).parameters
    assert counted["flop_counter_flops"] == 2 * cost(spec).macs


def test_resnet20_in_numbers():
    total = cost(NetSpec.parse("resnet20-A"))
    _, _, mult_adds, flops = compare(total, counted_by_tools(NetSpec.parse("resnet20-A")))
    assert (mult_adds.theirs, mult_adds.ours) == (40_552_426, 40_551_040)
    assert [reason.amount for reason in mult_adds.reasons] == [1_376, 10]
    assert (flops.theirs, flops.difference) == (81_102_080, 40_551_040)


def test_biases_of_a_net_without_bn_are_counted_at_every_output_value():
    spec = NetSpec.parse("resnet20-B-nonorm")
    mult_adds = compare(cost(spec), counted_by_tools(spec))[2]
    (reason,) = mult_adds.reasons
    assert reason.amount == 200_714
    assert "21 convolutions and the fully connected layer" in reason.words


def test_what_no_reason_covers_is_left_over():
    spec = NetSpec.parse("plain20")
    counted = counted_by_tools(spec)
    counted["torchinfo_mult_adds"] += 7
    counted["torchinfo_parameters"] -= 1
    found = compare(cost(spec), counted)
    assert [each.unexplained for each in found] == [0, -1, 7, 0]
    assert replace(found[2], reasons=()).unexplained == found[2].difference


def test_what_nobody_counts_is_named_with_its_size():
    words = uncounted(cost(NetSpec.parse("resnet20-A")))
    assert "9 additions on shortcuts (86,016 numbers)" in words
    assert "2 zero-paddings (6,144 zeros)" in words
    assert "no additions" in uncounted(cost(NetSpec.parse("plain20")))
    assert "zero-padding" not in uncounted(cost(NetSpec.parse("resnet20-B")))


def test_the_tools_say_what_they_are_doing():
    heard = []
    counted_by_tools(NetSpec.parse("plain8"), heard.append)
    assert heard == ["building the net", "torchinfo is counting", "FlopCounterMode is counting"]
