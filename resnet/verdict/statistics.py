"""What a few seeds say of the difference between two curves, and where they do not say enough.

Errors are in percent, differences in points. With the same seed all nets see the same images in
the same order, so seeds are paired: what is looked at is the difference within each seed.

Several seeds: the 95 % t interval of the mean difference, t * s / sqrt(k), widened in quadrature by
twice the standard error of a difference of two proportions, for errors are measured on few images.
That error is not divided by the number of seeds, which may be tested on the same images. A
difference counts as one where this interval leaves out 0, or where every seed alone exceeds what is
asked of one seed; as none where the interval lies within that.

One seed has no spread of its own, so it must exceed what seeds are known to do: 10 points for short
runs. In the degradation lesson (docs/RESULTS.md, three seeds, 400 iterations) the gap of plain-56
and plain-20 has the largest standard deviation, 4.7 points, of four such pairs; 10 is twice that.
At the paper's length it is 1 point: five ResNet-110 had a standard deviation of 0.16, which makes
0.23 for a difference of two (He et al. 2015, Table 6), and 1 is above four times that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import sqrt
from statistics import mean, stdev

from resnet.spec import Recipe

PAPER_LENGTH = Recipe().iterations
ONE_SEED_SHORT, ONE_SEED_FULL = 10.0, 1.0  # points
T_95 = (12.706, 4.303, 3.182, 2.776)  # Student's t, two-sided 95 %, for 1, 2, 3, 4 degrees

BySeed = Mapping[int, float]


class Finding(Enum):
    """What the seeds say: the second error is higher, lower, about the same, or too few to say."""

    HIGHER = 1
    LOWER = -1
    SAME = 0
    UNKNOWN = None


@dataclass(frozen=True)
class ErrorGap:
    """A second curve's error less a first one's, in every seed that both have.

    margin     half of the interval about the mean, in points
    one_seed   what a single seed must exceed to count
    """

    by_seed: BySeed
    margin: float
    one_seed: float

    @property
    def seeds(self) -> int:
        return len(self.by_seed)

    @property
    def mean(self) -> float:
        return mean(self.by_seed.values())

    @property
    def low(self) -> float:
        return min(self.by_seed.values())

    @property
    def high(self) -> float:
        return max(self.by_seed.values())

    @property
    def finding(self) -> Finding:
        if self.mean - self.margin > 0 or self.low > self.one_seed:
            return Finding.HIGHER
        if self.mean + self.margin < 0 or self.high < -self.one_seed:
            return Finding.LOWER
        if self.seeds > 1 and abs(self.mean) + self.margin <= self.one_seed:
            return Finding.SAME
        return Finding.UNKNOWN

    def exceeds(self, other: "ErrorGap") -> bool:
        """Whether it is the larger of two differences by more than seeds make, in every seed.

        The difference of two differences varies sqrt(2) times as much as one of them.
        """
        shared = self.by_seed.keys() & other.by_seed.keys()
        least = sqrt(2) * max(self.one_seed, other.one_seed)
        return bool(shared) and all(
            self.by_seed[seed] - other.by_seed[seed] > least for seed in shared
        )


def difference(one: BySeed, other: BySeed, images: int, iterations: int) -> ErrorGap | None:
    """The error of `other` less that of `one`; None where they share no seed.

    images      on how many images each error was measured
    iterations  after which they were
    """
    shared = sorted(one.keys() & other.keys())
    if not shared:
        return None
    by_seed = {seed: other[seed] - one[seed] for seed in shared}
    of_images = 2 * _standard_error(
        [mean(each[s] for s in shared) for each in (one, other)], images
    )
    one_seed = max(one_seed_gap(iterations), of_images)
    if len(shared) == 1:
        return ErrorGap(by_seed, one_seed, one_seed)
    t = T_95[min(len(shared) - 1, len(T_95)) - 1]
    of_seeds = t * stdev(by_seed.values()) / sqrt(len(shared))
    return ErrorGap(by_seed, sqrt(of_seeds**2 + of_images**2), one_seed)


def one_seed_gap(iterations: int) -> float:
    """The difference in points that one seed alone must show, after so many iterations."""
    return ONE_SEED_FULL if iterations >= PAPER_LENGTH else ONE_SEED_SHORT


def _standard_error(errors: Sequence[float], images: int) -> float:
    """Of a difference of independent proportions: an upper bound, as both see the same images."""
    shares = [error / 100 for error in errors]
    return 100 * sqrt(sum(share * (1 - share) for share in shares) / images)
