"""What the curves of a comparison show: the verdict, its evidence, and the paper beside it."""

from explorer.store import states
from explorer.store.records import EXTENDED, RATE, StoredRow
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.lessons import RunResult
from resnet.paper import comparable
from resnet.paper.comparable import Comparability, PaperPoint
from resnet.spec.names import Entry, curve
from resnet.verdict import verdict
from resnet.verdict.standing import RunErrors, Standing, State, Test, standing

STATES = {
    states.FINISHED: State.FINISHED,
    states.DIVERGED: State.DIVERGED,
    states.FAILED: State.BROKEN,
    **dict.fromkeys(states.ACTIVE, State.ACTIVE),
}  # any other ended early


def verdict_of(snapshot: Snapshot) -> str:
    """The verdict on the curves so far; "" while there is nothing to compare."""
    return verdict.verdict(standing_of(snapshot))


def evidence(snapshot: Snapshot) -> str:
    """What the verdict stands on: every curve's errors, every judgement with interval and N."""
    return verdict.evidence(standing_of(snapshot))


def standing_of(snapshot: Snapshot) -> Standing | None:
    """The errors that a verdict stands on, seeds in the order of their turns."""
    steered = {event.run for event in snapshot.events if event.kind == RATE}
    in_order = sorted(snapshot.histories, key=lambda each: each.run.turn)
    return standing([_run_errors(each, each.run.id in steered) for each in in_order])


def results(snapshot: Snapshot) -> list[RunResult]:
    """What every run came to, for the answer of a lesson."""
    changed = {event.run for event in snapshot.events if event.kind in (RATE, EXTENDED)}
    return [_result(each, each.run.id not in changed) for each in snapshot.histories]


def paper_says(snapshot: Snapshot) -> list[str]:
    """What the paper prints for these nets, what came out, and why the two may not be compared."""
    return comparable.paper_says(
        [(each, [row.test_error for row in ends if row.test_error is not None])
         for each, ends in _comparabilities(snapshot)]
    )  # fmt: skip


def paper_points(snapshot: Snapshot) -> list[PaperPoint]:
    """The published errors to draw beside curves: of those that are comparable alone."""
    points = [each.point for each, _ in _comparabilities(snapshot)]
    return list(dict.fromkeys(point for point in points if point))


def _run_errors(each: RunHistory, steered: bool) -> RunErrors:
    run = each.run
    tests = tuple(
        Test(row.iteration, row.train_error, row.test_error, row.train_images, row.test_images)
        for row in each.tests
    )
    return RunErrors(
        Entry(run.spec, run.recipe),
        STATES.get(run.state, State.EARLY),
        run.iteration,
        run.iterations,
        tests,
        steered,
    )


def _finished(each: RunHistory) -> bool:
    return each.run.state == states.FINISHED and bool(each.tests)


def _result(each: RunHistory, as_planned: bool) -> RunResult:
    run = each.run
    last = each.tests[-1] if _finished(each) else None
    norms = (tuple(row.gradients) for row in each.trained if len(row.gradients))
    return RunResult(
        Entry(run.spec, run.recipe),
        last.train_error if last else None,
        last.test_error if last else None,
        next(norms, None),
        last.train_images if last else None,
        last.test_images if last else None,
        as_planned,
    )


def _comparabilities(snapshot: Snapshot) -> list[tuple[Comparability, list[StoredRow]]]:
    """Every curve held against the paper, with the last tests of its runs that have finished."""
    changed = {event.run for event in snapshot.events if event.kind == RATE}
    members: dict[Entry, list[RunHistory]] = {}
    for each in snapshot.histories:
        members.setdefault(curve(each.run.spec, each.run.recipe), []).append(each)
    found = []
    for (net, recipe), curves in members.items():
        held = comparable.comparability(
            net,
            recipe,
            next((each.run.data for each in curves if each.run.data), ""),
            max(each.run.iteration for each in curves),
            any(each.run.id in changed for each in curves),
        )
        found.append((held, [each.tests[-1] for each in curves if _finished(each)]))
    return found
