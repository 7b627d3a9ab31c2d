"""The rows of one comparison as curves, kept in memory and shared by all visitors who watch it."""

import threading
import time
from dataclasses import dataclass, field

from explorer.store.comparisons import RunStore
from explorer.store.records import Comparison, Event, Run, StoredRow

FRESH_FOR = 0.9  # seconds; pages refresh once a second


@dataclass
class RunHistory:
    """What is known of one run: `rows` in order of iteration; tests are the rows with errors."""

    run: Run
    rows: list[StoredRow] = field(default_factory=list)

    @property
    def tests(self) -> list[StoredRow]:
        return [row for row in self.rows if row.test_error is not None]

    @property
    def trained(self) -> list[StoredRow]:
        """The rows after the first step, which have a loss and gradients."""
        return [row for row in self.rows if row.iteration > 0]


@dataclass(frozen=True)
class Snapshot:
    """A comparison with its histories at one moment; `version` changes when anything in it does."""

    comparison: Comparison
    histories: tuple[RunHistory, ...]
    version: int
    events: tuple[Event, ...] = ()


class Feed:
    """Follows one comparison through `store.since(cursor)`; safe to call from many threads."""

    def __init__(self, store: RunStore, comparison: str) -> None:
        self._store = store
        self._id = comparison
        self._lock = threading.Lock()
        self._rows: dict[int, list[StoredRow]] = {}
        self._cursor = 0
        self._generation = -1
        self._looked = 0.0
        self._snapshot: Snapshot | None = None

    def snapshot(self, fresh: bool = False) -> Snapshot | None:
        """The latest state, at most 0.9 s old, or read anew if `fresh`; None if it was deleted."""
        with self._lock:
            if fresh or time.monotonic() - self._looked >= FRESH_FOR:
                self._look()
                self._looked = time.monotonic()
            return self._snapshot

    def _look(self) -> None:
        found = self._store.comparison(self._id)
        if found is None:
            self._snapshot = None
            return
        if found.generation != self._generation:  # rows were taken back: start over
            self._rows, self._cursor, self._generation = {}, 0, found.generation
        fresh = self._store.since(self._id, self._cursor)
        for row in fresh:
            self._rows.setdefault(row.run, []).append(row)
            self._cursor = max(self._cursor, row.id)
        before = self._snapshot
        events = tuple(self._store.events(self._id))
        if before and not fresh and (before.comparison, before.events) == (found, events):
            return
        curves = tuple(RunHistory(run, list(self._rows.get(run.id, ()))) for run in found.runs)
        self._snapshot = Snapshot(found, curves, before.version + 1 if before else 0, events)
