"""Nets are shared out so that lanes have about the same to do."""

from resnet.cost.sharing import cores, share_out
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec


def test_the_lesson_splits_into_equal_halves():
    assert share_out(DEGRADATION.nets, 2) == [[0, 1], [2, 3]]


def test_a_costly_net_gets_a_lane_of_its_own():
    nets = [NetSpec.parse(name) for name in ("resnet20-A", "resnet110-A", "plain20")]
    assert share_out(nets, 2) == [[1], [0, 2]]


def test_every_net_is_in_exactly_one_lane_and_no_lane_is_empty():
    nets = [NetSpec.parse("plain20")] * 3
    shares = share_out(nets, 8)
    assert sorted(index for share in shares for index in share) == [0, 1, 2]
    assert all(shares)


def test_there_is_at_least_one_core():
    assert cores() >= 1
