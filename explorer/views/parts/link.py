"""One way from what a page shows to its address and back: a table of parameters for each page.

Streamlit's own `bind="query-params"` drops without a word what a widget does not take, writes
labels in place of values, and lets a page write nothing of its own beside it; here a wrong link is
answered in a sentence, and what has its usual value is left out of the address.

Imports no streamlit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resnet.spec import SpecError

Query = Mapping[str, Sequence[str]]  # as the URL has it: a parameter may stand there several times

LONGEST = 60  # letters of an address that a sentence repeats
NO_VALUE = "The link says {name}={text}, which is not a value for it; it was left out."
NOT_FOLLOWED = "The link cannot be followed in one point: {error}."


class WrongInPart(ValueError):
    """Where part of a value can be used: the sentences on the rest, and that part."""

    def __init__(self, sentences: Iterable[str], value: Any) -> None:
        super().__init__(*sentences)
        self.value = value


@dataclass(frozen=True)
class Parameter:
    """One parameter of an address.

    name     in the address
    key      of the value: a widget's, or a field's; the name if left out
    default  what is meant where the address does not say it
    read     the value of a text; raises ValueError or KeyError where there is none
    write    the text of a value
    wrong    the sentence where there is none, with {name}, {text} and {error}
    """

    name: str
    key: str = ""
    default: Any = ""
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    wrong: str = ""

    @property
    def at(self) -> str:
        return self.key or self.name

    def sentence(self, text: str, error: Exception) -> str:
        words = self.wrong or (NOT_FOLLOWED if isinstance(error, SpecError) else NO_VALUE)
        return words.format(name=self.name, text=cut(text), error=error)


def flag(name: str) -> Parameter:
    """What is on where the address says 1."""
    return Parameter(
        name, default=False, read=lambda text: text == "1", write=lambda on: str(int(on))
    )


def one_of(*known: str) -> Callable[[str], str]:
    """Reads one of these words."""
    return {word: word for word in known}.__getitem__


def read_link(
    table: Iterable[Parameter], link: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """The values of a link by key, and a sentence for each thing in it that is wrong.

    What the link does not name, or names wrongly, has no value.
    """
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for each in table:
        if each.name not in link:
            continue
        try:
            values[each.at] = each.read(link[each.name])
        except WrongInPart as error:
            values[each.at] = error.value
            wrong += error.args
        except (ValueError, KeyError) as error:
            wrong.append(each.sentence(link[each.name], error))
    return values, wrong


def write_link(table: Iterable[Parameter], values: Mapping[str, Any]) -> dict[str, str]:
    """The link that `read_link` turns into these values; those that are usual are left out."""
    return {
        each.name: each.write(values[each.at])
        for each in table
        if each.at in values and values[each.at] != each.default
    }


def cut(text: str) -> str:
    """What an address says as a sentence repeats it: not all of it, and all of it to be seen."""
    text = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
