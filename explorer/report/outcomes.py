"""What comparisons came to, for a list of them: the verdict, and best and last of every run.

Only the tests are read, not all rows, in one query for what is shown; what did not change since is
not read again.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explorer.report import verdicts
from explorer.store.comparisons import RunStore
from explorer.store.errors import events_of, rows_with_errors
from explorer.store.records import Comparison, Event, StoredRow
from explorer.store.snapshots import RunHistory, Snapshot

KEPT = 1000  # comparisons


@dataclass(frozen=True)
class Best:
    """The lowest error in percent that a run was ever tested with, and when."""

    error: float
    iteration: int


@dataclass(frozen=True)
class LastAndBest:
    """The last and the best errors of a run, in percent; None before its first test."""

    iteration: int | None = None
    train_error: float | None = None
    test_error: float | None = None
    best_train: Best | None = None
    best_test: Best | None = None


@dataclass(frozen=True)
class Outcome:
    """The verdict on a comparison ("" where there is none), its evidence, and its runs' results."""

    verdict: str
    evidence: str
    results: dict[int, LastAndBest]


class Outcomes:
    """The outcomes of comparisons, kept for all visitors; safe to call from many threads."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Comparison, Outcome]] = OrderedDict()

    def of(self, comparisons: Sequence[Comparison]) -> dict[str, Outcome]:
        """The outcome of each, by its id."""
        with self._lock:
            known = {
                each.id: kept[1]
                for each in comparisons
                if (kept := self._kept.get(each.id)) and _same(kept[0], each)
            }
        changed = [each for each in comparisons if each.id not in known]
        if changed:
            ids = [run.id for each in changed for run in each.runs]
            tests, done = rows_with_errors(self._store, ids), events_of(self._store, ids)
            fresh = {each.id: (each, _outcome(each, tests, done)) for each in changed}
            known |= {identity: outcome for identity, (_, outcome) in fresh.items()}
            with self._lock:
                self._kept.update(fresh)
                for each in comparisons:
                    if each.id in self._kept:  # another thread may have dropped it meanwhile
                        self._kept.move_to_end(each.id)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return known


def result_of(tests: Iterable[StoredRow]) -> LastAndBest:
    """The result of one run from its tests, in order of iteration."""
    tests = list(tests)
    if not tests:
        return LastAndBest()
    last = tests[-1]
    best_train, best_test = (
        min(
            (
                Best(error, row.iteration)
                for row in tests
                if (error := getattr(row, part)) is not None
            ),
            key=lambda best: (best.error, best.iteration),
            default=None,
        )
        for part in ("train_error", "test_error")
    )
    return LastAndBest(last.iteration, last.train_error, last.test_error, best_train, best_test)


def _outcome(
    comparison: Comparison, tests: dict[int, list[StoredRow]], done: Sequence[Event]
) -> Outcome:
    curves = tuple(RunHistory(run, tests.get(run.id, [])) for run in comparison.runs)
    mine = {run.id for run in comparison.runs}
    snapshot = Snapshot(comparison, curves, 0, tuple(each for each in done if each.run in mine))
    return Outcome(
        verdicts.verdict_of(snapshot),
        verdicts.evidence(snapshot),
        {each.run.id: result_of(each.rows) for each in curves},
    )


def _same(one: Comparison, other: Comparison) -> bool:
    return one.generation == other.generation and one.runs == other.runs
