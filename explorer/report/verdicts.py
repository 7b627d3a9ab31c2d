"""What the curves of a comparison show: the verdict, its evidence, and the paper beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.store import states
from explorer.store.records import RATE, StoredRow
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.lessons import RunResult
from resnet.paper import comparable
from resnet.paper.comparable import Comparability, PaperPoint
from resnet.spec import Recipe
from resnet.spec.names import Entry, curve
from resnet.verdict import verdict

BROKEN = (states.DIVERGED, states.FAILED)
FEW_IMAGES = 10_000  # where a recipe takes all of a set, of whatever size


@dataclass(frozen=True)
class Standing:
    """The training errors that a verdict stands on.

    images      on how many training images each was measured
    iterations  after which they were
    when        at what point this is, in words that end in ": ", or "" at the end of all seeds
    """

    errors: dict[Entry, dict[int, float]]
    images: int
    iterations: int
    when: str


def verdict_of(snapshot: Snapshot) -> str:
    """The verdict on the curves so far; "" while there is nothing to compare.

    The final errors of the seeds that are done, all at the same length; before the first is done,
    the errors after the latest iteration at which every net has been tested. Nets that ended early
    while others go on, or that diverged, do not count.
    """
    stands = _standing(snapshot)
    if stands is None:
        return ""
    words = verdict.verdict(stands.errors, stands.images, stands.iterations)
    return f"{stands.when}{words}" if words else ""


def evidence(snapshot: Snapshot) -> str:
    """The training errors that the verdict stands on: mean, spread, seeds and images tested."""
    stands = _standing(snapshot)
    if stands is None:
        return ""
    return verdict.evidence(stands.errors, stands.images, stands.iterations)


def results(snapshot: Snapshot) -> list[list[RunResult]]:
    """What every run came to, seed by seed, for the answer of a lesson."""
    return [[_result(each) for each in members] for members in _by_seed(snapshot).values()]


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


def _standing(snapshot: Snapshot) -> Standing | None:
    seeds = _by_seed(snapshot)
    done = [members for members in seeds.values() if _done(members)]
    active = snapshot.comparison.active
    if done:
        counted = [each for members in done for each in members if _finished(each)]
        ends = _ends(counted)
        when = ""
        if len(done) < len(seeds):
            so_far = "So far, with" if active else "With"
            when = f"{so_far} {len(done)} of {len(seeds)} seeds done: "
        elif ends is None:
            when = "At iteration {:,}: "
        final = ends is not None
    else:
        counted = _under_way(seeds)
        ends, final = None, False
        when = "So far, at iteration {:,}: " if active else "At iteration {:,}: "
    found = ends or _level(counted)
    if found is None:
        return None
    iterations = min(row.iteration for row in found)
    errors: dict[Entry, dict[int, float]] = {}
    for each, row in zip(counted, found, strict=True):
        if row.train_error is not None:
            mine = errors.setdefault(curve(each.run.spec, each.run.recipe), {})
            mine[each.run.recipe.seed] = row.train_error
    images = min(_tested(each.run.recipe, final) for each in counted)
    return Standing(errors, images, iterations, when.format(iterations))


def _by_seed(snapshot: Snapshot) -> dict[int, list[RunHistory]]:
    """The runs of each seed, seeds in the order of their turns."""
    seeds: dict[int, list[RunHistory]] = {}
    for each in sorted(snapshot.histories, key=lambda each: each.run.turn):
        seeds.setdefault(each.run.recipe.seed, []).append(each)
    return seeds


def _finished(each: RunHistory) -> bool:
    return each.run.state == states.FINISHED and bool(each.tests)


def _done(members: Sequence[RunHistory]) -> bool:
    """Whether a seed has its final errors: nothing of it goes on, and something has finished."""
    active = any(each.run.state in states.ACTIVE for each in members)
    return not active and any(map(_finished, members))


def _under_way(seeds: dict[int, list[RunHistory]]) -> list[RunHistory]:
    """The runs to look at before any seed is done: of the one that trains, or got furthest."""
    begun = [members for members in seeds.values() if any(each.trained for each in members)]
    if not begun:
        return []
    members = max(
        begun,
        key=lambda each: (
            any(one.run.state in states.ACTIVE for one in each),
            max(one.run.iteration for one in each),
        ),
    )
    goes_on = [each for each in members if each.run.state in (*states.ACTIVE, states.FINISHED)]
    return goes_on or [each for each in members if each.run.state not in BROKEN]


def _ends(finished: Sequence[RunHistory]) -> list[StoredRow] | None:
    """The last test of every run; None where some were extended further than others."""
    as_planned = all(each.run.iterations == each.run.recipe.iterations for each in finished)
    alike = len({each.run.iterations for each in finished}) == 1
    return [each.tests[-1] for each in finished] if as_planned or alike else None


def _level(counted: Sequence[RunHistory]) -> list[StoredRow] | None:
    """The tests after the latest iteration that all have one for; None where there is none."""
    tests = [{row.iteration: row for row in each.tests if row.iteration} for each in counted]
    shared = set.intersection(*map(set, tests)) if tests else set()
    return [each[max(shared)] for each in tests] if shared else None


def _tested(recipe: Recipe, final: bool) -> int:
    """How many training images a test looked at, or fewer where the size of a set is not known."""
    asked = recipe.final_images if final else recipe.test_images
    return min(asked or FEW_IMAGES, recipe.images or FEW_IMAGES)


def _result(each: RunHistory) -> RunResult:
    run = each.run
    last = each.tests[-1] if _finished(each) else None
    norms = (tuple(row.gradients) for row in each.trained if len(row.gradients))
    return RunResult(
        Entry(run.spec, run.recipe),
        last.train_error if last else None,
        last.test_error if last else None,
        next(norms, None),
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
