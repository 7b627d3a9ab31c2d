"""What an answer is computed from: errors over seeds held against each other, gradients over depth.

Whether one curve is clearly worse than another is decided by `resnet.verdict.judge`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, log
from statistics import mean

from resnet.lessons.lesson import Entry, RunResult
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe
from resnet.verdict.judge import DENIED, Basis, BySeed, Finding, Judgement, compare, exceeds
from resnet.verdict.recorded import recorded_errors
from resnet.verdict.standing import FEW_IMAGES

CLEARLY = (
    "“Clearly” means: by ten points or more (at the paper's full length by one), and by more than "
    "other seeds and other images may change. That a difference is not clear has to be shown too: "
    "that it is below ten points, or at most half of the one beside it."
)
PAPER_LENGTH = Recipe().iterations


@dataclass(frozen=True)
class Errors:
    """The errors of a net's runs, in percent, by seed.

    images    that each was measured on
    recorded  those of the same curve on record
    clear     the least difference in points that is called clear, as CLEARLY says
    """

    by_seed: BySeed
    images: int
    recorded: BySeed
    clear: float


def train_errors(results: Sequence[RunResult], net: str, **recipe: object) -> Errors | None:
    """The training errors of a net's runs; None where it has no such run.

    recipe  fields that the runs' recipe must have, as warmup="error"
    """
    runs = [run for run in _of(results, net, **recipe) if run.train_error is not None]
    return _errors(runs, 0)


def test_errors(results: Sequence[RunResult], net: str, **recipe: object) -> Errors | None:
    """The same for the test errors."""
    return _errors([run for run in _of(results, net, **recipe) if run.test_error is not None], 1)


def clearly(one: Errors | None, other: Errors | None, comparisons: int) -> int | None:
    """Whether `other` is clearly worse than `one`: 1; clearly better: -1; neither: 0.

    None where these runs cannot tell, or one of the two is missing.
    comparisons  that the answer makes: they hold together
    """
    worse, better = clearly_worse(one, other, comparisons), clearly_worse(other, one, comparisons)
    if worse or better:
        return 1 if worse else -1
    return 0 if worse is False and better is False else None


def clearly_worse(
    one: Errors | None,
    other: Errors | None,
    comparisons: int,
    beside: Judgement | None = None,
) -> bool | None:
    """Whether `other` is clearly worse than `one`; None where these runs cannot tell.

    beside  another difference; one that is shown to be at most half of it is not a clear one
    """
    found = judged(one, other, comparisons)
    if one is None or found is None or found.basis is Basis.ONE_RUN:
        return None
    if found.finding is Finding.WORSE and found.difference >= one.clear:
        return True
    small = found.high < one.clear or (beside is not None and exceeds(beside, found, DENIED))
    return False if small else None


def judged(one: Errors | None, other: Errors | None, comparisons: int) -> Judgement | None:
    """The errors of `other` held against those of `one`; None where one of them is missing.

    What an answer asks has one side: a difference is above a bound, or below one. So each side of
    the interval may fail as often as both do in a verdict.
    """
    if one is None or other is None:
        return None
    shared = sorted(one.recorded.keys() & other.recorded.keys())
    known = [other.recorded[seed] - one.recorded[seed] for seed in shared]
    images = min(one.images, other.images)
    return compare(one.by_seed, other.by_seed, images, known, comparisons / 2)


def steps(errors: Sequence[Errors | None]) -> list[int | None]:
    """`clearly` for every curve and the one before it, and at last for the last and the first.

    Between neighbours any difference that is shown counts, however small.
    """
    count = len(errors)
    pairs = list(pairwise(errors))
    small = [replace(one, clear=0.0) if one else None for one, _ in pairs]
    between = [clearly(a, b, count) for a, (_, b) in zip(small, pairs, strict=True)]
    return [*between, clearly(errors[0], errors[-1], count)]


def _errors(runs: Sequence[RunResult], part: int) -> Errors | None:
    if not runs:
        return None
    by_seed: dict[int, float] = {}
    for run in runs:
        error = (run.train_error, run.test_error)[part]
        assert error is not None
        by_seed[run.entry.recipe.seed] = error
    recorded = {}
    if all(run.as_planned for run in runs):
        known = recorded_errors(*runs[0].entry) or {}
        recorded = {seed: errors[part] for seed, errors in known.items()}
    images = min((run.train_images, run.test_images)[part] or FEW_IMAGES for run in runs)
    full = min(run.entry.recipe.iterations for run in runs) >= PAPER_LENGTH
    return Errors(by_seed, images, recorded, 1.0 if full else 10.0)


def fade(results: Sequence[RunResult], net: str) -> float | None:
    """The gradient of the first layer's weights over the last convolution's, as training starts.

    Below 1 it fades on its way to the input, above 1 it grows. The geometric mean over the runs of
    a net; None where it has none, 0 where nothing arrives.
    """
    shares = [
        share
        for each in _of(results, net)
        if each.first_gradients and (share := _share(each.entry, each.first_gradients)) is not None
    ]
    if not shares:
        return None
    return exp(mean(map(log, shares))) if all(shares) else 0.0


def _share(entry: Entry, norms: Sequence[float]) -> float | None:
    """First over last of the convolutions that are not on a shortcut."""
    layers = plan(entry.net, entry.recipe.image_size).weighted
    main = [
        norm
        for layer, norm in zip(layers, norms, strict=True)
        if layer.kind == "conv" and ".shortcut." not in layer.name
    ]
    return main[0] / main[-1] if main[-1] > 0 else None


def _of(results: Sequence[RunResult], net: str, **recipe: object) -> list[RunResult]:
    """The runs of a net; how many classes the images have does not matter."""
    wanted = NetSpec.parse(net)
    return [
        each
        for each in results
        if replace(each.entry.net, classes=wanted.classes) == wanted
        and all(getattr(each.entry.recipe, name) == value for name, value in recipe.items())
    ]
