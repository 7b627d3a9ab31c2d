"""Results go to JSON and come back the same to the bit; arrays as Plotly takes them."""

import base64
import json
from dataclasses import dataclass

import numpy as np
import pytest

from resnet.labs.result import Result


@dataclass(frozen=True)
class Inner(Result):
    name: str
    values: np.ndarray


@dataclass(frozen=True)
class Outer(Result):
    number: float
    count: int
    sure: bool
    word: str | None
    pair: tuple[float, str]
    words: tuple[str, ...]
    inner: tuple[Inner, ...]
    table: np.ndarray


def outer(**changed):
    table = np.float32([[0.1, np.nan], [np.inf, -3]])
    inner = (Inner("a", np.uint8([0, 7, 255])), Inner("b", np.int32([])))
    given = {"number": 0.1, "count": 3, "sure": True, "word": None, "pair": (1.5, "x")}
    return Outer(**{**given, "words": ("a", "b"), "inner": inner, "table": table, **changed})


def test_a_result_comes_back_the_same_to_the_bit():
    back = Outer.from_json(outer().to_json())
    assert (back.number, back.count, back.sure, back.word) == (0.1, 3, True, None)
    assert back.pair == (1.5, "x") and back.words == ("a", "b")
    assert back.table.dtype == np.float32 and back.table.shape == (2, 2)
    assert back.table.tobytes() == outer().table.tobytes()
    assert [each.name for each in back.inner] == ["a", "b"]
    assert back.inner[0].values.tolist() == [0, 7, 255] and back.inner[0].values.dtype == np.uint8
    assert back.inner[1].values.shape == (0,)


def test_an_array_is_written_as_plotly_reads_typed_arrays():
    written = json.loads(outer().to_json())["table"]
    assert written["dtype"] == "f4" and written["shape"] == "2, 2"
    assert np.frombuffer(base64.b64decode(written["bdata"]), "<f4")[3] == -3


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_null_and_comes_back_as_nan(number):
    text = outer(number=number).to_json()
    assert json.loads(text)["number"] is None
    assert np.isnan(Outer.from_json(text).number)


def test_what_json_cannot_hold_is_refused_by_name():
    with pytest.raises(TypeError, match="cannot hold set"):
        outer(number={1}).to_json()
    with pytest.raises(TypeError, match="array of complex128"):
        outer(table=np.array([1j])).to_json()
