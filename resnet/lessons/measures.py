"""What an answer is computed from: mean errors over seeds, clear gaps, gradients over depth."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import exp, log
from statistics import mean

from resnet.lessons.lesson import Entry, RunResult
from resnet.plan import plan
from resnet.spec import NetSpec
from resnet.verdict.statistics import one_seed_gap

CLEARLY = "“Clearly” means by ten points of training error; at the paper's full length, by one."


def clear(results: Sequence[RunResult]) -> float:
    """The gap in points that these runs must show to be called clear, as CLEARLY says."""
    return one_seed_gap(min((each.entry.recipe.iterations for each in results), default=0))


def train_error(results: Sequence[RunResult], net: str, **recipe: object) -> float | None:
    """Mean training error in percent over the runs of a net; None where it has no such run.

    recipe  fields that the runs' recipe must have, as warmup="error"
    """
    return _mean(each.train_error for each in _of(results, net, **recipe))


def test_error(results: Sequence[RunResult], net: str, **recipe: object) -> float | None:
    """The same for the test error."""
    return _mean(each.test_error for each in _of(results, net, **recipe))


def fade(results: Sequence[RunResult], net: str) -> float | None:
    """The gradient of the first convolution over that of the last, at the start of training.

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


def _mean(errors: Iterable[float | None]) -> float | None:
    known = [error for error in errors if error is not None]
    return mean(known) if known else None
