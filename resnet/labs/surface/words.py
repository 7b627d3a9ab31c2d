"""What is said of loss surfaces: how steep they rise, and how many dips they have.

How far the share of low points and the number of dips move on other planes and other images was
measured three times on plain-56 and ResNet-56 A, with 9 points a side and 50 images:
`python benchmarks/resolutions.py surface`. On a coarser grid they move by so many times more as its
points lie further apart; that fewer images move them by the root of so many times more is taken,
not measured. No dip came or went in these six surfaces; that their number moves by 0.4 is taken.
That shares within a tenth of the points are called the same, and numbers of
dips within two, is a convention.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from resnet.labs.sentences import (
    AGAINST,
    AS_SAID,
    SEVERAL,
    Said,
    ceiling,
    chance,
    does,
    images_words,
    names,
    pairs,
    percent,
    spoken,
)
from resnet.labs.surface.result import CUT_AT, Surface, known
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.verdict.single import Apart, Resolution, Size, apart, better_than_guessing

LOW = Resolution(deviation=0.038, degrees=4, same=0.1, ratio=False)
DIPS = Resolution(deviation=0.4, degrees=4, same=2, ratio=False)
MEASURED_WITH = 9, 50  # points a side, images
SOURCE = "Li et al. 2018 (Section 6, Figs. 1 and 5)"
CLAIM = f"{SOURCE} find the surface of a deep net without shortcuts steep and chaotic, with them "
CLAIM += "wide and smooth"
LEAST_LEAD = 10.0  # points better than guessing, below which a net has hardly learned


def said(results: Sequence[Surface]) -> Said:
    """The loss of every centre, and what the squares around them show where they are complete."""
    named = names(results)
    numbers = tuple(_number(name, each) for name, each in zip(named, results, strict=True))
    spoken_of = spoken(results)
    return Said(
        numbers,
        (_found(results, spoken_of), _held_against(results), _differs(results, spoken_of)),
    )


def centre(surface: Surface) -> tuple[float, float]:
    """Loss and error of the net as it is; NaN where not computed yet."""
    middle = len(surface.steps) // 2
    return float(surface.loss[middle, middle]), float(surface.error[middle, middle])


def low_share(surface: Surface) -> float:
    """The share of the known points whose loss is at most 10."""
    losses = surface.loss[known(surface)]
    return float(np.mean(losses <= CUT_AT)) if len(losses) else float("nan")


def dips(surface: Surface) -> int:
    """Points, not on the rim, whose loss is below that of all eight neighbours."""
    loss = np.where(np.isnan(surface.loss), np.inf, surface.loss).astype(np.float64)
    size = len(loss)
    inner = loss[1:-1, 1:-1]
    around = [
        loss[1 + down : size - 1 + down, 1 + right : size - 1 + right]
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
        if (down, right) != (0, 0)
    ]
    return int(np.sum(inner < np.minimum.reduce(around)))


def _number(name: str, surface: Surface) -> tuple[str, str, str]:
    loss, error = centre(surface)
    if np.isnan(error):
        return name, "not yet", "loss at the centre"
    value = f"{loss:.2f}" if np.isfinite(loss) else "too large"
    return name, value, f"loss at the centre, error {error:.0f} %"


def _share(result: Surface) -> str:
    """Of the points whose loss is low; a small one keeps a digit: "0.4 %"."""
    share = 100 * low_share(result)
    return percent(share, 1 if 0 < share < 1 else 0)


def _found(results: Sequence[Surface], named: Sequence[str]) -> str:
    clauses = []
    for name, each in zip(named, results, strict=True):
        there = known(each)
        if there.all():
            count = dips(each)
            clauses.append(
                f"{name} keeps a loss of at most {CUT_AT:.0f} on {_share(each)} of "
                f"the {len(each.steps)} x {len(each.steps)} points, and has "
                f"{count} {'dip' if count == 1 else 'dips'}"
            )
        else:
            clauses.append(
                f"{int(there.sum()):,} of {there.size:,} points of {name} are known so far"
            )
    words = "; ".join(clauses)
    dip = ". A dip is a point lower than all its neighbours" if "dip" in words else ""
    return f"Within the square {words}{dip}."


def _held_against(results: Sequence[Surface]) -> str:
    complete = [pair for pair in pairs(results) if all(known(each).all() for each in pair[:2])]
    comparable = [pair for pair in complete if pair.plain.steps.shape == pair.residual.steps.shape
                  and pair.plain.reach == pair.residual.reach]  # fmt: skip
    if not comparable:
        return (
            f"{CLAIM}; a plain and a residual net of one depth, both complete on the same grid, "
            "show whether it is so."
        )
    clauses = []
    for plain, residual, plain_name, residual_name, _ in comparable:
        coarser, count = _coarser([plain, residual]), 2 * len(comparable)
        low = apart(low_share(plain), low_share(residual), LOW.by(coarser), count)
        found = apart(dips(residual), dips(plain), DIPS.by(coarser), count)
        clauses.append(
            f"{plain_name}, beside {residual_name}, {_steeper(low)}, "
            f"{'and' if found.size is low.size else 'but'} {_rougher(found)}"
        )
    return f"{CLAIM}. Here {'; '.join(clauses)}."


def _steeper(found: Apart) -> str:
    """What is said of the plain net where its share of low points is smaller than the other's."""
    return {
        Size.LARGER: f"is the steeper one, {AS_SAID}",
        Size.SMALLER: f"is the less steep one, {AGAINST}",
        Size.SAME: f"is as steep within {100 * LOW.same:.0f} % of the points, {AGAINST}",
        Size.UNKNOWN: "differs too little in its low points to tell which is the steeper one",
    }[found.size]


