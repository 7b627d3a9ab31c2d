"""Norms by layer as text for a file: which rows have them, and their numbers in base64.

`float32` is what the store holds, bit for bit. `bfloat16` is its upper half, rounded: three
significant bits less than float16, but the range of float32, which the gradients of deep nets
without BN need (float16 ends at 6e-8). An error of at most 0.4 % cannot be seen on the pages' log
axes, and a recording shrinks to half. Numbers are little-endian, row after row.
"""

import base64
import binascii
import math
import sys
from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

EXACT = "float32"
SHORT = "bfloat16"
EMPTY = array("f")


def encode(norms: Sequence[array], layers: int, most: int, short: bool) -> dict[str, Any] | None:
    """The norms of a run's rows; None where no row has any.

    norms  one array a row, of `layers` float32 or empty; what is not finite is kept as NaN
    most   so many rows keep theirs, spread evenly, the first and the last among them
    short  bfloat16 in place of float32

    Raises ValueError where a row has another number of layers.
    """
    having = [place for place, each in enumerate(norms) if each]
    if any(len(norms[place]) != layers for place in having):
        raise ValueError(f"a row has norms of another number of layers than {layers}")
    if not having:
        return None
    kept = [having[place] for place in _spread(len(having), most)]
    flat = array("f", (_finite(value) for place in kept for value in norms[place]))
    words = _little_endian(array("I", flat.tobytes()))
    raw = _upper_halves(words) if short else words.tobytes()
    return {"rows": kept, SHORT if short else EXACT: base64.b64encode(raw).decode("ascii")}


def decode(given: Any, rows: int, layers: int) -> list[array]:
    """One array for each of so many rows, empty where a row has none; undoes `encode`.

    Raises ValueError, whose words follow "the gradients", where `given` is none of its results.
    """
    if given is None:
        return [EMPTY] * rows
    if not isinstance(given, dict) or len(given) != 2 or "rows" not in given:
        raise ValueError(f"must hold rows and one of {EXACT} or {SHORT}")
    places = given["rows"]
    if not _rising(places, rows):
        raise ValueError(f"name rows that are not among the {rows:,} of their run")
    if isinstance(given.get(EXACT), str):
        raw, size = _bytes(given[EXACT]), 4
    elif isinstance(given.get(SHORT), str):
        raw, size = _bytes(given[SHORT]), 2
    else:
        raise ValueError(f"must hold rows and one of {EXACT} or {SHORT}")
    if len(raw) != len(places) * layers * size:
        raise ValueError(
            f"have {len(raw):,} bytes, where {len(places):,} rows of {layers:,} layers make "
            f"{len(places) * layers * size:,}"
        )
    if size == 2:
        raw = _widened(raw)
    flat = array("f", _little_endian(array("I", raw)).tobytes())
    if any(value < 0 or value == math.inf for value in flat):
        raise ValueError("hold a number that is not the length of anything")
    norms = [EMPTY] * rows
    for index, place in enumerate(places):
        norms[place] = flat[index * layers : (index + 1) * layers]
    return norms


def _spread(count: int, most: int) -> list[int]:
    """At most `most` of `count` places, evenly, the first and the last among them."""
    if count <= most:
        return list(range(count))
    if most < 2:
        return [count - 1]
    return [place * (count - 1) // (most - 1) for place in range(most)]


def _rising(places: Any, below: int) -> bool:
    """Whether these are whole numbers from 0 to below `below`, each larger than the last."""
    if not isinstance(places, list) or any(type(place) is not int for place in places):
        return False
    inside = not places or (places[0] >= 0 and places[-1] < below)
    return inside and all(one < other for one, other in pairwise(places))


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan


def _little_endian(words: array) -> array:
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _upper_halves(words: array) -> bytes:
    """bfloat16: the upper 16 bits of each float32, rounded to the nearest, ties to even."""
    halves = array("H", (_upper_half(word) for word in words))
    if sys.byteorder == "big":
        halves.byteswap()
    return halves.tobytes()


def _upper_half(word: int) -> int:
    if word > 0x7F800000:  # NaN
        return 0x7FC0
    return min(0x7F7F, (word + 0x7FFF + (word >> 16 & 1)) >> 16)  # never up to infinity


def _widened(halves: bytes) -> bytes:
    words = bytearray(2 * len(halves))
    words[2::4], words[3::4] = halves[0::2], halves[1::2]
    return bytes(words)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("are not base64") from None
