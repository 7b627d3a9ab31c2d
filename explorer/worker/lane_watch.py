"""Ends by force what hangs: a lane that is suspended, or that does not heed a stop; orphans.

A lane says every few seconds that its process goes on (`explorer.lane.__main__`). What it holds is
then free for the next in line, and goes on from its last checkpoint. All times are those of the
worker's own monotonic clock; while the store takes no reports no silence counts.
"""

import logging
import math
import time
from collections.abc import Sequence

from explorer.store import identity, states
from explorer.store.comparisons import RunStore
from explorer.store.reports import LANE
from explorer.store.training import TrainingStore
from explorer.worker.process import Lane

_log = logging.getLogger(__name__)

SUSPENDED_FOR = 120.0  # seconds of silence after which a lane is ended,
SILENT = 15.0  # or after which one that is to stop is
HEED_WITHIN = 120.0  # seconds in which a lane that is not silent is to have stopped
LEAVE_WITHIN = 30.0  # seconds given to lanes of a worker that is gone, and to who locks the store
SUSPENDED = "its process did not answer and was ended; resume to carry on from the last checkpoint"
UNHEEDED = "its process did not stop and was ended; resume to carry on from the last checkpoint"


class LaneWatch:
    """Looks after the lanes of a worker; `look` about once a second."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._training = TrainingStore(store)
        self._looked = -math.inf
        self._to_stop: dict[str, float] = {}  # since when, by lane
        self._stopped: dict[str, float] = {}  # since when, by process
        self._strange: dict[str, float] = {}  # since when, by the key of a lane that is not ours

    def look(self, busy: Sequence[Lane], others: Sequence[Lane | None]) -> None:
        """busy: the lanes that train; others: what else this worker has for lanes."""
        now = time.monotonic()
        if now - self._looked > SILENT:  # the worker was suspended itself, and its lanes with it
            self._store.listen_anew()
            self._to_stop.clear()
        self._looked = now
        for lane in busy:
            self._look_at(lane, now)
        ours = {f"{LANE}{lane.name}" for lane in [*busy, *others] if lane}
        self._look_at_orphans(ours, now)

    def free_the_store(self) -> None:
        """Ends lanes that were suspended while they wrote, as nobody else can write until then.

        For a worker that cannot write; told again and again, it acts after LEAVE_WITHIN.
        """
        now = time.monotonic()
        whos = [each.who for each in map(self._store.heard, self._store.lanes_heard()) if each]
        stopped = {who for who in whos if identity.is_suspended(who)}
        self._stopped = {who: self._stopped.get(who, now) for who in stopped}
        for who, since in self._stopped.items():
            if now - since > LEAVE_WITHIN and identity.end(who):
                print(f"process {who.partition('/')[0]} was suspended and ended", flush=True)

    def _look_at(self, lane: Lane, now: float) -> None:
        wanted = self._training.owned(lane.name).values()
        if any(each.state == states.STOPPED for each in wanted):
            since = self._to_stop.setdefault(lane.name, now)
        else:
            self._to_stop.pop(lane.name, None)
            since = now
        if hangs(self._store, lane):
            self._end(lane, SUSPENDED)
        elif now - since > HEED_WITHIN or (
            now - since > SILENT and hangs(self._store, lane, SILENT)
        ):
            self._end(lane, UNHEEDED)

    def _end(self, lane: Lane, message: str) -> None:
        _log.warning("%s: %s", lane.name, message)
        lane.process.kill()
        self._to_stop.pop(lane.name, None)
        self._training.interrupt(lane.name, message)

    def _look_at_orphans(self, ours: set[str], now: float) -> None:
        """A lane left by a worker before this one saves nothing any more, but may be in the way."""
        there = set(self._store.lanes_heard()) - ours
        self._strange = {key: self._strange.get(key, now) for key in there}
        for key, since in self._strange.items():
            heard = self._store.heard(key)
            gone = heard is None or identity.exists(heard.who) is False
            if not gone and now - since < LEAVE_WITHIN:
                continue
            if heard and not gone:
                identity.end(heard.who)
            self._store.forget(key)


def hangs(store: RunStore, lane: Lane, silent: float | None = None) -> bool:
    """Whether a lane that has work has said nothing for so many seconds, or for SUSPENDED_FOR."""
    silent = SUSPENDED_FOR if silent is None else silent
    heard = store.heard(f"{LANE}{lane.name}")
    if heard is None:  # not a word since it was given work
        return time.monotonic() - lane.given > max(silent, SUSPENDED_FOR)
    return heard.silent > silent
