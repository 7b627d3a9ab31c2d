"""What lab "responses" found: do residual layers answer more weakly, and deeper ones more so?

Source: He et al. 2015, Section 4.2, Fig. 7.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from resnet.labs.responses.result import Responses
from resnet.labs.sentences import Said, called, does, names, untrained
from resnet.spec import NetSpec
from resnet.spec.checks import listed

NEAR = 0.05  # of the larger: means that are closer are called about the same
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
        weaker = int(np.sum(residual.deviations < plain.deviations))
        verdicts.add(_compared(_mean(plain), _mean(residual)))
        parts.append(
            f"{titles[other]} answers more weakly than {titles[one]} in {weaker} of "
            f"{len(plain.layers)} layers (mean {_mean(residual):.2f} against {_mean(plain):.2f})"
        )
    judged = {
        frozenset({-1}): "so it is here",
        frozenset({1}): "here it is the other way round",
        frozenset({0}): "here the means are about the same",
    }.get(frozenset(verdicts), "here that is so of some of them")
    return (
        f"{'; '.join(parts)}. He et al. 2015 (Section 4.2, Fig. 7) find that residual nets "
        f"generally have smaller responses than plain ones: {judged}."
    )


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
    steps = {_compared(_mean(before[1]), _mean(after[1])) for before, after in pairwise(ordered)}
    means = listed(f"{_mean(each):.2f} in {name}" for name, each in ordered)
    judged = {
        frozenset({-1}): "here as well the mean falls",
        frozenset({1}): "here the mean grows instead",
        frozenset({0}): "here the mean is about the same",
    }.get(frozenset(steps), "here the mean does not go one way")
    return f"{claim}: {judged} ({means})."


def _differs(results: Sequence[Responses]) -> str:
    images = sorted({each.images for each in results})
    words = (
        f"What differs here: the deviations are over {listed(f'{n:,}' for n in images)} images, "
        "channels and positions together, and the paper's nets (20, 56 and 110 layers) were "
        "trained for 64,000 iterations."
    )
    if all(each.after_bn and abs(_mean(each) - 1) < NEAR_ONE for each in results):
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


def _compared(one: float, other: float) -> int:
    """-1 where the second is clearly smaller, 1 where it is clearly larger, else 0."""
    if abs(other - one) < NEAR * max(one, other):
        return 0
    return -1 if other < one else 1


def _mean(result: Responses) -> float:
    return float(result.deviations.mean())


def _spec(result: Responses) -> NetSpec:
    return NetSpec.parse(result.net)
