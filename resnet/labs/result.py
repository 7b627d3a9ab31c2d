"""What a lab found, written as JSON and read again, without torch.

Arrays are written the way Plotly reads typed arrays: {"dtype": "f4", "bdata": base64, "shape":
"17, 17"}, little-endian, exact to the bit. A number that is not finite is written as null.
"""

import base64
import json
import math
import types
import typing
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Self

import numpy as np

DTYPES = {"f4": np.float32, "f8": np.float64, "i4": np.int32, "u1": np.uint8}


class Result:
    """The base of what labs return: frozen dataclasses of numbers, words, tuples and arrays."""

    def to_plain(self) -> dict[str, Any]:
        """Dictionaries, lists, words and numbers: what `json.dumps` takes."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]

    def to_json(self) -> str:
        return json.dumps(self.to_plain(), allow_nan=False)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """The result that `to_plain` wrote, by an older program too: defaults stand for what that
        did not know. Raises KeyError or TypeError for anything else."""
        hints = typing.get_type_hints(cls)
        return cls(
            **{
                field.name: _read(hints[field.name], plain[field.name])
                for field in fields(cls)  # type: ignore[arg-type]
                if field.name in plain or field.default is MISSING
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls.from_plain(json.loads(text))


def numbers(values: Any) -> np.ndarray:
    """Values as the float32 array that results hold; `values` may be nested sequences."""
    with np.errstate(over="ignore"):  # what is too large becomes infinite
        return np.asarray(values, np.float32)


def _plain(value: Any) -> Any:
    match value:
        case Result():
            return value.to_plain()
        case np.ndarray():
            return _array(value)
        case tuple() | list():
            return [_plain(each) for each in value]
        case float():
            return value if math.isfinite(value) else None
        case str() | bool() | int() | None:
            return value
    raise TypeError(f"a result cannot hold {type(value).__name__}; give numbers, words or arrays")


def _array(value: np.ndarray) -> dict[str, str]:
    dtype = next((name for name, kind in DTYPES.items() if value.dtype == kind), None)
    if dtype is None:
        raise TypeError(f"a result cannot hold an array of {value.dtype}; use {', '.join(DTYPES)}")
    content = np.ascontiguousarray(value, np.dtype(f"<{dtype}")).tobytes()
    return {
        "dtype": dtype,
        "bdata": base64.b64encode(content).decode(),
        "shape": ", ".join(map(str, value.shape)),
    }


def _read(hint: Any, value: Any) -> Any:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        return _read(next(each for each in inside if each is not types.NoneType), value)
    if origin is tuple:
        kinds = [inside[0]] * len(value) if inside[-1] is Ellipsis else inside
        return tuple(_read(kind, each) for kind, each in zip(kinds, value, strict=True))
    if hint is np.ndarray:
        return _read_array(value)
    if is_dataclass(hint) and isinstance(hint, type) and issubclass(hint, Result):
        return hint.from_plain(value)
    if hint is float:
        return math.nan if value is None else float(value)
    return value


def _read_array(value: dict[str, str]) -> np.ndarray:
    shape = [int(side) for side in value["shape"].split(",") if side.strip()]
    content = base64.b64decode(value["bdata"])
    return np.frombuffer(content, np.dtype(f"<{value['dtype']}")).reshape(shape)


@dataclass(frozen=True)
class TrainingCurve(Result):
    """A net's way through training, R rows; errors in percent, NaN where not tested."""

    iterations: np.ndarray
    loss: np.ndarray
    train_error: np.ndarray
    test_error: np.ndarray
