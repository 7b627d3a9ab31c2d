"""What a set of numbers allows to be said: worse, better, the same within so much, or cannot tell.

Every sentence that compares measured numbers asks here; none compares two of them by itself.

Errors are in percent, differences in points. With the same seed all nets see the same images in
the same order, so seeds are paired: what is looked at is the difference within each seed. Its
interval has two parts, added in quadrature: that of the seeds, and that of the images on which the
errors were measured (`intervals`), which all seeds may share and which more seeds do not narrow.
The part of the seeds is

  three seeds or more   paired t of the differences
  one or two            t with the spread between seeds that is on record for this very pair of
                        nets and recipe (`resnet.verdict.recorded`), where there are three or more;
                        two seeds that lie further apart than that count with their own spread
  two, none on record   paired t with one degree of freedom, which is wide
  one, none on record   none: then nothing is said of other seeds, only of this run

An interval that leaves out 0 makes a difference; one that lies within SAME_WITHIN points makes
none, and the bound is said with it; any other cannot tell. Where a sentence makes several
comparisons, their intervals hold together (Bonferroni).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import sqrt
from statistics import mean

from resnet.verdict.intervals import deviation, difference_of_shares, student

CONFIDENCE = 0.95
SAME_WITHIN = 5.0  # points; where the interval reaches further, it is said that one cannot tell
ENOUGH = 3  # seeds that show a spread
DENIED = 1 / 2  # "does not" asks for at most this share of the difference that is shown

BySeed = Mapping[int, float]


class Finding(Enum):
    """Whether the second is worse than the first, better, the same within a bound, or open."""

    WORSE = 1
    BETTER = -1
    SAME = 0
    UNKNOWN = None


class Basis(Enum):
    """Where the part of the seeds comes from."""

    SEEDS = "paired t over {seeds} seeds"
    RECORDED = "{runs} with the spread of {known} recorded seeds, t with {degrees} degrees"
    ONE_RUN = "one run"


@dataclass(frozen=True)
class Judgement:
    """What two curves' errors say, the second held against the first.

    difference  of the mean errors, second less first, in points
    low, high   the interval in which it lies, at CONFIDENCE for all of a sentence together
    seeds       that both curves have; `images` that each error was measured on
    rule        what decided, in words
    """

    finding: Finding
    difference: float
    low: float
    high: float
    seeds: int
    images: int
    basis: Basis
    rule: str

    @property
    def within(self) -> float:
        """The most that they may differ, in points, whichever way."""
        return max(abs(self.low), abs(self.high))

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    @property
    def in_this_run(self) -> Finding:
        """What holds of the runs that were measured, whatever other seeds do."""
        return _finding(self.low, self.high) if self.basis is Basis.ONE_RUN else self.finding


def compare(
    one: BySeed,
    other: BySeed,
    images: int,
    recorded: Sequence[float] = (),
    comparisons: float = 1,
) -> Judgement | None:
    """Holds the errors of `other` against those of `one`; None where they share no seed.

    images       that each error was measured on
    recorded     differences of the same two, by seed, that are on record
    comparisons  that the sentence makes: their intervals hold together; half as many where each
                 claim has one side
    """
    shared = sorted(one.keys() & other.keys())
    if not shared:
        return None
    confidence = 1 - (1 - CONFIDENCE) / comparisons
    differences = [other[seed] - one[seed] for seed in shared]
    basis, margin, words = _of_seeds(differences, recorded, confidence)
    before, after = (mean(each[seed] for seed in shared) / 100 for each in (one, other))
    below, above = (
        sqrt(margin**2 + (100 * part) ** 2)
        for part in difference_of_shares(before, after, images, confidence)
    )
    middle = mean(differences)
    low, high = max(-100.0, middle - below), min(100.0, middle + above)
    finding = Finding.UNKNOWN if basis is Basis.ONE_RUN else _finding(low, high)
    of_images = f"the exact binomial error of {images:,} images"
    rule = f"{words}, and {of_images}" if basis is not Basis.ONE_RUN else of_images
    return Judgement(finding, middle, low, high, len(shared), images, basis, rule)


def exceeds(one: Judgement, other: Judgement, share: float) -> bool:
    """Whether one difference is shown to be larger than another by so many times, by their bounds.

    Both intervals hold together where they were made for one sentence.
    """
    return one.low > 0 and other.high <= share * one.low


def _finding(low: float, high: float) -> Finding:
    if low > 0:
        return Finding.WORSE
    if high < 0:
        return Finding.BETTER
    return Finding.SAME if max(-low, high) <= SAME_WITHIN else Finding.UNKNOWN


def _of_seeds(
    differences: Sequence[float], recorded: Sequence[float], confidence: float
) -> tuple[Basis, float, str]:
    """The part of the seeds: where it comes from, half of its width in points, and in words."""
    count = len(differences)
    own = deviation(differences) if count > 1 else 0.0
    if count < ENOUGH <= len(recorded):
        degrees = len(recorded) - 1
        spread = max(own, deviation(recorded))
        runs = "one run" if count == 1 else "two seeds"
        words = Basis.RECORDED.value.format(runs=runs, known=len(recorded), degrees=degrees)
        return Basis.RECORDED, student(degrees, confidence) * spread / sqrt(count), words
    if count == 1:
        return Basis.ONE_RUN, 0.0, Basis.ONE_RUN.value
    margin = student(count - 1, confidence) * own / sqrt(count)
    return Basis.SEEDS, margin, Basis.SEEDS.value.format(seeds=count)
