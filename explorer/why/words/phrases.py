"""Numbers and names inside the sentences about a lab's results."""

import math
from collections.abc import Sequence
from typing import Any

from explorer.why.figures.style import names
from resnet.curves import in_a_sentence

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    return f"{text if text.startswith('plain-') else text[:1].upper() + text[1:]}."
