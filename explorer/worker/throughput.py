"""How fast this machine trains, so that the line can say when a turn is likely to begin.

The report "throughput" of the store holds `seconds_per_mac`: wall seconds per multiply-add of one
forward pass, with every lane busy. So a comparison takes about `seconds_per_mac * work_left(runs)`
(explorer.report.estimates); its tests, and the decoding of images on the way, are in the figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.records import Run, macs_of_an_iteration

KEY = "throughput"
REPORT_EVERY = 10.0  # seconds
SHORTEST = 2.0  # seconds; a comparison that trained for less tells too little
NEW_SHARE = 0.5  # of a fresh measurement in the figure, the rest is what was known before


@dataclass
class _Timed:
    """A run from the first row in this company to the last; times in seconds, 0 for not yet."""

    run: Run
    began: float = 0.0
    began_at: int = 0
    ended: float = 0.0
    ended_at: int = 0

    def see(self, iteration: int, now: float) -> None:
        if iteration == self.ended_at:
            return
        if not self.began:
            self.began, self.began_at = now, iteration
        self.ended, self.ended_at = now, iteration

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    @property
    def speed(self) -> float:
        """Multiply-adds of forward passes a second."""
        return (self.ended_at - self.began_at) * macs_of_an_iteration(self.run) / self.seconds


class Throughput:
    """Watches what a worker trains and keeps the report; `look` about once a second.

    In the store a run moves on with its rows, so each is timed from row to row; the speeds of those
    that train at once are added.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._company: dict[int, _Timed] = {}
        self._since = 0.0
        self._share = 1.0
        kept = store.reported(KEY)
        self._known: float | None = kept[0]["seconds_per_mac"] if kept else None

    def look(self, runs: Sequence[Run], busy: int, lanes: int, now: float) -> None:
        """Takes note of where runs are. busy: how many of all lanes train them."""
        training = {run.id: run for run in runs if run.state == states.RUNNING}
        if set(training) != set(self._company):  # one began, ended, paused: measure anew
            self._measure(SHORTEST)
            self._begin(training, now)
        self._share = busy / lanes
        for each, run in training.items():
            self._company[each].see(run.iteration, now)
        if now - self._since >= REPORT_EVERY and self._measure(REPORT_EVERY / 2):
            self._begin(training, now)

    def _begin(self, training: dict[int, Run], now: float) -> None:
        self._company = {
            each: _Timed(run, ended_at=run.iteration) for each, run in training.items()
        }
        self._since = now

    def _measure(self, least: float) -> bool:
        """Keeps a fresh figure; False where some run has been timed for less than `least`."""
        timed = self._company.values()
        if not timed or any(each.seconds < least for each in timed):
            return False
        measured = self._share / sum(each.speed for each in timed)
        before = measured if self._known is None else self._known
        self._known = NEW_SHARE * measured + (1 - NEW_SHARE) * before
        self._store.report(KEY, {"seconds_per_mac": self._known})
        return True
