"""Differences over seeds: the figures are worked out by hand from the README's lesson."""

import pytest

from resnet.verdict.statistics import PAPER_LENGTH, Finding, difference, one_seed_gap

SHORT = 400


def by_seed(*errors):
    return dict(enumerate(errors))


PLAIN_20, PLAIN_56 = by_seed(23.1, 27.6, 29.6), by_seed(80.2, 77.8, 77.8)
RESNET_20, RESNET_56 = by_seed(0.8, 2.7, 2.5), by_seed(2.4, 5.7, 7.0)


def test_the_interval_is_students_widened_by_the_error_of_the_images():
    """57.1, 50.2, 48.2: s 4.669, t 4.303, so 11.60; of 2,000 images 2 * 1.3495; together 11.91."""
    gap = difference(PLAIN_20, PLAIN_56, 2000, SHORT)
    assert gap.mean == pytest.approx(51.833, abs=1e-3)
    assert (gap.low, gap.high, gap.seeds) == (pytest.approx(48.2), pytest.approx(57.1), 3)
    assert gap.margin == pytest.approx(11.91, abs=0.01)
    assert gap.finding is Finding.HIGHER
    assert difference(PLAIN_56, PLAIN_20, 2000, SHORT).finding is Finding.LOWER


def test_a_small_difference_of_three_seeds_is_shown_to_be_none():
    """1.6, 3.0, 4.5: 3.03 ± 3.6 from the seeds, which is within the 10 points of one seed."""
    gap = difference(RESNET_20, RESNET_56, 2000, SHORT)
    assert gap.mean == pytest.approx(3.033, abs=1e-3)
    assert gap.margin == pytest.approx(3.78, abs=0.01)
    assert gap.finding is Finding.SAME


def test_one_seed_must_exceed_what_seeds_do_and_shows_nothing_to_be_none():
    assert difference({0: 20.0}, {0: 30.5}, 2000, SHORT).finding is Finding.HIGHER
    assert difference({0: 20.0}, {0: 29.5}, 2000, SHORT).finding is Finding.UNKNOWN
    assert difference({0: 20.0}, {0: 20.0}, 2000, SHORT).finding is Finding.UNKNOWN


def test_few_images_ask_for_a_larger_difference_of_one_seed():
    """20 images at 50 and 64 %: sqrt((0.25 + 0.2304) / 20) is 15.5 points, doubled 31."""
    gap = difference({0: 50.0}, {0: 64.0}, 20, SHORT)
    assert gap.margin == pytest.approx(31.0, abs=0.05)
    assert gap.finding is Finding.UNKNOWN


def test_two_seeds_that_each_would_do_alone_do_together():
    """13 and 16: the t interval of two seeds alone, 14.5 ± 19, would say less than either."""
    gap = difference(by_seed(33, 30), by_seed(46, 46), 2000, SHORT)
    assert gap.margin > gap.mean
    assert gap.finding is Finding.HIGHER
    assert difference(by_seed(33, 30), by_seed(40, 49), 2000, SHORT).finding is Finding.UNKNOWN


def test_at_the_papers_length_one_point_counts():
    assert (one_seed_gap(PAPER_LENGTH - 1), one_seed_gap(PAPER_LENGTH)) == (10.0, 1.0)
    assert difference({0: 8.75}, {0: 6.97}, 50_000, PAPER_LENGTH).finding is Finding.LOWER
    assert difference({0: 8.75}, {0: 6.97}, 50_000, SHORT).finding is Finding.UNKNOWN


def test_only_seeds_that_both_have_are_compared():
    gap = difference({0: 10.0, 1: 90.0}, {0: 50.0, 2: 0.0}, 2000, SHORT)
    assert gap.by_seed == {0: 40.0}
    assert difference({0: 10.0}, {1: 50.0}, 2000, SHORT) is None


def test_five_seeds_and_more_use_the_table_as_far_as_it_goes():
    """1 to 5: s 1.5811, t 2.776: 1.963; with six, 1 to 6, s 1.8708, the same t: 2.120."""
    for count, margin in ((5, 1.963), (6, 2.120)):
        none, some = (by_seed(*[0.0] * count), by_seed(*range(1, count + 1)))
        assert difference(none, some, 10**9, SHORT).margin == pytest.approx(margin, abs=2e-3)


def test_one_difference_exceeds_another_in_every_seed_or_not_at_all():
    plain = difference(PLAIN_20, PLAIN_56, 2000, SHORT)
    residual = difference(RESNET_20, RESNET_56, 2000, SHORT)
    assert plain.exceeds(residual)
    assert not residual.exceeds(plain)
    uneven = difference(by_seed(0, 0, 0), by_seed(0, 0, 40), 2000, SHORT)
    assert not plain.exceeds(uneven)  # 48.2 less 40 is below sqrt(2) * 10
