"""Arrays into few bytes: as differences, in planes of like bytes, then deflated.

explorer/charts/board/js/data/unpacking.js turns them back.

| kind | what | how | error |
|---|---|---|---|
| i | whole numbers that grow, (n,) | int32 differences | none |
| c | seconds that grow, (n,) | int32 differences of hundredths | 0.005 s |
| f | numbers, (n,) | float32 | none |
| l | norms over time, (columns, layers) | log10 in 1/200, int16 differences in time | 0.6 % |
| m | numbers over time, (columns, layers) | float32 | none |
"""

import json
import zlib
from typing import Any

import numpy as np

STEPS = 200  # of a decade of a norm
NOTHING = -32768  # a norm that is zero or was not measured


class Packer:
    """Collects arrays; `packed` gives a header and all of them, deflated."""

    def __init__(self) -> None:
        self._table: list[list[Any]] = []
        self._parts: list[bytes] = []

    def growing(self, values: np.ndarray) -> int:
        """Whole numbers in ascending order; returns the array's place in the table."""
        return self._add("i", _planes(np.diff(values.astype(np.int64), prepend=0), "<i4"), values)

    def seconds(self, values: np.ndarray) -> int:
        hundredths = np.round(100 * values).astype(np.int64)
        return self._add("c", _planes(np.diff(hundredths, prepend=0), "<i4"), values)

    def numbers(self, values: np.ndarray) -> int:
        bits = values.astype("<f4").view("<i4")
        return self._add("f", _planes(bits, "<i4"), values)

    def matrix(self, values: np.ndarray) -> int:
        """Numbers (columns, layers)."""
        bits = values.astype("<f4").view("<i4").ravel()
        return self._add("m", _planes(bits, "<i4"), values)

    def norms(self, values: np.ndarray) -> int:
        """Norms (columns, layers), of which what is not above zero comes back as NaN."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.round(STEPS * np.log10(values.astype(np.float64)))
        steps = np.where(np.isfinite(logs), np.clip(logs, -32767, 32767), NOTHING).astype(np.int64)
        changes = np.diff(steps, axis=0, prepend=0)  # wraps around in 16 bits, as its sum does
        return self._add("l", _planes(changes.ravel(), "<i2"), values)

    def packed(self, header: dict[str, Any]) -> bytes:
        words = json.dumps({**header, "arrays": self._table}, separators=(",", ":")).encode()
        return zlib.compress(len(words).to_bytes(4, "little") + words + b"".join(self._parts), 6)

    def _add(self, kind: str, packed: bytes, values: np.ndarray) -> int:
        self._table.append([kind, *values.shape])
        self._parts.append(packed)
        return len(self._table) - 1


def _planes(values: np.ndarray, kind: str) -> bytes:
    """All lowest bytes, then all second ones, and so on: like bytes together deflate better."""
    narrow = values.astype(np.int64).astype(kind)
    return narrow.view(np.uint8).reshape(-1, narrow.itemsize).T.tobytes()
