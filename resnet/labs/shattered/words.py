"""What is said of the gradients along a line of inputs.

How far a half-life moves with other lines between other images (and, of untrained nets, with other
first weights) was measured three times on four nets, shipped and fresh, with 3 lines of 256 inputs:
`python benchmarks/resolutions.py shattered`. Fewer lines move it by the root of so many times more.
Other numbers of inputs or shorter lines were not measured: that they move it as far is taken, not
known. That half-lives within a half are called the same is a convention.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import isnan, sqrt

from resnet.labs.sentences import (
    AGAINST,
    Said,
    names,
    pairs,
    spoken,
    stands,
    times,
    told_apart,
    untrained,
)
from resnet.labs.shattered.result import Shattered, half_life
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.verdict.single import Apart, Resolution, Size, apart

TRAINED = Resolution(deviation=0.11, degrees=8, same=0.5)
FRESH = Resolution(deviation=0.15, degrees=8, same=0.5)
MEASURED_WITH = 3  # lines
SOURCE = "Balduzzi et al. 2017 (Figs. 1 and 2)"
CLAIM = (
    f"{SOURCE} find that the gradients of a deep plain net resemble white noise, and that "
    "shortcuts keep neighbouring gradients related"
)


def said(results: Sequence[Shattered]) -> Said:
    """Half-lives, and how those of plain and residual nets stand to each other."""
    named = names(results)
    numbers = tuple(
        (name, steps(half_life(each.correlation)), "half-life of the autocorrelation")
        for name, each in zip(named, results, strict=True)
    )
    spoken_of = spoken(results)
    return Said(
        numbers,
        (_found(results, spoken_of), _held_against(results), _differs(results, spoken_of)),
    )


def steps(life: float) -> str:
    return "beyond the line" if isnan(life) else f"{life:.1f} steps"


def _found(results: Sequence[Shattered], named: Sequence[str]) -> str:
    first = results[0]
    lives = [
        f"after {steps(life)} in {name}" if not isnan(life) else f"nowhere in {name}"
        for name, life in zip(named, (half_life(each.correlation) for each in results), strict=True)
    ]
    return (
        f"Along a line of {first.points} inputs from one image to another the gradient's "
        f"autocorrelation falls to one half {listed(lives)}; in white noise after "
        f"{steps(half_life(first.white))}, in Brownian motion after "
        f"{steps(half_life(first.brownian))}."
    )


def _held_against(results: Sequence[Shattered]) -> str:
    clauses, both = [], pairs(results)
    for pair in both:
        plain, residual = half_life(pair.plain.correlation), half_life(pair.residual.correlation)
        if isnan(plain) or isnan(residual):
            continue
        found = apart(plain, residual, resolution([pair.plain, pair.residual]), len(both))
        clauses.append(
            f"{pair.residual_name} keeps its half {times(residual / plain)} as long as "
            f"{pair.plain_name}, {_held(found, Size.LARGER)}"
        )
    clauses += _by_depth(results)
    if not clauses:
        return f"{CLAIM}; choose a plain and a residual net of one depth to see whether it is so."
    return f"{CLAIM}. Here {'; '.join(clauses)}."


def _by_depth(results: Sequence[Shattered]) -> list[str]:
    """Whether half-lives shrink with depth, for the plain and the residual nets that there are."""
    clauses = []
    for plain in (True, False):
        for fresh in (True, False):
            found = sorted(
                (
                    each
                    for each in results
                    if NetSpec.parse(each.net).plain == plain and untrained(each) == fresh
                ),
                key=_depth,
            )
            lives = [half_life(each.correlation) for each in found]
            if len(set(map(_depth, found))) < 2 or any(map(isnan, lives)):
                continue
            kind = f"{'untrained ' if fresh else ''}{'plain' if plain else 'residual'} nets"
            clauses.append(
                f"among {kind} it {_along(lives, resolution(found))}, from {lives[0]:.1f} at "
                f"{_depth(found[0])} layers to {lives[-1]:.1f} at {_depth(found[-1])}"
            )
    return clauses


def _along(lives: Sequence[float], known: Resolution) -> str:
    """What half-lives do from depth to depth, so far as that is shown of every step."""
    steps = {apart(*pair, known, len(lives) - 1).size for pair in pairwise(lives)}
    if steps == {Size.SMALLER}:
        return "shrinks with depth"
    if steps == {Size.SAME}:
        return "is the same within a half at every depth"
    if Size.LARGER in steps:
        return "does not always shrink with depth"
    return "differs too little to tell whether it shrinks with depth"


def _held(found: Apart, claimed: Size) -> str:
    if found.size is Size.SAME:
        return f"so the same within a half, {AGAINST}"
    return stands(found, claimed)


def resolution(results: Sequence[Shattered]) -> Resolution:
    """To what the half-lives of these are known."""
    known = FRESH if any(map(untrained, results)) else TRAINED
    return known.by(sqrt(MEASURED_WITH / min(each.lines for each in results)))


def _depth(result: Shattered) -> int:
    return NetSpec.parse(result.net).depth


def _differs(results: Sequence[Shattered], named: Sequence[str]) -> str:
    trained = [name for name, each in zip(named, results, strict=True) if not untrained(each)]
    words = (
        "Kept of the paper: gradients at neighbouring inputs along a line, beside white noise and "
        "Brownian motion. Not kept: theirs are fully connected nets of one input, freshly "
        "initialised; ours are convolutional nets of images with BN in evaluation mode, so the "
        "lags have another scale and only the order of the nets can be compared; "
        f"{told_apart('half-lives', resolution(results))}, by how far they move with other lines "
        "and images"
    )
    if trained:
        words += (
            f"; {listed(trained)} {'is' if len(trained) == 1 else 'are'} trained, which theirs "
            "are not"
        )
    return f"{words}."
