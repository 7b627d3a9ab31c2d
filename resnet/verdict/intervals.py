"""The intervals that a judgement stands on: Student's over seeds, exact binomial over images.

A share of errors that was measured on n images has the interval of Clopper and Pearson (1934),
which is exact: none of 2,000 images wrong leaves an error of up to 0.18 % open. Two such intervals
become that of a difference as in Newcombe (1998), method 10: the distances from the shares to
their limits are added in quadrature. The two shares are taken to be independent; nets that are
tested on the same images err on many of the same, which makes the true interval narrower.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import stdev

from scipy.special import betaincinv, stdtrit


def binomial(share: float, images: int, confidence: float) -> tuple[float, float]:
    """The limits of a share (0 to 1) that was measured on so many images, exact at worst."""
    wrong, tail = share * images, (1 - confidence) / 2
    low = float(betaincinv(wrong, images - wrong + 1, tail)) if wrong > 0 else 0.0
    high = float(betaincinv(wrong + 1, images - wrong, 1 - tail)) if wrong < images else 1.0
    return low, high


def difference_of_shares(
    one: float, other: float, images: int, confidence: float
) -> tuple[float, float]:
    """How far `other` less `one` may lie below and above what was measured; shares, 0 to 1."""
    (one_low, one_high), (low, high) = (
        binomial(share, images, confidence) for share in (one, other)
    )
    below = sqrt((other - low) ** 2 + (one_high - one) ** 2)
    above = sqrt((high - other) ** 2 + (one - one_low) ** 2)
    return below, above


def student(degrees: int, confidence: float) -> float:
    """How many standard errors a mean may be off, either way, at so many degrees of freedom."""
    return float(stdtrit(degrees, 0.5 + confidence / 2))


def deviation(values: Sequence[float]) -> float:
    """Sample standard deviation of two values or more."""
    return stdev(values)
