"""What lab "paths" found: which paths there are, and which of them carry the gradient.

Source: Veit et al. 2016, Section 5, Fig. 6.

How far the mean length of the gradient's paths moves with other paths and other images was measured
three times on ResNet-20 A and ResNet-56 A, with 6 paths of each length and 16 images:
`python benchmarks/resolutions.py paths`. Fewer paths move it by the root of so many times more.
That means within a fifth are called as long is a convention.
"""

from collections.abc import Sequence
from math import exp, sqrt

import numpy as np

from resnet.labs.paths.result import Paths
from resnet.labs.sentences import (
    SUPERSCRIPTS,
    Said,
    called,
    ceiling,
    does,
    factor,
    images_words,
    names,
    percent,
    said_of,
    sentence,
    untrained,
)
from resnet.spec.checks import listed
from resnet.verdict.single import Resolution, Size, against

LENGTH = Resolution(deviation=0.037, degrees=4, same=0.2)
MEASURED_WITH = 6  # paths of each length


def said(results: Sequence[Paths]) -> Said:
    return Said(
        tuple(_number(*each) for each in zip(names(results), results, strict=True)),
        (_found(results), _source(results), _differs(results)),
    )


def middle(shares: np.ndarray) -> tuple[int, int]:
    """The lengths between which the middle 95 % of these shares lie."""
    along = np.cumsum(shares)
    low, high = (int(np.searchsorted(along, share)) for share in (0.025, 0.975))
    return low, min(high, len(shares) - 1)


def _number(name: str, result: Paths) -> tuple[str, str, str]:
    low, high = result.effective
    return (
        f"{name}: 95 % of the gradient",
        f"{low} to {high} blocks",
        f"of {result.lengths - 1}; {_share(result)} of all paths are so long",
    )


def _share(result: Paths) -> str:
    """The share of all paths that have an effective length."""
    low, high = result.effective
    share = 100 * float(result.paths[low : high + 1].sum())
    return percent(share, 0 if share >= 10 else 1 if share >= 1 else 2)


def _known(result: Paths) -> bool:
    return bool(np.all(np.isfinite(result.carried)))


def _found(results: Sequence[Paths]) -> str:
    parts = []
    for name, result in zip(called(results), results, strict=True):
        blocks = result.lengths - 1
        if not _known(result):
            parts.append(f"no gradient reaches the input of {name} that could be measured")
            continue
        low, high = middle(result.paths)
        but = "but" if shorter(result) is Size.SMALLER else "and"
        of_one, of_all = float(result.gradient[1]), float(result.gradient[-1])
        along = factor(of_all / of_one) if of_one else "not a number"
        parts.append(
            f"95 % of the 2{str(blocks).translate(SUPERSCRIPTS)} paths of {name} are {low} to "
            f"{high} blocks long, {but} 95 % of the gradient comes along lengths "
            f"{result.effective[0]} to {result.effective[1]} (a path through all {blocks} blocks "
            f"carries {along} the gradient of one through a single block; the mean length is "
            f"{mean_length(result):.1f} blocks, that of all paths {blocks / 2:g})"
        )
    return sentence(parts)


def _source(results: Sequence[Paths]) -> str:
    claim = (
        "Veit et al. 2016 (Section 5, Fig. 6) find that short paths carry the gradient: 5 to 17 "
        "blocks in a net of 54, though most paths are longer"
    )
    kinds: dict[Size, list[str]] = {size: [] for size in Size}
    for name, each in zip(called(results), results, strict=True):
        if _known(each):
            kinds[shorter(each)].append(name)
    judged = said_of(
        [
            ("so it is in", kinds[Size.SMALLER]),
            (
                "not where its paths are on average as long as all are, within a fifth:",
                kinds[Size.SAME],
            ),
            ("not where they are longer on average:", kinds[Size.LARGER]),
            ("too close to tell in", kinds[Size.UNKNOWN]),
        ]
    )
    return f"{claim}{': ' if judged else ''}{judged}."


def mean_length(result: Paths) -> float:
    """The mean length of paths, each weighted with the gradient that it carries."""
    return float(np.arange(result.lengths) @ result.carried)


def shorter(result: Paths) -> Size:
    """Whether they are shorter on average than all paths, whose mean is half of the blocks."""
    half = (result.lengths - 1) / 2
    return against(half, mean_length(result), _resolution([result])).size


def _differs(results: Sequence[Paths]) -> str:
    samples = listed(sorted({each.samples for each in results}))
    words = (
        "Kept of the paper: random paths through F in so many blocks, in a trained net, and norms "
        "of single paths added up although gradients of different paths partly cancel. Not kept: "
        "Veit et al. take a net of 110 layers (54 blocks) and measure during training, ours stands "
        f"still. It is {samples} paths of each length over "
        f"{images_words([each.images for each in results])}; mean lengths are told apart from "
        f"half of the blocks from a factor of {ceiling(exp(_resolution(results).margin(1)))} on, "
        "by how far they move with other paths and images."
    )
    fresh = [name for name, each in zip(called(results), results, strict=True) if untrained(each)]
    if fresh:
        words += f" {listed(fresh)} {does(fresh, 'is', 'are')} untrained."
    return words


def _resolution(results: Sequence[Paths]) -> Resolution:
    return LENGTH.by(sqrt(MEASURED_WITH / min(each.samples for each in results)))
