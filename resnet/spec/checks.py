"""Errors in one sentence: what was given, what is wrong with it, what would work."""

import difflib
import math
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from resnet.spec import json_text

LONGEST = 80  # letters of what was given that a sentence repeats


class SpecError(ValueError):
    """A net or a recipe that cannot be; its text is meant to be shown to people."""


def quoted(value: Any) -> str:
    """What was given, as a sentence repeats it: on one line, and not all of it where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def listed(values: Iterable[Any], joiner: str = "and") -> str:
    """ "a, b and c"."""
    words = [str(value) for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joiner} {words[-1]}"


def capitalised(words: Any) -> str:
    """With a capital letter at its beginning, all else as it is."""
    return f"{str(words)[:1].upper()}{str(words)[1:]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """ "; did you mean 'tanh'?", or nothing where no known word is close."""
    close = difflib.get_close_matches(word[:LONGEST], list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else "."


def check_one_of(name: str, value: Any, options: tuple[Any, ...]) -> None:
    if not any(isinstance(value, type(each)) and value == each for each in options):
        raise SpecError(f"{name} {quoted(value)} is not known; choose {listed(options, 'or')}")


def check_number(name: str, value: Any, low: float, high: float, *, whole: bool = False) -> None:
    kinds = (int,) if whole else (int, float)
    finite = not isinstance(value, float) or math.isfinite(value)
    if isinstance(value, bool) or not isinstance(value, kinds) or not finite:
        raise SpecError(f"{name} must be a {'whole ' if whole else ''}number, not {quoted(value)}")
    if not low <= value <= high:
        given = f"{value:,}"
        given = given if len(given) <= LONGEST else f"{given[:LONGEST]}…"
        raise SpecError(f"{name} {given} is out of range; it can be {low:,} to {high:,}")


def known_fields(cls: type, text: str) -> dict[str, Any]:
    """The fields of a JSON object, refused in one sentence where `cls` does not know them."""
    try:
        given = json_text.read(text, finite=False)  # each field says what it can be
    except ValueError as error:
        raise SpecError(f"this is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise SpecError(f"a JSON object was expected, not {type(given).__name__}")
    names = [field.name for field in fields(cls)]
    for name in given:
        if name not in names:
            raise SpecError(
                f"{quoted(name)} is not a field of {cls.__name__}; it has {listed(names)}"
            )
    return given
