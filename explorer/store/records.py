"""What the store keeps, as frozen records: comparisons, their runs, rows and events."""

import json
import math
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from explorer.store import states
from resnet.cost import cost
from resnet.spec import NetSpec, Recipe

RATE = "rate"  # the kinds of events: the value is the new learning rate,
EXTENDED = "extended"  # or the new last iteration;
PAUSED = "paused"  # it has no value


@dataclass(frozen=True)
class Visitor:
    """Who asks.

    id          "" for the machine's own people at a command line
    everything  may act on what others launched, as the machine's own people may
    address     a name for the network address that they come from; "" where it does not count
    known       whether a cookie tells them from others at their address; those without one are
                counted, and take turns, as one visitor
    """

    id: str
    everything: bool = False
    address: str = ""
    known: bool = field(default=True, compare=False)

    @classmethod
    def of(cls, who: "str | Visitor") -> "Visitor":
        """A visitor as given, or whom an id names: "" stands for the machine's own people."""
        return who if isinstance(who, Visitor) else cls(who, everything=not who)

    @property
    def party(self) -> str:
        """By what name they take turns and are counted."""
        return self.id if self.known or not self.address else self.address

    @property
    def whose(self) -> str:
        """Of a refusal's sentence: of whom there is too much."""
        return "of yours" if self.party == self.id else "of visitors without cookies like you"

    def may_change(self, comparison: "Comparison") -> bool:
        return self.everything or comparison.owner == self.id


@dataclass(frozen=True)
class Run:
    """One net trained with one recipe and one seed, as the store knows it.

    until      the iteration at which it is finished: the recipe's (as 0 says), or later where it
               was extended
    pause_at    the iteration at which it is to pause (0: at once); None: not
    want_rate  a new learning rate that its lane has not taken up yet
    held       whether a lane holds it, training or paused
    turn       runs of the same turn train at once, turn after turn: one turn a seed
    images     how many it trains on; None for as many as its recipe says, until its images were
               read, and where it came in a file
    """

    id: int
    comparison: str
    spec: NetSpec
    recipe: Recipe
    state: str
    want: str | None
    iteration: int
    seconds: float
    active_since: float | None
    active_from: int
    device: str
    data: str
    message: str
    turn: int = 0
    until: int = 0
    pause_at: int | None = None
    want_rate: float | None = None
    images: int | None = None
    held: bool = False

    @property
    def iterations(self) -> int:
        """How many iterations it trains in all."""
        return self.until or self.recipe.iterations


@dataclass(frozen=True)
class Comparison:
    """What a person launched: runs that are looked at together, in the order of their curves."""

    id: str
    title: str
    lesson: str | None
    created: float
    queued: float
    generation: int
    message: str
    done: int | None
    total: int | None
    runs: tuple[Run, ...]
    owner: str = ""
    rank: float | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    archived: bool = False
    deleted: float | None = None
    origin: str = ""
    party: str = ""
    address: str = ""
    disk: int = 0

    @property
    def by(self) -> Visitor:
        """The visitor whom it counts for in the line."""
        return Visitor(self.party or self.owner, address=self.address)

    @property
    def active(self) -> bool:
        return any(run.state in states.ACTIVE for run in self.runs)

    @property
    def running(self) -> bool:
        return any(run.state == states.RUNNING for run in self.runs)

    @property
    def paused(self) -> bool:
        """Nothing of it moves because somebody holds it."""
        return not self.running and any(run.state == states.PAUSED for run in self.runs)

    @property
    def resumable(self) -> bool:
        """Whether what ended early can be taken up; what came in a file has no checkpoints."""
        return (
            not self.active
            and not self.origin
            and any(run.state in states.RESUMABLE for run in self.runs)
        )

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(sorted({run.recipe.seed for run in self.runs}))


@dataclass(frozen=True)
class StoredRow:
    """A row of a run; its lists are float32.

    train_images, test_images  that the errors were measured on; None in rows without errors and
                        in those of older versions of the program
    gradients, weights  norms, in the order of the Plan's weighted layers
    responses           of the 3x3 layers of the main branch, in their order, where recorded
    """

    id: int
    run: int
    iteration: int
    seconds: float
    learning_rate: float | None
    loss: float | None
    batch_error: float | None
    train_error: float | None
    test_error: float | None
    gradients: array
    weights: array = field(default_factory=lambda: array("f"))
    responses: array = field(default_factory=lambda: array("f"))
    train_images: int | None = None
    test_images: int | None = None


ROW_FIELDS = (
    "iteration",
    "seconds",
    "learning_rate",
    "loss",
    "batch_error",
    "train_error",
    "test_error",
    "train_images",
    "test_images",
)
BY_LAYER = ("gradients", "weights", "responses")


@dataclass(frozen=True)
class Event:
    """What people did to a run while it trained; `kind` is RATE, EXTENDED or PAUSED."""

    run: int
    iteration: int
    kind: str
    value: float | None
    at: float


@dataclass(frozen=True)
class Wanted:
    """What a lane is to do with one of its runs."""

    state: str | None
    pause_at: int | None
    rate: float | None
    until: int


def run_record(row: Any) -> Run:
    fields = _fields(row)
    fields["held"] = fields.pop("lane") is not None
    spec, recipe = _net(fields.pop("net")), _recipe(fields.pop("recipe"))
    return Run(**fields, spec=spec, recipe=recipe)


def comparison_record(row: Any, runs: tuple[Run, ...]) -> Comparison:
    fields = _fields(row)
    fields["tags"] = tuple(json.loads(fields["tags"]))
    return Comparison(**fields, runs=runs)


def row_record(row: Any) -> StoredRow:
    fields = _fields(row)
    for norms in BY_LAYER:
        fields[norms] = array("f", fields[norms] or b"")
    return StoredRow(**fields)


def row_values(run: int, row: Any) -> dict[str, Any]:
    """A row's columns; numbers that are not finite become NULL, which every database can hold."""
    values = {
        name: None if value is None or not math.isfinite(value) else value
        for name in ROW_FIELDS
        for value in (getattr(row, name),)
    }
    norms = {name: array("f", getattr(row, name) or ()).tobytes() for name in BY_LAYER}
    return {**values, **norms, "run": run}


def _fields(row: Any) -> dict[str, Any]:
    return dict(zip(row._fields, row, strict=True))  # row._mapping takes four times as long


# Runs share their nets and recipes, and a list of hundreds is read again and again: reading and
# checking the JSON of 1,500 runs was two thirds of the time of the Runs page.
@lru_cache(maxsize=4096)
def _net(text: str) -> NetSpec:
    return NetSpec.from_json(text)


@lru_cache(maxsize=4096)
def _recipe(text: str) -> Recipe:
    return Recipe.from_json(text)


def macs_of_an_iteration(run: Run) -> int:
    """Multiply-adds of one forward pass of a mini-batch, at the size of the recipe's images."""
    return _macs(run.spec, run.recipe.image_size) * run.recipe.batch


@lru_cache(maxsize=1024)  # a line of many nets is looked at again and again
def _macs(spec: NetSpec, image_size: int) -> int:
    return cost(spec, image_size).macs


def is_mine(comparison: Comparison, by: Visitor | None) -> bool:
    """Whether the one who looks launched it; the machine's own people launch without a name."""
    return comparison.owner == (by.id if by else "")
