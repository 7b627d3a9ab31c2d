"""What labs "lesion" and "switched" found: how much of a net hangs on single blocks.

Source: Veit et al. 2016, Sections 4.1 (one block off), 4.2 (several off), 4.3 (another order).
"""

from collections.abc import Sequence

import numpy as np

from resnet.labs.lesion.result import Lesion
from resnet.labs.sentences import Said, called, chance, names, percent, points, sentence
from resnet.spec import NetSpec
from resnet.spec.checks import listed

LITTLE = 0.2  # of a net's lead over guessing: a block that costs less hardly matters
MOST = 0.8  # of it: a net that loses more has fallen to about guessing
LEAST_LEAD = 10.0  # points better than guessing, below which there is little to lose


def said(results: Sequence[Lesion]) -> Said:
    return Said(
        tuple(_number(*each) for each in zip(names(results), results, strict=True)),
        (_single(results), _several(results), _differs(results)),
    )


def lost(result: Lesion, error: float) -> float:
    """The share of a net's lead over guessing that is gone at this error; about 1 at guessing."""
    return (error - result.error) / lead(result)


def lead(result: Lesion) -> float:
    """Points by which the whole net is better than guessing; at least a tenth of a point."""
    return max(chance(NetSpec.parse(result.net)) - result.error, 0.1)


def _number(name: str, result: Lesion) -> tuple[str, str, str]:
    middle = float(np.nanmedian(result.single))
    return (
        f"{name}, one block off",
        points(middle - result.error),
        f"to {percent(middle)}, the median; whole {percent(result.error)}",
    )


def _single(results: Sequence[Lesion]) -> str:
    """One block off, net by net, and whether it is as in the paper."""
    parts: list[str] = []
    as_there: dict[bool, list[str]] = {True: [], False: []}
    for name, result in zip(called(results), results, strict=True):
        share = lost(result, float(np.nanmedian(result.single)))
        worst = int(np.nanargmax(result.single))
        if lead(result) < LEAST_LEAD:
            parts.append(
                f"{name} is hardly better than guessing when whole, so it has little to lose"
            )
            continue
        fall = (
            "hardly matters"
            if share < LITTLE
            else "costs most of what it knows"
            if share > MOST
            else "costs a part of what it knows"
        )
        parts.append(
            f"in {name} taking out one block {fall} ({100 * max(share, 0):.0f} % of its lead over "
            f"guessing in the median, most for {result.blocks[worst]}: "
            f"{percent(float(result.single[worst]))})"
        )
        plain = NetSpec.parse(result.net).plain
        as_there[share > MOST if plain else share < LITTLE].append(name)
    claim = (
        "Veit et al. 2016 (Section 4.1, Fig. 3) find that a residual net hardly notices a missing "
        "block and that a plain one falls to about guessing"
    )
    return f"{sentence(parts)} {claim}{_judged(as_there)}."


def _several(results: Sequence[Lesion]) -> str:
    """Several off, and orders changed."""
    parts = []
    for name, result in zip(called(results), results, strict=True):
        if not len(result.deleted):
            continue
        middles = [float(np.median(row)) for row in result.deleted]
        told = [
            f"{percent(middles[0])} with {_blocks(result.deleted_counts[0])} off at random",
            f"{percent(middles[-1])} with {result.deleted_counts[-1]}",
        ]
        if len(result.swapped):
            middle = float(np.median(result.swapped[-1]))
            told.append(f"{percent(middle)} after {result.swap_counts[-1]} random swaps")
        parts.append(f"{name}: {', '.join(told)}")
    residual = [
        (name, each)
        for name, each in zip(called(results), results, strict=True)
        if not NetSpec.parse(each.net).plain and lead(each) >= LEAST_LEAD and len(each.deleted) > 1
    ]
    claim = (
        "Veit et al. 2016 (Sections 4.2 and 4.3, Fig. 5) find that the error of a residual net "
        "rises smoothly with what is off or out of order, as in an ensemble"
    )
    told_of_all = f"{sentence(parts)} " if parts else ""
    if not residual:
        return f"{told_of_all}{claim}: set a residual net beside it to see that."
    smooth = [name for name, each in residual if _smoothly(each)]
    rough = [name for name, _ in residual if name not in smooth]
    return f"{told_of_all}{claim}{_judged({True: smooth, False: rough})}."


def _judged(as_there: dict[bool, list[str]]) -> str:
    """Of which nets the claim before it is true, and of which not; nothing where none can tell."""
    words = [f"so it is with {listed(as_there[True])}"] if as_there[True] else []
    words += [f"not so with {listed(as_there[False])}"] if as_there[False] else []
    return f": {', '.join(words)}" if words else ""


def _smoothly(result: Lesion) -> bool:
    """Whether no step from count to count takes most of the lead, and the last count some of it."""
    middles = [result.error, *(float(np.median(row)) for row in result.deleted)]
    steps = np.diff([lost(result, error) for error in middles])
    return bool(steps.max() < 0.5 and lost(result, middles[-1]) > LITTLE)


def _blocks(count: int) -> str:
    return "1 block" if count == 1 else f"{count} blocks"


def _differs(results: Sequence[Lesion]) -> str:
    images = listed(f"{n:,}" for n in sorted({each.images for each in results}))
    words = (
        f"What differs here: errors are over {images} images, with few random draws for each "
        "number; Veit et al. took single layers out of VGG as their plain net, we take the block "
        "of layers that its residual twin would lose; their residual net had 110 layers (54 "
        "blocks) and a full training, and a shallower or less trained net depends more on each "
        "block."
    )
    fixed = [
        name
        for name, each in zip(called(results), results, strict=True)
        if len(each.removable) < len(each.blocks)
    ]
    if fixed:
        words += (
            f" Blocks of {listed(fixed)} that change the shape of the maps cannot be taken out "
            "and have no bar."
        )
    return words
