"""What numbers allow to be said: the figures are worked out by hand or stand in tables."""

import pytest

from resnet.verdict.intervals import binomial, difference_of_shares, student
from resnet.verdict.judge import Basis, Finding, compare, exceeds


def by_seed(*errors):
    return dict(enumerate(errors))


PLAIN_20, PLAIN_56 = by_seed(23.1, 27.6, 29.6), by_seed(80.2, 77.8, 77.8)
RESNET_20, RESNET_56 = by_seed(0.8, 2.7, 2.5), by_seed(2.4, 5.7, 7.0)


@pytest.mark.parametrize(
    ("wrong", "images", "low", "high"),
    [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129)],
)
def test_the_binomial_limits_are_those_of_the_tables(wrong, images, low, high):
    """Clopper and Pearson's 95 % limits for ten trials."""
    assert binomial(wrong / images, images, 0.95) == pytest.approx((low, high), abs=1e-4)


def test_no_error_at_all_leaves_an_interval():
    low, high = binomial(0.0, 2000, 0.95)
    assert (low, high) == (0.0, pytest.approx(0.001843, abs=1e-6))
    below, above = difference_of_shares(0.0, 0.0, 2000, 0.95)
    assert below == above == pytest.approx(high)


@pytest.mark.parametrize(("degrees", "t"), [(1, 12.706), (2, 4.303), (4, 2.776), (30, 2.042)])
def test_students_t_is_that_of_the_tables(degrees, t):
    assert student(degrees, 0.95) == pytest.approx(t, abs=1e-3)


def test_three_seeds_are_judged_by_their_own_spread():
    """57.1, 50.2, 48.2: s 4.669, t 4.303, so 11.60, widened by the 2,000 images to about 12."""
    judged = compare(PLAIN_20, PLAIN_56, 2000)
    assert judged.difference == pytest.approx(51.833, abs=1e-3)
    assert judged.half_width == pytest.approx(11.9, abs=0.1)
    assert (judged.finding, judged.basis, judged.seeds) == (Finding.WORSE, Basis.SEEDS, 3)
    assert compare(PLAIN_56, PLAIN_20, 2000).finding is Finding.BETTER
    assert "paired t over 3 seeds" in judged.rule
    assert "2,000 images" in judged.rule


def test_several_comparisons_hold_together():
    """At 97.5 % each, t of two degrees is 6.205."""
    alone, both = (compare(PLAIN_20, PLAIN_56, 10**9, (), count) for count in (1, 2))
    assert alone.half_width == pytest.approx(11.60, abs=0.01)
    assert both.half_width == pytest.approx(11.60 * 6.205 / 4.303, abs=0.02)


def test_one_run_says_nothing_of_other_seeds():
    judged = compare({0: 20.0}, {0: 80.0}, 2000)
    assert (judged.finding, judged.basis) == (Finding.UNKNOWN, Basis.ONE_RUN)
    assert judged.in_this_run is Finding.WORSE
    assert compare({0: 20.0}, {0: 20.1}, 2000).in_this_run is Finding.SAME


def test_one_run_is_judged_by_the_spread_on_record():
    """57.1, 50.2 and 48.2 on record: one run's interval is 4.303 x 4.669 = 20.1 on either side."""
    known = [57.1, 50.2, 48.2]
    judged = compare({0: 20.0}, {0: 72.0}, 10**9, known)
    assert (judged.finding, judged.basis) == (Finding.WORSE, Basis.RECORDED)
    assert judged.half_width == pytest.approx(20.09, abs=0.01)
    assert "3 recorded seeds" in judged.rule
    assert compare({0: 20.0}, {0: 29.9}, 2000, known).finding is Finding.UNKNOWN
    assert compare({0: 20.0}, {0: 72.0}, 2000, known[:2]).basis is Basis.ONE_RUN  # two show none


def test_two_seeds_further_apart_than_those_on_record_count_with_their_own_spread():
    known = [1.0, 2.0, 3.0]  # s 1
    near, far = (compare(by_seed(0, 0), by_seed(*seen), 10**9, known) for seen in ((2, 3), (0, 20)))
    assert near.half_width == pytest.approx(4.303 / 2**0.5, abs=0.01)
    assert far.half_width == pytest.approx(4.303 * 14.142 / 2**0.5, abs=0.05)


def test_seeds_of_ones_own_count_alone_where_there_are_three():
    judged = compare(RESNET_20, RESNET_56, 2000, [100.0, -100.0, 50.0])
    assert judged.basis is Basis.SEEDS


def test_the_same_is_said_with_a_bound_and_only_where_it_is_small():
    near = compare(by_seed(3, 2, 3), by_seed(4, 4, 4), 10_000)
    assert near.finding is Finding.SAME
    assert near.within == pytest.approx(near.high)
    few = compare(by_seed(3, 2, 3), by_seed(4, 4, 4), 30)
    assert few.finding is Finding.UNKNOWN  # the very same figures, on thirty images


def test_the_images_really_tested_decide():
    """8 and 9 % in three seeds that agree: a difference on 50,000 images, none on 300."""
    same = by_seed(8.0, 8.0, 8.0), by_seed(9.0, 9.0, 9.0)
    assert compare(*same, 50_000).finding is Finding.WORSE
    assert compare(*same, 300).finding in (Finding.SAME, Finding.UNKNOWN)


def test_only_seeds_that_both_have_are_compared():
    judged = compare({0: 10.0, 1: 90.0}, {0: 50.0, 2: 0.0}, 2000)
    assert (judged.difference, judged.seeds) == (40.0, 1)
    assert compare({0: 10.0}, {1: 50.0}, 2000) is None


def test_an_interval_stays_within_what_errors_can_be():
    judged = compare(by_seed(20, 22), by_seed(31, 73), 2000)
    assert (judged.low, judged.high) == (-100.0, 100.0)
    assert judged.finding is Finding.UNKNOWN


def test_a_difference_is_larger_than_another_by_their_bounds():
    plain = compare(PLAIN_20, PLAIN_56, 2000, (), 2)
    residual = compare(RESNET_20, RESNET_56, 2000, (), 2)
    assert exceeds(plain, residual, 1 / 2)
    assert not exceeds(residual, plain, 1 / 2)
    uneven = compare(by_seed(0, 0, 0), by_seed(0, 0, 40), 2000, (), 2)
    assert not exceeds(plain, uneven, 1 / 2)
