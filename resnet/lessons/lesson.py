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
    train_images     on how many images that was measured; test_images likewise
    as_planned       neither extended nor given another rate by hand
    first_gradients  L2 norms by layer, input to output, in the first row that has them
    """

    entry: Entry
    train_error: float | None = None
    test_error: float | None = None
    first_gradients: tuple[float, ...] | None = None
    train_images: int | None = None
    test_images: int | None = None
    as_planned: bool = True


Answer = Callable[[Sequence[RunResult]], int | None]


@dataclass(frozen=True)
class Lesson:
    """A named comparison with words around it.

    entries   in the order in which their curves are listed; at most six train at once. A launch
              replaces the seeds of their recipes
    question  what a class is asked before, with `choices` to predict from
    answer    which choice came true in these results, of one seed or of several; None where
              they cannot tell, or something is missing
    look_for  what to watch while the curves grow
    meanings  what each choice means where it came true, and `unclear` where none is shown
    beside    what is to be known whatever came out: the paper, and what so short a run can show
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
    meanings: tuple[str, ...]
    unclear: str
    beside: str
    seconds: float | None
    gpu: tuple[Entry, ...] = ()

    def meaning(self, outcome: int | None) -> str:
        """The explanation of an outcome, as `answer` gives it."""
        return f"{self.unclear if outcome is None else self.meanings[outcome]} {self.beside}"

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
