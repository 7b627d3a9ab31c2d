"""Norms by layer as text for a file: which rows have them, and their numbers in base64.

`float32` is what the store holds, bit for bit. `bfloat16` is its upper half, rounded: three
significant bits less than float16, but the range of float32, which the gradients of deep nets
without BN need (float16 ends at 6e-8). An error of at most 0.4 % cannot be seen on the pages' log
axes, and a recording shrinks to half. Numbers are little-endian, row after row.
"""

import base64
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

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
    flat = np.concatenate([norms[place] for place in kept])
    flat[~np.isfinite(flat)] = np.nan
    raw = _upper_halves(flat) if short else flat.astype("<f4").tobytes()
    return {"rows": kept, SHORT if short else EXACT: base64.b64encode(raw).decode("ascii")}


def decode(given: Any, rows: int, layers: int) -> list[array]:
    """One array for each of so many rows, empty where a row has none; undoes `encode`.

    Raises ValueError, whose words follow "the gradients", where `given` is none of its results.
    """
    if given is None:
        return [EMPTY] * rows
    names = set(given) if isinstance(given, dict) else set()
    form = next((each for each in (EXACT, SHORT) if names == {"rows", each}), "")
    if not form or not isinstance(given[form], str):
        raise ValueError(f"must hold rows and one of {EXACT} or {SHORT}")
    places = given["rows"]
    if not _rising(places, rows):
        raise ValueError(f"name rows that are not among the {rows:,} of their run")
    try:
        raw = base64.b64decode(given[form], validate=True)
    except ValueError:
        raise ValueError("are not base64") from None
    size = len(places) * layers * (4 if form == EXACT else 2)
    if len(raw) != size:
        raise ValueError(
            f"have {len(raw):,} bytes, where {len(places):,} rows of {layers:,} layers make "
            f"{size:,}"
        )
    flat = np.frombuffer(raw, "<f4").astype(np.float32) if form == EXACT else _widened(raw)
    if (flat < 0).any() or np.isposinf(flat).any():
        raise ValueError("hold a number that is not the length of anything")
    norms = [EMPTY] * rows
    for place, each in zip(places, flat.reshape(len(places), layers), strict=True):
        norms[place] = array("f", each.tobytes())
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
    return places == sorted({place for place in places if 0 <= place < below})


def _upper_halves(flat: np.ndarray) -> bytes:
    """bfloat16: the upper 16 bits of each float32, rounded to the nearest, ties to even."""
    words = flat.view(np.uint32)
    halves = (words + 0x7FFF + (words >> 16 & 1)) >> 16
    finite = np.minimum(halves, 0x7F7F)  # never up to infinity
    return np.where(words > 0x7F800000, 0x7FC0, finite).astype("<u2").tobytes()


def _widened(halves: bytes) -> np.ndarray:
    return (np.frombuffer(halves, "<u2").astype(np.uint32) << 16).view(np.float32)
