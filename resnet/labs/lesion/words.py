"""What labs "lesion" and "switched" found: how much of a net hangs on single blocks.

Source: Veit et al. 2016, Sections 4.1 (one block off), 4.2 (several off), 4.3 (another order).
Whether a block costs little, much or neither is decided by the binomial limits of both errors
(`resnet.verdict.single.lost_share`).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from resnet.labs.lesion.result import Lesion
from resnet.labs.sentences import (
    ERRORS_TOLD,
    Said,
    called,
    chance,
    images_words,
    names,
    percent,
    points,
    said_of,
    sentence,
)
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.verdict.intervals import binomial
from resnet.verdict.judge import CONFIDENCE
from resnet.verdict.single import better_than_guessing, errors_apart, lost_share

LITTLE = 0.2  # of a net's lead over guessing: a block that costs less hardly matters
MOST = 0.8  # of it: a net that loses more has fallen to about guessing
LEAST_LEAD = 10.0  # points better than guessing, below which there is little to lose
STEP = 0.5  # of it: what one more block may cost at most where the error rises smoothly
SO, NOT_SO, OPEN = "so it is with", "not so with", "these images cannot tell of"


def said(results: Sequence[Lesion]) -> Said:
    return Said(
        tuple(_number(*each) for each in zip(names(results), results, strict=True)),
        (_single(results), _several(results), _differs(results)),
    )


def lead(net: str, error: float, images: int) -> bool | None:
    """Whether a net is better than guessing by LEAST_LEAD points; None where that is open."""
    return better_than_guessing(error, chance(NetSpec.parse(net)), images, LEAST_LEAD)


def no_lead(name: str, led: bool | None) -> str:
    """What is said of a net that has little to lose, or may have."""
    if led is None:
        return f"{name} is too little better than guessing for so few images to tell what it loses"
    return f"{name} is hardly better than guessing when whole, so it has little to lose"


def fall(between: tuple[float, float], little: str, some: str, most: str) -> str:
    """The words for a share of a net's lead that was lost, which lies between these two."""
    low, high = between
    if high <= LITTLE:
        return little
    if low > MOST:
        return most
    if low > LITTLE and high <= MOST:
        return some
    shares = f"{100 * max(low, 0):.0f} to {100 * min(high, 1):.0f} %"
    return f"{some}, {shares} of it: these images cannot tell whether it is little or most"


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
    as_there: dict[str, list[str]] = {SO: [], NOT_SO: [], OPEN: []}
    for name, result in zip(called(results), results, strict=True):
        middle, worst = float(np.nanmedian(result.single)), int(np.nanargmax(result.single))
        led = lead(result.net, result.error, result.images)
        if not led:
            parts.append(no_lead(name, led))
            continue
        between = lost_share(result.error, middle, _chance(result), result.images)
        words = fall(
            between,
            "hardly matters",
            "costs a part of what it knows",
            "costs most of what it knows",
        )
        share = (middle - result.error) / (_chance(result) - result.error)
        parts.append(
            f"in {name} taking out one block {words} ({100 * max(share, 0):.0f} % of its lead over "
            f"guessing in the median; {percent(float(result.single[worst]))} error without "
            f"{result.blocks[worst]})"
        )
        as_there[_as_there(result, between)].append(name)
    claim = (
        "Veit et al. 2016 (Section 4.1) find that a residual net hardly notices a missing "
        "block and that a plain one falls to about guessing"
    )
    return f"{sentence(parts)} {claim}{_judged(as_there)}."


def _as_there(result: Lesion, between: tuple[float, float]) -> str:
    """A plain net is to lose MOST of its lead with one block, a residual one LITTLE of it."""
    low, high = between
    if NetSpec.parse(result.net).plain:
        return SO if low > MOST else NOT_SO if high <= MOST else OPEN
    return SO if high <= LITTLE else NOT_SO if low > LITTLE else OPEN


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
        if not NetSpec.parse(each.net).plain
        and lead(each.net, each.error, each.images)
        and len(each.deleted) > 1
    ]
    claim = (
        "Veit et al. 2016 (Sections 4.2 and 4.3, Fig. 5) find that the error of a residual net "
        "rises smoothly with what is off or out of order, as in an ensemble"
    )
    told_of_all = f"{sentence(parts)} " if parts else ""
    if not residual:
        return f"{told_of_all}{claim}: set a residual net beside it to see that."
    as_there: dict[str, list[str]] = {SO: [], NOT_SO: [], OPEN: []}
    for name, each in residual:
        as_there[_smoothly(each)].append(name)
    return f"{told_of_all}{claim}{_judged(as_there)}."


def _judged(as_there: dict[str, list[str]]) -> str:
    """Of which nets the claim before it is true, of which not, and of which that is open."""
    words = said_of(list(as_there.items()))
    return f": {words}" if words else ""


def _smoothly(result: Lesion) -> str:
    """SO where no step from count to count takes half of the lead, and the last count some of it.

    Of every count it is the median of the draws that is looked at, with its binomial limits, which
    hold together. That other draws would give another median is not in them.
    """
    middles = [result.error, *(float(np.median(row)) for row in result.deleted)]
    count = len(middles)
    whole = binomial(result.error / 100, result.images, 1 - (1 - CONFIDENCE) / count)
    leads = [_chance(result) - 100 * each for each in whole]  # the largest, then the least
    steps = [errors_apart(*pair, result.images, comparisons=count) for pair in pairwise(middles)]
    low, high = lost_share(result.error, middles[-1], _chance(result), result.images, count)
    if all(step.high < STEP * leads[1] for step in steps) and low > LITTLE:
        return SO
    rough = any(step.low >= STEP * leads[0] for step in steps) or high <= LITTLE
    return NOT_SO if rough else OPEN


def _chance(result: Lesion) -> float:
    return chance(NetSpec.parse(result.net))


def _blocks(count: int) -> str:
    return "1 block" if count == 1 else f"{count} blocks"


def _differs(results: Sequence[Lesion]) -> str:
    draws = listed(sorted({each.deleted.shape[1] for each in results if each.deleted.size})) or "0"
    words = (
        "Kept of the paper: trained nets, nothing trained again, blocks off or swapped at random. "
        "Not kept: their residual net had 110 layers (54 blocks), and a shallower net depends more "
        "on each block; their plain net is VGG, of which they took single layers, we take the "
        f"block of layers that its residual twin would lose. Errors are over "
        f"{images_words([each.images for each in results])}, with {draws} random draws for each "
        f"number of blocks, of which the middle one is judged; {ERRORS_TOLD}."
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
