"""JSON from outside: whatever is wrong with it is a ValueError, and what is read can be used.

Python's own reader takes more than JSON has, and ends in other errors where brackets are deep.
"""

import json
import math
from typing import Any

DEEPEST = 40  # lists and objects within each other; what we write has about six


def read(text: str | bytes, finite: bool = True) -> Any:
    """The value of a JSON text: plain values that can be written as JSON, shown and stored.

    finite  whether NaN, Infinity and numbers beyond floating point are refused

    Raises ValueError, whose words follow "this is not JSON: ".
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("its brackets are too deep") from None
    _check(value, finite)
    return value


def _check(value: Any, finite: bool) -> None:
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for each in level:
            match each:
                case dict():
                    below += [*each, *each.values()]
                case list():
                    below += each
                case str() if not _is_text(each):
                    raise ValueError("half of a letter is missing (a lone surrogate)")
                case float() if finite and not math.isfinite(each):
                    raise ValueError(f"{each} is not a number that JSON has")
        if not below:
            return
        level = below
    raise ValueError("its brackets are too deep")


def _is_text(text: str) -> bool:
    """Whether it can be stored and shown; Python keeps halves of pairs that UTF-8 has not."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
