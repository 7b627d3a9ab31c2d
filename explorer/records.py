"""What the store keeps, as frozen records: comparisons, their runs, the rows of a run."""

from array import array
from dataclasses import dataclass
from typing import Any

from explorer import states
from resnet.spec import NetSpec, Recipe


@dataclass(frozen=True)
class Run:
    """One net trained with one recipe and one seed, as the store knows it."""

    id: int
    comparison: str
    spec: NetSpec
    recipe: Recipe
    state: str
    want: str | None
    iteration: int
    seconds: float
    leg_started: float | None
    leg_from: int
    device: str
    data: str
    message: str


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

    @property
    def active(self) -> bool:
        return any(run.state in states.ACTIVE for run in self.runs)

    @property
    def running(self) -> bool:
        return any(run.state == states.RUNNING for run in self.runs)

    @property
    def resumable(self) -> bool:
        return not self.active and any(run.state in states.RESUMABLE for run in self.runs)


@dataclass(frozen=True)
class StoredRow:
    """A row of a run; `gradients` are float32, in the order of the Plan's weighted layers."""

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


def run_record(row: Any) -> Run:
    fields = {**row._mapping}
    del fields["lane"]
    net, recipe = fields.pop("net"), fields.pop("recipe")
    return Run(**fields, spec=NetSpec.from_json(net), recipe=Recipe.from_json(recipe))


def row_record(row: Any) -> StoredRow:
    fields = {**row._mapping}
    fields["gradients"] = array("f", fields["gradients"] or b"")
    return StoredRow(**fields)