def _rougher(found: Apart) -> str:
    """What is said of the plain net where it has more dips than the other."""
    return {
        Size.LARGER: f"has more dips, {AS_SAID}",
        Size.SMALLER: f"has fewer dips, {AGAINST}",
        Size.SAME: "has as many dips within two, so chaos is not seen",
        Size.UNKNOWN: "differs too little in its dips to tell whether it has more",
    }[found.size]


def _coarser(surfaces: Sequence[Surface]) -> float:
    """How much more the figures of these may move than those that the resolutions are of."""
    side, images = MEASURED_WITH
    wider = max((side - 1) / (len(each.steps) - 1) for each in surfaces)
    fewer = max(images / each.images for each in surfaces)
    return max(wider, 1.0) * sqrt(max(fewer, 1.0))


def _differs(results: Sequence[Surface], named: Sequence[str]) -> str:
    sides = listed(sorted({f"{len(each.steps)}" for each in results}))
    known_to = LOW.by(_coarser(results)).margin()
    words = (
        "Kept of the paper: random directions, scaled filter by filter, around a trained net. Not "
        "kept: they train every net for 300 epochs, these are as their training left them; the "
        f"loss is that of {images_words([each.images for each in results])}, and {sides} points a "
        "side of one random plane can miss what is narrow; shares of low points are told apart "
        f"from {ceiling(100 * known_to, 0)} % of the points on{SEVERAL}, by how far they move "
        "on other planes and images"
    )
    guessed = [name for name, each in zip(named, results, strict=True) if _guesses(each)]
    if guessed:
        verb = does(guessed, "has", "have")
        words += (
            f"; {listed(guessed)} {verb} hardly learned anything yet (guessing gives "
            f"{percent(chance(NetSpec.parse(results[0].net)), 0)} error), so the centre is no "
            "solution as theirs is"
        )
    return f"{words}."


def _guesses(surface: Surface) -> bool:
    """Whether the net at the centre is shown to be less than LEAST_LEAD better than guessing."""
    error, guessed = centre(surface)[1], chance(NetSpec.parse(surface.net))
    if np.isnan(error):
        return False
    return better_than_guessing(error, guessed, surface.images, LEAST_LEAD) is False
