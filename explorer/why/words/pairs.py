"""Nets in sentences, and which results can be held against each other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from explorer.why.figures.style import names, untrained
from resnet.spec import NetSpec

FRESH = ", untrained"


class Pair(NamedTuple):
    """A plain and a residual net of one depth, both trained or neither; names as in sentences."""

    plain: Any
    residual: Any
    plain_name: str
    residual_name: str
    depth: int


def spoken(results: Sequence[Any]) -> list[str]:
    """The names of the figures as sentences take them: "untrained plain-56"."""
    return [
        f"untrained {name.replace(FRESH, '')}" if FRESH in name else name for name in names(results)
    ]


def pairs(results: Sequence[Any]) -> list[Pair]:
    """Every such pair among the results, the shallowest first."""
    found = []
    named = [
        (NetSpec.parse(each.net), each, name)
        for each, name in zip(results, spoken(results), strict=True)
    ]
    for spec, plain, plain_name in named:
        for other, residual, residual_name in named:
            alike = spec.depth == other.depth and untrained(plain) == untrained(residual)
            if spec.plain and not other.plain and alike:
                found.append(Pair(plain, residual, plain_name, residual_name, spec.depth))
    return sorted(found, key=lambda pair: pair.depth)


def times(ratio: float) -> str:
    """ "1.8 times", "12 times"."""
    return f"{ratio:.1f} times" if ratio < 10 else f"{ratio:,.0f} times"


def in_percent(share: float) -> str:
    """A share, 0 to 1, as "12 %"; small ones keep a digit: "0.4 %"."""
    value = 100 * share
    return f"{value:.1f} %" if 0 < value < 1 else f"{value:.0f} %"
