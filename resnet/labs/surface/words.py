"""What is said of loss surfaces: how steep they rise, and how many dips they have."""

from collections.abc import Sequence
from math import log

import numpy as np

from resnet.labs.sentences import Said, names, pairs, percent, spoken
from resnet.labs.surface.result import CUT_AT, Surface, known
from resnet.spec import NetSpec
from resnet.spec.checks import listed

SOURCE = "Li et al. 2018 (Section 6, Figs. 1 and 5)"
CLAIM = f"{SOURCE} find the surface of a deep net without shortcuts steep and chaotic, with them "
CLAIM += "wide and smooth"
GUESSING = 0.95  # of the loss of guessing: a net above it has hardly learned


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
        steeper = _sign(low_share(residual) - low_share(plain))
        rougher = _sign(dips(plain) - dips(residual))
        slope = {1: "is the steeper one, as they say", 0: "is as steep",
                 -1: "is the less steep one, against that"}[steeper]  # fmt: skip
        joined = "and" if rougher == steeper else "but"
        rough = {1: "has more dips, as they say", 0: "has as many dips, so chaos is not seen",
                 -1: "has fewer dips, against that"}[rougher]  # fmt: skip
        clauses.append(f"{plain_name}, beside {residual_name}, {slope}, {joined} {rough}")
    return f"{CLAIM}. Here {'; '.join(clauses)}."


def _differs(results: Sequence[Surface], named: Sequence[str]) -> str:
    images = listed(sorted({f"{each.images:,}" for each in results}))
    sides = listed(sorted({f"{len(each.steps)}" for each in results}))
    words = (
        "They train every net for 300 epochs; these are as their training left them, the loss is "
        f"that of {images} images, and {sides} points a side of one random plane can miss what "
        "is narrow"
    )
    guessed = [
        name
        for name, each in zip(named, results, strict=True)
        if centre(each)[0] > GUESSING * log(NetSpec.parse(each.net).classes or 10)
    ]
    if guessed:
        verb = "has" if len(guessed) == 1 else "have"
        words += (
            f"; {listed(guessed)} {verb} hardly learned anything yet (guessing gives "
            f"{log(NetSpec.parse(results[0].net).classes or 10):.2f}), so the centre is no "
            "solution as theirs is"
        )
    return f"{words}."


def _sign(value: float) -> int:
    return int(value > 0) - int(value < 0)
