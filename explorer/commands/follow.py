"""A comparison followed in a terminal: one progress bar until it has ended, a worker kept alive."""

import sys
import time

from tqdm import tqdm

from explorer.report import line, progress, status
from explorer.store.comparisons import RunStore
from explorer.store.snapshots import Feed, Snapshot
from explorer.store.trouble import StoreBusy
from explorer.worker import control
from resnet.settings import home

LOOK_EVERY = 0.5  # seconds
PATIENCE = 90.0  # seconds for a worker to come up
BAR = "{percentage:3.0f} %|{bar:20}| {elapsed} {desc}"


class NoWorker(RuntimeError):
    """Why nothing trains, in one sentence."""


class WorkerWatch:
    """Starts a worker where none is alive, and again where it was lost."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._started: float | None = None
        self._alive = time.monotonic()

    def look(self) -> str:
        """What keeps the store from being written to, "" for nothing.

        Raises NoWorker where no worker comes up, or its training processes do not.
        """
        now = time.monotonic()
        if control.is_alive(self._store):
            self._alive = now
            report = self._store.reported("worker")
            problem = report[0].get("problem") if report else ""
            if problem and not self._store.load()[0]:
                raise NoWorker(str(problem))
        elif words := self._unwritten():
            self._alive = now  # a worker waits for the same, and none could begin
            return words
        elif self._started is None or now - self._started > control.SILENT:
            self._started = now
            control.look_after(self._store)
        if now - self._alive > PATIENCE:
            raise NoWorker(f"the worker does not start; {home() / 'worker.log'} says why")
        return ""

    def _unwritten(self) -> str:
        try:
            self._store.report("terminal", {})
        except StoreBusy as error:
            return f"waiting: {error}"
        return ""


def follow(store: RunStore, comparison: str) -> Snapshot | None:
    """Shows the progress of a comparison until nothing of it trains or waits.

    Returns how it ended, None where it was deleted meanwhile. Raises NoWorker.
    """
    feed, watch = Feed(store, comparison), WorkerWatch(store)
    snapshot = feed.snapshot(fresh=True)
    if snapshot is None or not snapshot.comparison.active:
        return snapshot
    share, _ = progress.progress(snapshot.comparison)
    with tqdm(total=1.0, initial=share, bar_format=BAR, file=sys.stderr) as bar:
        while snapshot is not None and snapshot.comparison.active:
            words = watch.look()
            if words:
                bar.set_description_str(words)
            time.sleep(LOOK_EVERY)
            snapshot = feed.snapshot(fresh=True)
            if snapshot is not None:
                share, _ = progress.progress(snapshot.comparison)
                bar.set_description_str(words or _happens(store, snapshot), refresh=False)
                bar.update(share - bar.n)
                bar.refresh()
    return snapshot


def _happens(store: RunStore, snapshot: Snapshot) -> str:
    """How far it is, with the newest training error; before it trains, what happens."""
    comparison = snapshot.comparison
    seen = line.read(store)
    starts = seen.starts.get(comparison.id)
    words = status.state_sentence(comparison, seen.ahead(comparison.id), starts)
    if words:
        return words
    words = "paused, " if comparison.paused else ""
    words += progress.progress(comparison, seen.throughput)[1]
    newest = max(
        ((each.run, row) for each in snapshot.histories for row in each.tests),
        key=lambda pair: pair[1].id,
        default=None,
    )
    if newest is None:
        return words
    run, row = newest
    return f"{words}; {run.spec.title} {row.train_error:.1f} % training error"
