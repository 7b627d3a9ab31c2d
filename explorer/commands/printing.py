"""What a comparison came to, as a table of text: a line a net, its seeds side by side."""

from collections.abc import Sequence
from statistics import fmean

from explorer.report import status, verdicts
from explorer.store import states
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.spec.names import Entry, curve, curve_names


def print_outcome(snapshot: Snapshot) -> None:
    """The table, the verdict and what it stands on; why a net ended early."""
    print(f"\n{table(snapshot)}")
    words = verdicts.verdict_of(snapshot)
    if words:
        print(f"\n{words}\n{verdicts.evidence(snapshot)}")
    sentence = status.state_sentence(snapshot.comparison, None)
    if sentence:
        print(f"\n{sentence}")


def table(snapshot: Snapshot) -> str:
    """Final training and test error of every net, %, with the mean where there are seeds."""
    lines = [["net", "training error, %", "test error, %", "seconds", ""]]
    many = len(snapshot.comparison.seeds) > 1
    for name, curves in groups(snapshot):
        last = [each.tests[-1] if each.tests else None for each in curves]
        errors = [
            _errors([getattr(row, field, None) for row in last], many)
            for field in ("train_error", "test_error")
        ]
        seconds = sum(each.run.seconds for each in curves)
        lines.append([name, *errors, f"{seconds:.0f}", _note(curves)])
    return in_columns(lines, to_the_right=("seconds",))


def groups(snapshot: Snapshot) -> list[tuple[str, list[RunHistory]]]:
    """The runs that differ in nothing but the seed, under the name of their curve."""
    grouped: dict[Entry, list[RunHistory]] = {}
    for each in snapshot.histories:
        grouped.setdefault(curve(each.run.spec, each.run.recipe), []).append(each)
    names = curve_names(list(grouped))
    return [
        (names[key], sorted(curves, key=lambda each: each.run.recipe.seed))
        for key, curves in grouped.items()
    ]


def in_columns(lines: Sequence[Sequence[str]], to_the_right: Sequence[str] = ()) -> str:
    """Cells under each other, the first line their heads; some columns pushed to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if head in to_the_right else cell.ljust(width)
            for head, cell, width in zip(lines[0], line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _errors(values: Sequence[float | None], mean: bool) -> str:
    words = " · ".join("none" if value is None else f"{value:.2f}" for value in values)
    known = [value for value in values if value is not None]
    return f"{words}, mean {fmean(known):.2f}" if mean and known else words


def _note(curves: Sequence[RunHistory]) -> str:
    """What ended otherwise than by finishing."""
    notes = []
    for each in curves:
        if each.run.state != states.FINISHED:
            seed = f"seed {each.run.recipe.seed} " if len(curves) > 1 else ""
            words = states.WORDS[each.run.state].split(":")[0]
            notes.append(f"{seed}{words} at iteration {each.run.iteration:,}")
    return ", ".join(notes)
