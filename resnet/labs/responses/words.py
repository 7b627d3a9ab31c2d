"""What lab "responses" found: do residual layers answer more weakly, and deeper ones more so?

Source: He et al. 2015, Section 4.2, Fig. 7.

How far a net's mean and its single layers' deviations move where other images are shown was
measured with 1,000 images, three times, on the four shipped nets:
`python benchmarks/resolutions.py responses`. Fewer images move them by the root of so many times
more. That means within 5 % are called the same is a convention.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import sqrt

from resnet.labs.responses.result import Responses
from resnet.labs.sentences import Said, called, does, images_words, names, told_apart, untrained
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.verdict.single import Apart, Resolution, Size, against, apart

MEAN = Resolution(deviation=0.0029, degrees=8, same=0.05)
LAYER = Resolution(deviation=0.0044, degrees=296, same=0.05)
MEASURED_WITH = 1000  # images
NEAR_ONE = 0.1


def said(results: Sequence[Responses]) -> Said:
    return Said(
        tuple(_number(*each) for each in zip(names(results), results, strict=True)),
        (_twins(results), _depths(results), _differs(results)),
    )


def _number(name: str, result: Responses) -> tuple[str, str, str]:
    low, high = float(result.deviations.min()), float(result.deviations.max())
    return (
        name,
        f"{_mean(result):.2f}",
        f"mean of {len(result.layers)} layers; {low:.2f} to {high:.2f}",
    )


def _twins(results: Sequence[Responses]) -> str:
    """Plain against residual nets of one depth."""
    pairs = [
        (one, other)
        for one in range(len(results))
        for other in range(len(results))
        if _spec(results[one]).plain
        and not _spec(results[other]).plain
        and len(results[one].layers) == len(results[other].layers)
    ]
    if not pairs:
        return (
            "Set a plain net beside the residual net of its depth: He et al. 2015 (Section 4.2, "
            "Fig. 7) find that residual layers answer more weakly than plain ones."
        )
    titles = called(results)
    parts, verdicts = [], set()
    for one, other in pairs:
        plain, residual = results[one], results[other]
        verdicts.add(_compared(plain, residual, len(pairs)).size)
        parts.append(
            f"{titles[other]} answers {_layers(plain, residual)} of {len(plain.layers)} layers "
            f"against {titles[one]} (mean {_mean(residual):.2f} against {_mean(plain):.2f})"
        )
    judged = {
        frozenset({Size.SMALLER}): "so it is here",
        frozenset({Size.LARGER}): "here it is the other way round",
        frozenset({Size.SAME}): "here the means are the same within 5 %",
        frozenset({Size.UNKNOWN}): "here the means are too close to tell",
    }.get(frozenset(verdicts), "here that is so of some of them")
    if Size.SMALLER not in verdicts and len(verdicts) > 1:
        judged = "here that is so of none of them"
    return (
        f"{'; '.join(parts)}. He et al. 2015 (Section 4.2, Fig. 7) find that residual nets "
        f"generally have smaller responses than plain ones: {judged}."
    )


def _layers(plain: Responses, residual: Responses) -> str:
    """In how many layers the residual net's response is shown to be weaker, or stronger."""
    resolution = LAYER.by(_coarser(plain, residual))
    count = len(plain.layers)
    sizes = [
        apart(float(one), float(other), resolution, count).size
        for one, other in zip(plain.deviations, residual.deviations, strict=True)
    ]
    words = f"more weakly in {sizes.count(Size.SMALLER)}"
    stronger = sizes.count(Size.LARGER)
    if stronger:
        words += f" and more strongly in {stronger}"
    return words


def _depths(results: Sequence[Responses]) -> str:
    """Residual nets of different depths."""
    residual = {
        len(each.layers): (name, each)
        for name, each in zip(called(results), results, strict=True)
        if not _spec(each).plain
    }
    claim = (
        "He et al. 2015 (Section 4.2, Fig. 7) also find that the deeper the residual net, the less "
        "a single layer changes the signal"
    )
    if len(residual) < 2:
        return f"{claim}: set residual nets of several depths side by side to test it."
    ordered = [residual[length] for length in sorted(residual)]
    steps = {
        _compared(before[1], after[1], len(ordered) - 1).size for before, after in pairwise(ordered)
    }
    means = listed(f"{_mean(each):.2f} in {name}" for name, each in ordered)
    judged = {
        frozenset({Size.SMALLER}): "here as well the mean falls",
        frozenset({Size.LARGER}): "here the mean grows instead",
        frozenset({Size.SAME}): "here the mean stays the same within 5 % from depth to depth",
    }.get(
        frozenset(steps),
        "here the means are too close to tell at every depth"
        if Size.UNKNOWN in steps
        else "here the mean does not go one way",
    )
    return f"{claim}: {judged} ({means})."


def _differs(results: Sequence[Responses]) -> str:
    resolution = MEAN.by(max(_coarser(each, each) for each in results))
    words = (
        "Kept of the paper: 3x3 layers, after BN and before the nonlinearity and the addition. Not "
        "kept, or not known: the paper's nets (20, 56 and 110 layers) were trained for 64,000 "
        "iterations, and it does not say over which images it took the deviations; ours are over "
        f"{images_words([each.images for each in results])}, channels and positions together. For "
        f"these very nets {told_apart('means', resolution)}, by how far they move with other "
        "images; other seeds of training may do otherwise."
    )
    if all(each.after_bn and _near_one(each) for each in results):
        words += " These responses are still near 1, where BN starts them: train longer for Fig. 7."
    fresh = [name for name, each in zip(called(results), results, strict=True) if untrained(each)]
    if fresh:
        words += (
            f" {listed(fresh)} {does(fresh, 'was', 'were')} never trained: BN alone sets what is "
            "seen."
        )
    other = [name for name, each in zip(called(results), results, strict=True) if not each.after_bn]
    if other:
        words += (
            f" In {listed(other)} no BN follows the layers, so they are read at their own output, "
            "not after BN as in the paper."
        )
    return words


def _compared(one: Responses, other: Responses, comparisons: int) -> Apart:
    """The mean of the second held against that of the first."""
    return apart(_mean(one), _mean(other), MEAN.by(_coarser(one, other)), comparisons)


def _near_one(result: Responses) -> bool:
    resolution = replace(MEAN.by(_coarser(result, result)), same=NEAR_ONE)
    found = against(1.0, _mean(result), resolution)
    return max(found.high, 1 / found.low) <= 1 + NEAR_ONE


def _coarser(one: Responses, other: Responses) -> float:
    """How much more the figures of these may move than those that the resolution is of."""
    return sqrt(MEASURED_WITH / min(one.images, other.images))


def _mean(result: Responses) -> float:
    return float(result.deviations.mean())


def _spec(result: Responses) -> NetSpec:
    return NetSpec.parse(result.net)
