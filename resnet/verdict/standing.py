"""Which errors of which runs a verdict stands on: all at one length, seed by seed.

The final errors of the seeds that are done; before the first is done, the errors after the latest
iteration at which every net has been tested. Nets that ended early while others go on do not
count; those that diverged do not either, and are named.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from resnet.spec.names import Entry, curve
from resnet.verdict.judge import BySeed, Judgement, compare
from resnet.verdict.recorded import recorded_errors

Errors = Mapping[Entry, BySeed]  # in percent, by seed, of every curve
Recorded = Mapping[Entry, BySeed]  # the same of the same curves, as recordings have them
FEW_IMAGES = 10_000  # where a recipe takes all of a set and a row does not say how many


class State(Enum):
    """How a run stands, as far as a verdict needs to know."""

    ACTIVE = "it trains, or waits to"
    FINISHED = "it reached its end"
    EARLY = "it was stopped or interrupted"
    BROKEN = "it failed"
    DIVERGED = "its loss was not finite"


@dataclass(frozen=True)
class Test:
    """Errors in percent after so many iterations, and on how many images; None: not known."""

    iteration: int
    train_error: float | None
    test_error: float | None
    train_images: int | None = None
    test_images: int | None = None


@dataclass(frozen=True)
class RunErrors:
    """One run as a verdict sees it: its seed is the recipe's, its tests in order of iteration.

    reached     iterations trained so far; `iterations` those it is to train
    steered     whether its rate was changed by hand
    """

    entry: Entry
    state: State
    reached: int
    iterations: int
    tests: tuple[Test, ...]
    steered: bool = False

    @property
    def seed(self) -> int:
        return self.entry.recipe.seed

    @property
    def done(self) -> bool:
        return self.state is State.FINISHED and bool(self.tests)

    @property
    def as_planned(self) -> bool:
        return self.iterations == self.entry.recipe.iterations and not self.steered


@dataclass(frozen=True)
class Standing:
    """The training errors that a verdict stands on.

    images      on how many training images each was measured
    iterations  after which they were
    when        at what point this is, in words that end in ": ", or "" at the end of all seeds
    recorded    the errors of the same curves on record, where they may serve: at the end alone
    diverged    of which curves how many seeds diverged, of how many
    """

    errors: Errors
    images: int
    iterations: int
    when: str = ""
    recorded: Recorded = field(default_factory=dict)
    diverged: Mapping[Entry, tuple[int, int]] = field(default_factory=dict)

    def compare(self, one: Entry, other: Entry, comparisons: int) -> Judgement | None:
        """The second curve's error against the first's."""
        if one not in self.errors or other not in self.errors:
            return None
        before, after = (self.recorded.get(each, {}) for each in (one, other))
        known = [after[seed] - before[seed] for seed in sorted(before.keys() & after.keys())]
        return compare(self.errors[one], self.errors[other], self.images, known, comparisons)


def standing(runs: Sequence[RunErrors]) -> Standing | None:
    """Where these runs stand; None before all that count have been tested."""
    seeds: dict[int, list[RunErrors]] = {}
    for each in runs:
        seeds.setdefault(each.seed, []).append(each)
    done = [members for members in seeds.values() if _done(members)]
    active = any(each.state is State.ACTIVE for each in runs)
    ends: list[Test] | None = None
    when = ""
    if done:
        counted = [each for members in done for each in members if each.done]
        ends = _ends(counted)
        if len(done) < len(seeds):
            so_far = "So far, with" if active else "With"
            when = f"{so_far} {len(done)} of {len(seeds)} seeds done: "
        elif ends is None:
            when = "At iteration {:,}: "
    else:
        counted = _under_way(seeds)
        when = "So far, at iteration {:,}: " if active else "At iteration {:,}: "
    found = ends or _level(counted)
    diverged = _diverged(runs)
    if found is None:
        return Standing({}, 0, 0, diverged=diverged) if diverged and not active else None
    errors: dict[Entry, dict[int, float]] = {}
    for each, test in zip(counted, found, strict=True):
        if test.train_error is not None:
            errors.setdefault(curve(*each.entry), {})[each.seed] = test.train_error
    iterations = min(test.iteration for test in found)
    images = min(
        test.train_images or _asked(each, ends is not None)
        for each, test in zip(counted, found, strict=True)
    )
    final = ends is not None and all(each.as_planned for each in counted)
    recorded = {each: known for each in errors if final and (known := _recorded(each))}
    return Standing(errors, images, iterations, when.format(iterations), recorded, diverged)


def _done(members: Sequence[RunErrors]) -> bool:
    """Whether a seed has its final errors: nothing of it goes on, and something has finished."""
    return not any(each.state is State.ACTIVE for each in members) and any(
        each.done for each in members
    )


def _under_way(seeds: Mapping[int, list[RunErrors]]) -> list[RunErrors]:
    """The runs to look at before any seed is done: of the one that trains, or got furthest."""
    begun = [members for members in seeds.values() if any(each.reached for each in members)]
    if not begun:
        return []
    members = max(
        begun,
        key=lambda each: (
            any(one.state is State.ACTIVE for one in each),
            max(one.reached for one in each),
        ),
    )
    goes_on = [each for each in members if each.state in (State.ACTIVE, State.FINISHED)]
    return goes_on or [each for each in members if each.state is State.EARLY]


def _ends(finished: Sequence[RunErrors]) -> list[Test] | None:
    """The last test of every run; None where some were extended further than others."""
    as_planned = all(each.iterations == each.entry.recipe.iterations for each in finished)
    alike = len({each.iterations for each in finished}) == 1
    return [each.tests[-1] for each in finished] if as_planned or alike else None


def _level(counted: Sequence[RunErrors]) -> list[Test] | None:
    """The tests after the latest iteration that all have one for; None where there is none."""
    tests = [{test.iteration: test for test in each.tests if test.iteration} for each in counted]
    shared = set.intersection(*map(set, tests)) if tests else set()
    return [each[max(shared)] for each in tests] if shared else None


def _asked(each: RunErrors, final: bool) -> int:
    """How many training images a test was to look at, or fewer where a set's size is not known."""
    recipe = each.entry.recipe
    asked = recipe.final_images if final else recipe.test_images
    return min(asked or FEW_IMAGES, recipe.images or FEW_IMAGES)


def _diverged(runs: Sequence[RunErrors]) -> dict[Entry, tuple[int, int]]:
    every = Counter(curve(*each.entry) for each in runs)
    gone = Counter(curve(*each.entry) for each in runs if each.state is State.DIVERGED)
    return {each: (count, every[each]) for each, count in gone.items()}


def _recorded(each: Entry) -> BySeed | None:
    """The training errors on record of a curve."""
    found = recorded_errors(*each)
    return {seed: errors[0] for seed, errors in found.items()} if found else None
