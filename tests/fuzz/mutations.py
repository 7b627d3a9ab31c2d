"""Cases out of good input: bytes, text and JSON changed at random, one to a few changes a case.

Everything is drawn from the generator that is given, so the same one makes the same case.
"""

import json
import random
import struct
from typing import Any

NUMBERS = (0, 1, -1, 2, 7, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31)
LARGE = (2**32 - 1, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 10**19, -(2**63), 10**400)
FLOATS = (0.5, -0.0, 1e-300, 5e-324, 1e300, 1e309, -1e309, float("nan"))
WORDS = (
    *("", " ", "0", "-1", "1e999", "-1e999", "Infinity", "-Infinity", "NaN", "nan", "inf", "²"),
    *("null", "true", "[]", "{}", '"', "\\", "\0", "\ud800", "\udfff\ud800", "\u202e", "\ufeff"),
    *("é", "e\u0301", "\U0001f600", "٣", "１２", "9" * 30, "9" * 399, "9" * 5000, "1_0", "0x10"),
    *("../../etc/passwd", "/dev/zero", "%00", "%s%n", "{0}", "{x.__class__}", "$(id)", "`id`"),
    *("<script>alert(1)</script>", "=1+1", "a,b", ",,,,", "&", "#", "\r\nX: y", "a" * 401),
    *("[" * 150 + "]" * 150, "[" * 5000, '{"a":' * 5000, "[1" * 190, "[" * 195 + "]" * 195),
)


def changed_bytes(rng: random.Random, data: bytes, others: tuple[bytes, ...] = ()) -> bytes:
    """One to eight changes: bits, bytes, sizes, pieces cut, doubled, moved, taken from another."""
    out = bytearray(data)
    for _ in range(min(8, 1 + int(rng.expovariate(0.7)))):
        if not out:
            return bytes(rng.randbytes(rng.randrange(64)))
        _change_bytes(rng, out, others)
    return bytes(out)


def _change_bytes(rng: random.Random, out: bytearray, others: tuple[bytes, ...]) -> None:
    at = rng.randrange(len(out)) if rng.random() < 0.6 else rng.randrange(min(64, len(out)))
    length = min(len(out) - at, 1 + int(rng.expovariate(0.05)))
    match rng.randrange(9):
        case 0:
            out[at] ^= 1 << rng.randrange(8)
        case 1:
            out[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        case 2:  # a size, in either order
            code = rng.choice("<>") + rng.choice("HIQ")
            number = rng.choice((*NUMBERS, 2**32 - 1, 2**63, 2**64 - 1))
            size = struct.calcsize(code)
            out[at : at + size] = struct.pack(code, number % (1 << 8 * size))
        case 3:
            del out[at:]
        case 4:
            del out[at : at + length]
        case 5:
            out[at:at] = out[at : at + length] * rng.choice((1, 1, 2, 30))
        case 6:
            out[at:at] = rng.randbytes(length)
        case 7:
            out[at : at + length] = bytes(length)
        case 8 if others:
            other = rng.choice(others)
            start = rng.randrange(max(1, len(other)))
            out[at : at + length] = other[start : start + length]


def changed_text(rng: random.Random, text: str, words: tuple[str, ...] = ()) -> str:
    """One to three changes: letters, words of ours or of `words`, pieces cut or doubled."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        at, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        word = rng.choice(words) if words and rng.random() < 0.5 else rng.choice(WORDS)
        match rng.randrange(6):
            case 0:
                text = word
            case 1:
                text = text[:at] + word + text[at:]
            case 2:
                text = text[:at] + word + text[end:]
            case 3:
                text = text[:at] + text[end:]
            case 4:
                text = text[:at] + text[at:end] * rng.choice((2, 2, 40)) + text[end:]
            case 5:
                text = text[:at] + chr(rng.choice((rng.randrange(128), rng.randrange(0xD800))))
    return text[:20_000]


def value(rng: random.Random, deep: int = 2) -> Any:
    """Anything that JSON can say, the unlikely above all."""
    kind = rng.randrange(10 if deep else 8)
    if kind < 2:
        return rng.choice(WORDS)
    if kind < 4:
        return rng.choice((*NUMBERS, *LARGE))
    if kind < 6:
        return rng.choice(FLOATS)
    if kind < 8:
        return rng.choice((None, True, False, [], {}))
    if kind == 8:
        return [value(rng, deep - 1) for _ in range(rng.randrange(4))]
    return {str(rng.choice(WORDS)): value(rng, deep - 1) for _ in range(rng.randrange(3))}


def changed_json(rng: random.Random, given: Any) -> Any:
    """A copy with one to three places changed, removed, doubled or added."""
    out = json.loads(json.dumps(given))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        out = _change_json(rng, out)
    return out


def _change_json(rng: random.Random, given: Any) -> Any:
    above: Any = None
    place: Any = None
    at = given
    while isinstance(at, dict | list) and at and (above is None or rng.random() < 0.8):
        above, place = at, _place(rng, at)
        at = at[place]
    if above is None:
        return value(rng)
    match rng.randrange(6):
        case 0:
            del above[place]
        case 1 if isinstance(above, dict):
            above[rng.choice((*WORDS, *map(str, above)))] = at
        case 1:
            above.insert(place, at)
        case 2 if isinstance(at, int | float) and not isinstance(at, bool):
            above[place] = at * rng.choice((-1, 0, 2, 1000)) + rng.choice((-1, 0, 1))
        case 3 if isinstance(at, str):
            above[place] = changed_text(rng, at)
        case _:
            above[place] = value(rng)
    return given


def _place(rng: random.Random, at: Any) -> Any:
    return rng.choice(list(at)) if isinstance(at, dict) else rng.randrange(len(at))
