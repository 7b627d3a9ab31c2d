"""What a lesson is: curves to train, a question before, words during, an explanation after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry


@dataclass(frozen=True)
class RunResult:
    """What one run of an entry came to. Errors in percent, None where none was measured.

    entry            as it was trained: its seed, its data set and its classes may be others
    train_error      after the last iteration; test_error likewise
    first_gradients  L2 norms by layer, input to output, in the first row that has them
    """

    entry: Entry
    train_error: float | None = None
    test_error: float | None = None
    first_gradients: tuple[float, ...] | None = None


Answer = Callable[[Sequence[RunResult]], int | None]


@dataclass(frozen=True)
class Lesson:
    """A named comparison with words around it.

    entries   in the order in which their curves are listed; at most six train at once. A launch
              replaces the seeds of their recipes
    question  what a class is asked before, with `choices` to predict from
    answer    which choice came true in these results, of one seed or of several; None where
              something is missing that it needs
    look_for  what to watch while the curves grow
    meaning   what the outcome does and does not show
    seconds   of one seed on two cores, by measured processor time; None where not measured
    gpu       the same question at full length, for a GPU; empty where `entries` are that already
    """

    name: str
    title: str
    entries: tuple[Entry, ...]
    question: str
    choices: tuple[str, ...]
    answer: Answer
    look_for: str
    meaning: str
    seconds: float | None
    gpu: tuple[Entry, ...] = ()

    @property
    def nets(self) -> tuple[NetSpec, ...]:
        return tuple(entry.net for entry in self.entries)

    @property
    def recipe(self) -> Recipe:
        """The first entry's; others may have their own."""
        return self.entries[0].recipe


def entries(recipe: Recipe, *names: str) -> tuple[Entry, ...]:
    """Nets by name, all trained alike."""
    return tuple(Entry(NetSpec.parse(name), recipe) for name in names)
