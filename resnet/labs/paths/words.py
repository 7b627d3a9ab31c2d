"""What lab "paths" found: which paths there are, and which of them carry the gradient.

Source: Veit et al. 2016, Section 5, Fig. 6.
"""

from collections.abc import Sequence

import numpy as np

from resnet.labs.paths.result import Paths
from resnet.labs.sentences import (
    SUPERSCRIPTS,
    Said,
    called,
    does,
    factor,
    names,
    percent,
    sentence,
    untrained,
)
from resnet.spec.checks import listed

SHORT = 0.5  # of the blocks: effective paths whose middle is below are called short


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
        but = "but" if _is_short(result) else "and"
        of_one, of_all = float(result.gradient[1]), float(result.gradient[-1])
        along = factor(of_all / of_one) if of_one else "not a number"
        parts.append(
            f"95 % of the 2{str(blocks).translate(SUPERSCRIPTS)} paths of {name} are {low} to "
            f"{high} blocks long, {but} 95 % of the gradient comes along lengths "
            f"{result.effective[0]} to {result.effective[1]} (a path through all {blocks} blocks "
            f"carries {along} the gradient of one through a single block)"
        )
    return sentence(parts)


def _source(results: Sequence[Paths]) -> str:
    claim = (
        "Veit et al. 2016 (Section 5, Fig. 6) find that short paths carry the gradient: 5 to 17 "
        "blocks in a net of 54, though most paths are longer"
    )
    known = [pair for pair in zip(called(results), results, strict=True) if _known(pair[1])]
    shorter = [name for name, each in known if _is_short(each)]
    other = [name for name, each in known if not _is_short(each)]
    judged = []
    if shorter:
        judged.append(f"so it is in {listed(shorter)}")
    if other:
        judged.append(
            f"not in {listed(other)}, where the gradient's lengths are not below those of the paths"
        )
    return f"{claim}{': ' if judged else ''}{'; '.join(judged)}."


def _is_short(result: Paths) -> bool:
    """Whether the gradient's middle lengths end and begin below those of the paths."""
    low, high = middle(result.paths)
    return result.effective[0] < low and result.effective[1] < high


def _differs(results: Sequence[Paths]) -> str:
    images = listed(f"{n:,}" for n in sorted({each.images for each in results}))
    samples = listed(sorted({each.samples for each in results}))
    words = (
        f"What differs here: {samples} random paths of each length over {images} images, in a net "
        "that stands still, where Veit et al. take a net of 110 layers (54 blocks) and measure "
        "during training; the norms of single paths are added up as they do, although gradients of "
        "different paths partly cancel."
    )
    fresh = [name for name, each in zip(called(results), results, strict=True) if untrained(each)]
    if fresh:
        words += f" {listed(fresh)} {does(fresh, 'is', 'are')} untrained."
    return words
