"""What is said of the gradients along a line of inputs."""

from collections.abc import Sequence
from itertools import pairwise
from math import isnan

from resnet.labs.sentences import Said, names, pairs, spoken, times, untrained
from resnet.labs.shattered.result import Shattered, half_life
from resnet.spec import NetSpec
from resnet.spec.checks import listed

SOURCE = "Balduzzi et al. 2017 (Sections 1 and 2, Figs. 1 and 2)"
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
    clauses = []
    for pair in pairs(results):
        plain, residual = half_life(pair.plain.correlation), half_life(pair.residual.correlation)
        if isnan(plain) or isnan(residual):
            continue
        clauses.append(
            f"{pair.residual_name} keeps its half {times(residual / plain)} as long as "
            f"{pair.plain_name}{', as they say' if residual > plain else ', against that'}"
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
                (NetSpec.parse(each.net).depth, half_life(each.correlation))
                for each in results
                if NetSpec.parse(each.net).plain == plain and untrained(each) == fresh
            )
            if len({depth for depth, _ in found}) < 2 or any(isnan(life) for _, life in found):
                continue
            lives = [life for _, life in found]
            falls = all(after < before for before, after in pairwise(lives))
            kind = f"{'untrained ' if fresh else ''}{'plain' if plain else 'residual'} nets"
            clauses.append(
                f"among {kind} it {'shrinks' if falls else 'does not always shrink'} with depth, "
                f"from {lives[0]:.1f} at {found[0][0]} layers to {lives[-1]:.1f} at {found[-1][0]}"
            )
    return clauses


def _differs(results: Sequence[Shattered], named: Sequence[str]) -> str:
    trained = [name for name, each in zip(named, results, strict=True) if not untrained(each)]
    words = (
        "Theirs are fully connected nets of one input, freshly initialised; ours are convolutional "
        "nets of images with BN in evaluation mode, so the lags have another scale and only the "
        "order of the nets can be compared"
    )
    if trained:
        words += (
            f"; {listed(trained)} {'is' if len(trained) == 1 else 'are'} trained, which theirs "
            "are not"
        )
    return f"{words}."
