"""A JSON object from outside, read field by field; what is wrong is said with its place."""

import unicodedata
from typing import Any

from resnet.spec import SpecError
from resnet.spec.checks import check_number, listed


class ComparisonFileError(ValueError):
    """Why a file is not taken, in one sentence that is meant to be shown to people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence if len(sentence) <= 300 else f"{sentence[:297]}...")


class Fields:
    """The fields of one object. Every method raises ComparisonFileError where it is not as asked.

    where  what the object is, as "run 2", for the sentence
    names  the fields it may have; a field besides is refused
    """

    def __init__(self, given: Any, where: str, names: tuple[str, ...]) -> None:
        self.where = where
        if not isinstance(given, dict):
            raise ComparisonFileError(f"{where} must be a JSON object, not {_kind(given)}")
        for name in given:
            if name not in names:
                raise ComparisonFileError(
                    f"{where} has a field {name!r}; it can have {listed(names)}"
                )
        self._given = given

    def raw(self, name: str) -> Any:
        """The field as it is; None where it is missing."""
        return self._given.get(name)

    def text(self, name: str, most: int) -> str:
        """Text of at most so many letters, without control characters; "" where it is missing."""
        value = self._given.get(name, "")
        if not isinstance(value, str):
            raise ComparisonFileError(f"{name} of {self.where} must be text, not {_kind(value)}")
        if len(value) > most:
            raise ComparisonFileError(
                f"{name} of {self.where} has {len(value):,} letters; {most:,} fit"
            )
        return "".join(letter for letter in value if letter in "\n\t" or not _unfit(letter))

    def whole(self, name: str, low: int, high: int) -> int:
        value = self._given.get(name)
        _check(f"{name} of {self.where}", value, low, high, whole=True)
        assert isinstance(value, int)
        return value

    def number(self, name: str, low: float, high: float) -> float:
        value = self._given.get(name)
        _check(f"{name} of {self.where}", value, low, high)
        return float(value)  # type: ignore[arg-type]  # _check has seen that it is a number

    def items(self, name: str, most: int) -> list[Any]:
        """A list of at most so many items; a missing one is empty."""
        value = self._given.get(name, [])
        if not isinstance(value, list):
            raise ComparisonFileError(f"{name} of {self.where} must be a list, not {_kind(value)}")
        if len(value) > most:
            raise ComparisonFileError(
                f"{name} of {self.where} holds {len(value):,} items; {most:,} fit"
            )
        return value

    def column(self, name: str, rows: int, low: float, high: float) -> list[float | None]:
        """A number or null for every row."""
        values = self.items(name, rows)
        if len(values) != rows:
            raise ComparisonFileError(
                f"{name} of {self.where} holds {len(values):,} numbers for {rows:,} rows"
            )
        for value in values:
            if value is not None and not _is_within(value, low, high):
                _check(f"{name} of {self.where}", value, low, high)
        return [None if value is None else float(value) for value in values]


def _is_within(value: Any, low: float, high: float) -> bool:
    return type(value) in (int, float) and low <= value <= high


def _check(name: str, value: Any, low: float, high: float, whole: bool = False) -> None:
    try:
        check_number(name, value, low, high, whole=whole)
    except SpecError as error:
        raise ComparisonFileError(str(error)) from None


def _unfit(letter: str) -> bool:
    """Control characters, and halves of pairs that no database can hold."""
    return unicodedata.category(letter) in ("Cc", "Cs")


def _kind(value: Any) -> str:
    """What JSON calls a value."""
    if value is None:
        return "null"
    kinds = {bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "a number")
