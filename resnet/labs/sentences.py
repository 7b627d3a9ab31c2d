"""Sentences about results of labs: names of nets, numbers, which results can stand together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from resnet.spec import NetSpec
from resnet.spec.checks import capitalised, listed
from resnet.spec.names import in_a_sentence, short_titles
from resnet.verdict.judge import SAME_WITHIN
from resnet.verdict.single import Apart, Resolution, Size

FRESH = ", untrained"
SEVERAL = " (more, where several are compared at once)"
AS_SAID, AGAINST, OPEN = "as they say", "against that", "too close to tell"

UNTRAINED = "taken"  # how `statistics` begins where BN's were taken from the images shown

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Pair(NamedTuple):
    """A plain and a residual net of one depth, both trained or neither; names as in sentences."""

    plain: Any
    residual: Any
    plain_name: str
    residual_name: str
    depth: int


@dataclass(frozen=True)
class Said:
    """Computed from results, so that it is true of the numbers shown.

    numbers    the headline: (label, value with unit, note), one to four of them
    sentences  three: what was found; how it stands to the source, with section or figure; what of
               its setting is kept and what is not, and to what the figures are known

    Whether one measured number is larger than another is asked of `resnet.verdict.single` alone.
    """

    numbers: tuple[tuple[str, str, str], ...]
    sentences: tuple[str, ...]


def called(results: Sequence[Any]) -> list[str]:
    """The results' names for a sentence: "plain-56 (no BN)"."""
    return [in_a_sentence(name) for name in names(results)]


def percent(value: float, digits: int = 1) -> str:
    """ "57.3 %"."""
    return f"{value:.{digits}f} %"


def points(value: float) -> str:
    """ "+28.8 points", with a true minus."""
    return f"{round(value, 1) + 0.0:+.1f} points".replace("-", "−")


def factor(value: float) -> str:
    """A ratio to two digits: "× 3,400", "× 0.12", "× 2·10⁻⁹"; "0" and "not a number" in words."""
    if not math.isfinite(value):
        return "not a number"
    if value == 0:
        return "0"
    if 0.01 <= value < 1e6:
        digits = max(0, 1 - math.floor(math.log10(value)))
        return f"× {round(value, 1 - math.floor(math.log10(value))):,.{digits}f}"
    digit, _, power = f"{value:.0e}".partition("e")
    return f"× {digit}·10{str(int(power)).translate(SUPERSCRIPTS)}"


def does(subjects: Sequence[Any], one: str, several: str) -> str:
    """The verb that goes with so many subjects."""
    return one if len(subjects) == 1 else several


def sentence(clauses: Sequence[str]) -> str:
    """Clauses as one sentence; a net's name keeps its small letter, as elsewhere."""
    text = "; ".join(clauses)
    return f"{text if text.startswith('plain-') else capitalised(text)}."


def names(results: Sequence[Any]) -> list[str]:
    """A name for each result, no two the same: "plain-56", "ResNet-56, untrained"."""
    specs = [NetSpec.parse(each.net) for each in results]
    titles = short_titles(specs)
    found = [
        titles[spec] + (", untrained" if untrained(each) else "")
        for spec, each in zip(specs, results, strict=True)
    ]
    return [
        name if found.count(name) == 1 else f"{name} ({found[: at + 1].count(name)})"
        for at, name in enumerate(found)
    ]


def untrained(result: Any) -> bool:
    return str(getattr(result, "statistics", "")).startswith(UNTRAINED)


def chance(spec: NetSpec) -> float:
    """The error of guessing, in percent."""
    return 100 - 100 / int(spec.classes or 10)


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


def stands(found: Apart, claimed: Size) -> str:
    """How what is shown of two figures stands to what a paper finds of such."""
    if found.size is Size.UNKNOWN:
        return OPEN
    return AS_SAID if found.size is claimed else AGAINST


def said_of(kinds: Sequence[tuple[str, Sequence[str]]]) -> str:
    """ "so it is with A; not so with B": names by what is said of them; empty where there are none.

    kinds  (words that end before the names, the names)
    """
    return "; ".join(f"{words} {listed(who)}" for words, who in kinds if who)


def told_apart(what: str, resolution: Resolution) -> str:
    """What a lab can tell: "half-lives are told apart from a factor of 1.4 on"."""
    return f"{what} are told apart from a factor of {ceiling(resolution.factor())} on{SEVERAL}"


def ceiling(value: float, digits: int = 2) -> str:
    """Rounded up, so that no more is claimed than is known."""
    return f"{math.ceil(value * 10**digits - 1e-9) / 10**digits:.{digits}f}"


def images_words(counts: Sequence[int]) -> str:
    """ "200 and 1,000 images"."""
    return f"{listed(f'{n:,}' for n in sorted(set(counts)))} images"


ERRORS_TOLD = (
    "errors of these very nets are told apart by the exact binomial error of those images (95 %), "
    f"and are called the same only where they differ by less than {SAME_WITHIN:.0f} points; other "
    "seeds of training may do otherwise"
)
