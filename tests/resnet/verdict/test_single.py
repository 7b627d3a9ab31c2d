"""One measurement of each: exact binomial limits for shares, a lab's resolution for the rest."""

from math import inf, nan

import pytest

from resnet.verdict.single import (
    Resolution,
    Size,
    against,
    apart,
    better_than_guessing,
    errors_apart,
    lost_share,
    more_often,
)

POINTS = Resolution(deviation=1.0, degrees=8, same=2.0, ratio=False)
RATIO = Resolution(deviation=0.1, degrees=4, same=0.2)


def test_a_margin_is_students_with_the_degrees_it_was_measured_with():
    """t of 8 degrees is 2.306, of 4 degrees 2.776; two figures are off by the root of two more."""
    assert POINTS.margin(1) == pytest.approx(2.306, abs=1e-3)
    assert POINTS.margin() == pytest.approx(3.261, abs=1e-3)
    assert RATIO.factor() == pytest.approx(2.718 ** (2.776 * 0.1 * 2**0.5), abs=1e-3)
    assert POINTS.margin(comparisons=2) > POINTS.margin()


@pytest.mark.parametrize(
    ("other", "size"),
    [(14, Size.LARGER), (6, Size.SMALLER), (13, Size.UNKNOWN), (10, Size.UNKNOWN)],
)
def test_figures_nearer_than_the_resolution_are_not_told_apart(other, size):
    assert apart(10, other, POINTS).size is size


def test_the_same_needs_a_resolution_finer_than_the_bound():
    fine = Resolution(deviation=0.1, degrees=8, same=2.0, ratio=False)
    assert apart(10, 10, POINTS).size is Size.UNKNOWN  # lack of evidence
    assert apart(10, 10.1, fine).size is Size.SAME  # evidence of lack
    assert apart(10, 10.5, fine).size is Size.LARGER


def test_ratios_are_compared_as_such():
    found = apart(10, 20, RATIO)
    assert (found.size, found.apart) == (Size.LARGER, pytest.approx(2))
    assert (found.low, found.high) == pytest.approx((2 / 1.481, 2 * 1.481), abs=1e-3)
    assert apart(10, 14, RATIO).size is Size.UNKNOWN
    assert against(10, 14, RATIO).size is Size.LARGER  # 10 is known exactly


def test_a_lab_that_looks_at_less_tells_less():
    assert RATIO.by(2.0).deviation == pytest.approx(0.2)
    assert RATIO.by(0.5) == RATIO


@pytest.mark.parametrize("pair", [(nan, 1.0), (1.0, inf), (0.0, 1.0), (1.0, -1.0)])
def test_what_is_no_ratio_is_not_judged(pair):
    assert apart(*pair, RATIO).size is Size.UNKNOWN


def test_errors_are_told_apart_by_the_images_really_shown():
    """31 and 21 % are 10 points apart: with 500 images shown, with 50 not."""
    assert errors_apart(21, 31, 500).size is Size.LARGER
    assert errors_apart(31, 21, 500).size is Size.SMALLER
    assert errors_apart(21, 31, 50).size is Size.UNKNOWN
    assert errors_apart(21, 21, 500).size is Size.UNKNOWN  # may differ by more than five points
    assert errors_apart(21, 21, 5000).size is Size.SAME
    assert errors_apart(21, 31, 50_000, 30).size is Size.UNKNOWN
    assert errors_apart(nan, 31, 500).size is Size.UNKNOWN


def test_no_error_at_all_leaves_an_interval():
    found = errors_apart(0, 0, 100)
    assert found.size is Size.SAME and found.high == pytest.approx(3.62, abs=0.01)


def test_counts_are_told_apart_by_the_share_of_either():
    assert more_often(5, 25) is Size.LARGER and more_often(25, 5) is Size.SMALLER
    assert more_often(10, 14) is more_often(0, 0) is Size.UNKNOWN


@pytest.mark.parametrize(("error", "better"), [(60, True), (88, False), (79, None)])
def test_a_net_is_better_than_guessing_where_the_images_show_it(error, better):
    assert better_than_guessing(error, 90, 500, by=10) is better


def test_what_a_net_lost_of_its_lead_lies_between_two_shares():
    low, high = lost_share(10, 50, 90, 500)
    assert low < 0.5 < high and high - low < 0.2
    fewer = lost_share(10, 50, 90, 50)
    assert fewer[0] < low and fewer[1] > high
    assert lost_share(90, 90, 90, 50) == (-inf, inf)  # it may have had no lead
