"""Lanes that end while they wait: they are started again, and people hear of it only in need."""

from itertools import pairwise
from types import SimpleNamespace

import pytest

from explorer.commands.follow import NoWorker, WorkerWatch
from explorer.worker import worker as module
from explorer.worker.process import Lane
from explorer.worker.worker import RETRY_EVERY, STANDBY, TOLERATED, Worker


class Process:
    """As much of subprocess.Popen as a waiting lane needs."""

    stdin = None
    code = None

    def poll(self):
        return self.code


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(
        module,
        "time",
        SimpleNamespace(monotonic=lambda: now.seconds, time=module.time.time),
    )
    return now


@pytest.fixture
def started(monkeypatch):
    """The lanes that were started, in their order."""
    lanes = []

    def start(cls):
        lanes.append(cls(Process()))
        return lanes[-1]

    monkeypatch.setattr(Lane, "start", classmethod(start))
    monkeypatch.setattr(module, "cores", lambda: STANDBY)
    return lanes


def look(worker, clock, seconds=0.2):
    """One turn of the worker's loop, so many seconds after the last."""
    clock.seconds += seconds
    worker._reported = -1e9
    worker._look_after_lanes()
    worker._keep_lanes_waiting()
    worker._report()


def end_all(started):
    for lane in started:
        lane.process.code = 1


def come_up(store):
    store.report("machine", {"device": "cpu"})


def test_lanes_that_were_up_and_ended_are_no_trouble(store, clock, started):
    """Somebody is short of memory and idle lanes are killed, again and again: lanes start anew."""
    worker = Worker(store)
    for _ in range(3 * (TOLERATED + 1)):
        look(worker, clock, RETRY_EVERY)
        come_up(store)
        look(worker, clock)
        end_all(started)
        look(worker, clock)
        WorkerWatch(store).look()
    look(worker, clock, RETRY_EVERY)
    assert len(worker.waiting) == STANDBY
    WorkerWatch(store).look()


def test_lanes_that_do_not_start_are_told_until_one_does(store, clock, started):
    worker = Worker(store)
    for _ in range(TOLERATED + 1):
        look(worker, clock, RETRY_EVERY)
        end_all(started)
    look(worker, clock)
    with pytest.raises(NoWorker, match="training processes do not start"):
        WorkerWatch(store).look()
    look(worker, clock, RETRY_EVERY)
    come_up(store)
    look(worker, clock)
    WorkerWatch(store).look()


@pytest.mark.parametrize("between", [0.2, 0.7, 1.3, 3.7, 9.9, 12.0])
def test_lanes_are_tried_again_however_seldom_the_worker_looks(store, clock, started, between):
    worker = Worker(store)
    moments = []
    while clock.seconds < 1200:
        before = len(started)
        look(worker, clock, between)
        end_all(started)
        if len(started) > before:
            moments.append(clock.seconds)
    later = moments[TOLERATED + 1 :]
    gaps = [second - first for first, second in pairwise(later)]
    assert gaps
    assert min(gaps) >= RETRY_EVERY - 1e-6
    assert max(gaps) < RETRY_EVERY + between + 1e-6
