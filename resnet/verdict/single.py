"""What one measurement of each of two nets allows to be said of these very nets.

One net is one run: nothing here speaks of other seeds of training. What is asked is whether the
same lab, repeated, would say the same again.

A share of images, as an error, has the exact binomial interval of the images that it was really
measured on (`resnet.verdict.intervals`). Any other figure has the resolution that its lab states:
how far it moves when the lab is repeated with another seed and on other images. The deviation of
such repeats, with its degrees of freedom, gives Student's interval for one more measurement, and
for the difference of two. They are taken to be independent, although a lab shows all nets the same
images, which makes the true interval narrower.

An interval that leaves out "no difference" makes one; one that lies within the bound that the lab
calls the same makes none; any other cannot tell. So a denial rests on evidence as well.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum
from math import exp, isfinite, log, sqrt

from resnet.verdict.intervals import binomial, student
from resnet.verdict.judge import CONFIDENCE, SAME_WITHIN


class Size(Enum):
    """Whether the second figure is larger than the first, smaller, the same within a bound."""

    LARGER = 1
    SMALLER = -1
    SAME = 0
    UNKNOWN = None


@dataclass(frozen=True)
class Resolution:
    """To what a lab's figure is known.

    deviation  of the figure over repeats of the lab, in its unit; where `ratio`, of its natural
               logarithm
    degrees    of freedom that this deviation was measured with
    same       two figures that differ by no more are called the same, in the figure's unit; where
               `ratio`, a share of the smaller one. It is a convention: a difference of interest
    ratio      whether figures are compared by their ratio
    """

    deviation: float
    degrees: int
    same: float
    ratio: bool = True

    def margin(self, figures: int = 2, comparisons: int = 1) -> float:
        """How far a difference of one or two such figures may be off, at CONFIDENCE.

        comparisons  that a sentence makes: they hold together (Bonferroni)
        """
        confidence = 1 - (1 - CONFIDENCE) / comparisons
        return student(self.degrees, confidence) * self.deviation * sqrt(figures)

    def factor(self, comparisons: int = 1) -> float:
        """Ratios of two figures that are nearer to 1 are not told apart."""
        return exp(self.margin(2, comparisons))

    def by(self, times: float) -> "Resolution":
        """As it is where the lab looks at less than when this was measured: so much coarser."""
        return replace(self, deviation=self.deviation * max(1.0, times))


@dataclass(frozen=True)
class Apart:
    """The second figure held against the first.

    size       what is shown
    apart      second less first in the figure's unit, or second over first
    low, high  the interval in which it lies
    """

    size: Size
    apart: float
    low: float
    high: float


UNKNOWN = Apart(Size.UNKNOWN, math.nan, math.nan, math.nan)


def apart(one: float, other: float, resolution: Resolution, comparisons: int = 1) -> Apart:
    """Holds `other` against `one`, both measured by a lab of this resolution."""
    return _held(one, other, resolution, resolution.margin(2, comparisons))


def against(known: float, measured: float, resolution: Resolution, comparisons: int = 1) -> Apart:
    """Holds a measured figure against one that is known exactly: a limit, or arithmetic."""
    return _held(known, measured, resolution, resolution.margin(1, comparisons))


def errors_apart(
    one: float, other: float, images: int, other_images: int | None = None, comparisons: int = 1
) -> Apart:
    """Holds the error `other` against `one`, in percent; the difference is in points.

    images  that `one` was measured on; `other_images`, where `other` was measured on others
    """
    if not (isfinite(one) and isfinite(other)):
        return UNKNOWN
    confidence = 1 - (1 - CONFIDENCE) / comparisons
    many = images if other_images is None else other_images
    one_low, one_high = (100 * each for each in binomial(one / 100, images, confidence))
    low, high = (100 * each for each in binomial(other / 100, many, confidence))
    below = sqrt((other - low) ** 2 + (one_high - one) ** 2)
    above = sqrt((high - other) ** 2 + (one - one_low) ** 2)
    difference = other - one
    return _found(difference, difference - below, difference + above, SAME_WITHIN)


def more_often(one: int, other: int, comparisons: int = 1) -> Size:
    """Whether what was counted `other` times happens more often than what was counted `one` times.

    Among both together the share of either is binomial.
    """
    total = one + other
    if not total:
        return Size.UNKNOWN
    low, high = binomial(other / total, total, 1 - (1 - CONFIDENCE) / comparisons)
    return Size.LARGER if low > 0.5 else Size.SMALLER if high < 0.5 else Size.UNKNOWN


def better_than_guessing(error: float, chance: float, images: int, by: float) -> bool | None:
    """Whether an error is below that of guessing by so many points; None where these images are
    too few to tell."""
    low, high = (100 * each for each in binomial(error / 100, images, CONFIDENCE))
    return True if high <= chance - by else False if low > chance - by else None


def lost_share(
    whole: float, left: float, chance: float, images: int, comparisons: int = 1
) -> tuple[float, float]:
    """Between which shares of its lead over guessing a net has lost: 0 nothing, 1 all of it.

    whole, left  errors in percent, before and after; `chance` is that of guessing

    A share t is within the limits where left - whole - t (chance - whole) may be 0: the limits of
    that sum are the binomial ones of both errors, added in quadrature as for a difference (Donner
    and Zou 2012). Without bounds where the whole net may be guessing.
    """
    confidence = 1 - (1 - CONFIDENCE) / comparisons
    (whole_low, whole_high), (low, high) = (
        [100 * each for each in binomial(error / 100, images, confidence)]
        for error in (whole, left)
    )
    lead = chance - whole
    if whole_high >= chance:
        return -math.inf, math.inf

    def end(sign: int, of_left: float, of_whole: float) -> float:
        a, b = lead**2 - of_whole**2, (left - whole) * lead - of_whole**2
        c = (left - whole) ** 2 - of_left**2 - of_whole**2
        return (b + sign * sqrt(max(b * b - a * c, 0.0))) / a

    return end(-1, left - low, whole_high - whole), end(1, high - left, whole - whole_low)


def _held(one: float, other: float, resolution: Resolution, margin: float) -> Apart:
    if not (isfinite(one) and isfinite(other)):
        return UNKNOWN
    if not resolution.ratio:
        return _found(other - one, other - one - margin, other - one + margin, resolution.same)
    if one <= 0 or other <= 0:
        return UNKNOWN
    found = log(other / one)
    judged = _found(found, found - margin, found + margin, math.log1p(resolution.same))
    return Apart(judged.size, other / one, exp(judged.low), exp(judged.high))


def _found(difference: float, low: float, high: float, same: float) -> Apart:
    if low > 0:
        size = Size.LARGER
    elif high < 0:
        size = Size.SMALLER
    else:
        size = Size.SAME if max(-low, high) <= same else Size.UNKNOWN
    return Apart(size, difference, low, high)
