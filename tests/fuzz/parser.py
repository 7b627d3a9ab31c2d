"""What is fuzzed: a way to read something from outside, good input for it, and what may come back.

`feed` takes a case and says whether it was accepted. It may raise one of `refusals`, whose words
are one sentence to show; anything else it raises is a fault, and so are more seconds, more memory,
a process that ends.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 2000  # letters of what a person is told


class Fault(Exception):
    """What a parser did and must not do, where it raised nothing."""


@dataclass(frozen=True)
class Parser:
    """One reader of outside input.

    name     on the command line and in the table
    known    cases that are tried first: what is known to have broken a program like this one
    draw     a case, of a generator
    feed     reads it; True where it was accepted
    refusals  what it may raise
    seconds  of CPU that a case may take
    memory   MB that its cases may take beyond what the process has
    short    cases in the tests
    share    of the cases of a long run, against the other parsers
    """

    name: str
    known: Sequence[Any]
    draw: Callable[[random.Random], Any]
    feed: Callable[[Any], bool]
    refusals: tuple[type[Exception], ...] = ()
    seconds: float = 5.0
    memory: int = 300
    short: int = 200
    share: float = 1.0

    def case(self, seed: int, number: int) -> Any:
        """The case of this number, the same wherever it is asked for."""
        if number < len(self.known):
            return self.known[number]
        return self.draw(random.Random(f"{self.name}/{seed}/{number}"))

    def run(self, case: Any) -> bool:
        """Whether the case was accepted. Raises whatever is a fault."""
        try:
            return self.feed(case)
        except self.refusals as refusal:
            check_words(str(refusal))
            return False


def check_words(words: str) -> None:
    """Raises Fault for what cannot be shown as a sentence."""
    if not words.strip():
        raise Fault("it was refused without a word")
    if len(words) > LONGEST:
        raise Fault(f"it was refused in {len(words):,} letters: {words[:200]!r}")
    try:
        words.encode()
    except UnicodeEncodeError:
        raise Fault(f"it was refused in words that no page takes: {words[:200]!r}") from None
    if "\0" in words:
        raise Fault(f"it was refused with a NUL: {words[:200]!r}")
