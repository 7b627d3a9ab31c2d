"""Every field of a net and a recipe described once, beside the field itself.

Checks, names, differences, widgets, charts, command-line options and the comparison with the paper
read it from there: `momentum: float = described(0.9, "Momentum", "The paper's is 0.9.", high=1)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin

from resnet.spec.checks import check_number, check_one_of

OTHERS = ""  # in `Words`: every value that is not named
Words = str | Mapping[Any, str]  # a pattern for the value's own words, or one for each value


@dataclass(frozen=True)
class Field:
    """What people are told of one field, and what it can be.

    label        above its widget: "Learning rate"
    help         beside its widget and its option
    choices      what it can be; with what a menu calls each, where that is another word
    low, high    its range, where it has no choices
    step         of its widget
    none         what None means, where it can be None: "all"
    words        a value alone: "in steps"; numbers, on and off need none
    short        with a value, beside a curve: "rate {}"; else the label and the value
    said         with a value, in a sentence: "a rate of {}"; else `short`
    preposition  before `said`: "at"
    differs      what two may differ in: "the length of training"; else "the" and the label
    unit         after the second of two values that differ: " images"
    offered      whether the pages have a widget for it
    telling      whether it makes another curve; how often one is tested does not
    name, kind   read off the dataclass
    """

    label: str
    help: str
    choices: Mapping[Any, str] | tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    step: float = 1
    none: str = ""
    words: Words = ""
    short: Words = ""
    said: Words = ""
    preposition: str = "with"
    differs: str = ""
    unit: str = ""
    offered: bool = True
    telling: bool = True
    name: str = ""
    kind: type = str

    @property
    def subject(self) -> str:
        return self.differs or f"the {self._noun}"

    def check(self, value: Any) -> None:
        """Raises SpecError for a value that cannot be."""
        if (self.none and value is None) or self.kind is tuple:
            return
        if self.choices:
            check_one_of(self.name, value, tuple(self.choices))
        else:
            check_number(self.name, value, self.low, self.high, whole=self.kind is int)

    def parse(self, text: str) -> Any:
        """The value that somebody typed; what is none stays text, for `check` to refuse."""
        try:
            return None if self.none and text == self.none else self.kind(text)
        except ValueError:
            return text

    def menu_words(self, value: Any) -> str:
        """What a menu calls a choice: "A: zero-padding", "yes"."""
        if isinstance(self.choices, Mapping):
            return self.choices[value]
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    def value_words(self, value: Any) -> str:
        """ "5,000", "all", "in steps", "on"."""
        if value is None:
            return self.none
        if isinstance(value, tuple):
            return "+".join(map(str, value))
        if isinstance(value, bool):
            return "on" if value else "off"
        number = {int: "{:,}", float: "{:g}"}.get(self.kind, "{}")
        return _pick(self.words or number, value).format(value)

    def short_words(self, value: Any) -> str:
        """ "rate 0.1", "no warm-up"."""
        return self._with(self.short, value)

    def said_words(self, value: Any) -> str:
        """ "a rate of 0.1", "no warm-up"."""
        return self._with(self.said or self.short, value)

    def phrase(self, value: Any) -> str:
        """ "at a rate of 0.1", "without warm-up"."""
        said = self.said_words(value)
        if said.startswith("no "):
            return f"without {said.removeprefix('no ')}"
        return f"{self.preposition} {said}".lstrip()

    @property
    def _noun(self) -> str:
        return f"{self.label[:1].lower()}{self.label[1:]}"

    def _with(self, words: Words, value: Any) -> str:
        pattern = _pick(words or f"{self._noun} {{}}", value)
        return pattern.format(self.value_words(value))


def described(default: Any, label: str, help: str, **more: Any) -> Any:
    """A field of a dataclass with its default and its description."""
    return field(default=default, metadata={"described": Field(label, help, **more)})


@cache
def fields_of(cls: type) -> dict[str, Field]:
    """The described fields of NetSpec or Recipe, as declared."""
    return {
        each.name: replace(each.metadata["described"], name=each.name, kind=_kind(each.type))
        for each in fields(cls)
    }


def check_fields(spec: Any) -> None:
    """Holds every field against its choices or its range. Raises SpecError."""
    kind: type = type(spec)
    for name, each in fields_of(kind).items():
        each.check(getattr(spec, name))


def _pick(words: Words, value: Any) -> str:
    return words if isinstance(words, str) else words.get(value, words.get(OTHERS, "{}"))


def _kind(annotation: Any) -> type:
    """`int` of `int | None`, `tuple` of `tuple[int, ...]`."""
    options = get_args(annotation) if get_origin(annotation) is not tuple else ()
    (kind,) = [each for each in options or (annotation,) if each is not NoneType]
    return get_origin(kind) or kind
