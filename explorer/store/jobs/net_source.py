"""Where a lab's net comes from, as one short text in links and questions: shipped, fresh, a run.

shipped:resnet56-A   trained, and shipped with the program
fresh:resnet56-A     untrained, with the start weights of seed 0
run:12               as run 12 left it
"""

from dataclasses import dataclass

from explorer.store import states
from explorer.store.comparisons import RunStore, checkpoint_file
from explorer.store.records import Run
from resnet.export import shipped
from resnet.export.shipped import ShippedError
from resnet.spec import NetSpec, SpecError
from resnet.spec.checks import quoted

SHIPPED, FRESH, RUN = "shipped", "fresh", "run"


class SourceError(ValueError):
    """A net that cannot be had; its text is one sentence to show."""


@dataclass(frozen=True)
class Source:
    """A net's source: its kind, and the net's name or the run's number."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Source":
        """Raises SourceError for what is no source; whether the net is there is asked later."""
        kind, colon, name = text.strip().partition(":")
        if not colon:
            kind, name = FRESH, kind
        try:
            if kind == RUN:
                return cls(RUN, str(_number(name)))
            if kind in (SHIPPED, FRESH):
                return cls(kind, str(_of_cifar(NetSpec.parse(name))))
        except SpecError as error:
            raise SourceError(str(error)) from error
        raise SourceError(
            f"{quoted(kind)} is no source of nets; write shipped:resnet56-A, fresh:resnet56-A or "
            "run:12"
        )


def spec_of(source: Source, store: RunStore) -> NetSpec:
    """The architecture. Raises SourceError where the run is not there."""
    return run_of(source, store).spec if source.kind == RUN else NetSpec.parse(source.name)


def title(source: Source, store: RunStore) -> str:
    """What people read: "ResNet-56 A, trained", "run 12: ResNet-20 A"."""
    try:
        spec = spec_of(source, store)
    except SourceError:
        return f"run {source.name}"
    if source.kind == RUN:
        return f"run {source.name}: {spec.title}"
    return f"{spec.title}, {'trained' if source.kind == SHIPPED else 'untrained'}"


def weights(source: Source, store: RunStore) -> str:
    """What tells these weights from others of the same source: they may be trained on, or anew.

    Raises SourceError, whose sentence says what would work, where the net cannot be had.
    """
    if source.kind == FRESH:
        return "seed 0"
    if source.kind == SHIPPED:
        try:
            return shipped.about(source.name).digest
        except ShippedError as error:
            raise SourceError(str(error)) from error
    return f"iteration {run_of(source, store, looked_into=True).iteration}"


def run_of(source: Source, store: RunStore, looked_into: bool = False) -> Run:
    """The run of a "run:" source; `looked_into`: one whose weights are there and stay as they are.

    Raises SourceError.
    """
    run = store.run(int(source.name))
    comparison = store.comparison(run.comparison) if run else None
    if run is None or comparison is None:
        raise SourceError(f"there is no run {source.name} here; choose another net")
    if not looked_into:
        return run
    if run.state in states.ACTIVE:
        raise SourceError(
            f"run {source.name} is {states.WORDS[run.state]}; look into it when it has ended"
        )
    if not has_weights(run):
        why = "came in a file, without its weights" if comparison.origin else "left no weights"
        raise SourceError(f"run {source.name} {why}; choose another, or train the net again")
    return run


def has_weights(run: Run) -> bool:
    """Whether a run has ended and its weights are on this machine."""
    return run.state not in states.ACTIVE and checkpoint_file(run.id).exists()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise SourceError(f"a run is named by its number, as run:12, not {quoted(text)}")
    return int(text)


def _of_cifar(spec: NetSpec) -> NetSpec:
    if spec.family == "imagenet":
        raise SourceError(
            f"{spec.title} is made for 224x224 images, which are not here; "
            "choose a net of the CIFAR family, as resnet56-A"
        )
    return spec
