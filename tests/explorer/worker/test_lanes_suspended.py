"""Lanes that are suspended (SIGSTOP): a real process each, and the worker's watch over it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from explorer.store import identity, opening, states
from explorer.store.comparisons import RunStore, checkpoint_file
from explorer.store.reports import LANE
from explorer.store.requests import ControlRequests
from explorer.store.trouble import StoreBusy
from explorer.worker import lane_watch
from explorer.worker.lane_watch import LaneWatch
from explorer.worker.process import Lane

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="SIGSTOP, and processes known by /proc"),
    pytest.mark.usefixtures("image_folder"),
    pytest.mark.timeout(180),
]
OFTEN = """
from explorer.lane import __main__, training
training.FLUSH_EVERY = training.SAVE_EVERY = __main__.BEAT_EVERY = 0.1
__main__.main()
"""

WRITES = """
import time
from explorer.store.comparisons import RunStore
store = RunStore()
store.report("beat-lane", {})
with store.write():
    print("writing", flush=True)
    time.sleep(600)
"""


def wait_for(condition, what, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited too long until {what}"
        time.sleep(0.02)


@pytest.fixture
def suspended(store, training, submit):
    """(comparison, lane): a lane's process that was suspended while it trained."""
    identity = submit(iterations=50_000)
    ids = [run.id for run in training.claim_runs("worker")]
    lane = Lane(
        subprocess.Popen(
            [sys.executable, "-c", OFTEN],
            stdin=subprocess.PIPE,
            env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        )
    )
    training.hand_over(ids, lane.name)
    lane.give(ids)
    key = f"{LANE}{lane.name}"
    saved = [checkpoint_file(run) for run in ids]
    wait_for(lambda: store.heard(key) and all(map(os.path.exists, saved)), "it trained")
    os.kill(lane.process.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, lane.process.pid, os.WSTOPPED | os.WNOWAIT)
    yield identity, lane
    lane.process.kill()
    lane.process.wait()
    lane.dismiss()


def look_until(store, lane, busy=True):
    """The worker looks once in a while, until the lane has ended."""
    watch = LaneWatch(store)

    def ended():
        watch.look([lane] if busy else [], [])
        return lane.process.poll() is not None

    wait_for(ended, "the lane was ended")
    assert lane.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("stop", [True, False])
def test_a_suspended_lane_is_ended_and_its_runs_are_free(store, suspended, monkeypatch, stop):
    comparison, lane = suspended
    monkeypatch.setattr(lane_watch, "SILENT" if stop else "SUSPENDED_FOR", 0.4)
    if stop:
        ControlRequests(store).stop(comparison)
    look_until(store, lane)
    for run in store.comparison(comparison).runs:
        assert run.state == (states.STOPPED if stop else states.INTERRUPTED)
        assert run.message == (lane_watch.UNHEEDED if stop else lane_watch.SUSPENDED)
        assert checkpoint_file(run.id).exists()


def test_a_lane_that_goes_on_and_does_not_heed_a_stop_is_ended(store, suspended, monkeypatch):
    comparison, lane = suspended
    monkeypatch.setattr(lane_watch, "HEED_WITHIN", 0.3)
    ControlRequests(store).stop(comparison)
    look_until(store, lane)
    assert {run.state for run in store.comparison(comparison).runs} == {states.STOPPED}


def test_a_lane_suspended_while_it_writes_does_not_lock_the_store_for_ever(home, monkeypatch):
    """Only the process that writes can let go of the lock; the worker, locked out, ends it."""
    RunStore()
    writes = subprocess.Popen(
        [sys.executable, "-c", WRITES], stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert writes.stdout.readline() == "writing\n"
    os.kill(writes.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, writes.pid, os.WSTOPPED | os.WNOWAIT)
    monkeypatch.setattr(opening, "BUSY_FOR", 0.1)
    monkeypatch.setattr(lane_watch, "LEAVE_WITHIN", 0.2)
    store = RunStore()
    watch = LaneWatch(store)
    with pytest.raises(StoreBusy, match="locked"):
        store.report("worker", {})

    def ended():
        watch.free_the_store()
        return writes.poll() is not None

    wait_for(ended, "it was ended")
    store.report("worker", {})
    assert writes.communicate()[0] == ""


def test_a_suspended_lane_of_a_worker_before_is_ended_too(store, suspended, monkeypatch):
    _, lane = suspended
    key = f"{LANE}{lane.name}"
    monkeypatch.setattr(lane_watch, "LEAVE_WITHIN", 0.3)
    look_until(RunStore(), lane, busy=False)
    assert store.lanes_heard() == []
    assert store.heard(key) is None


def test_a_worker_that_was_suspended_itself_begins_to_listen_anew(store, suspended, monkeypatch):
    _, lane = suspended
    watch = LaneWatch(store)
    monkeypatch.setattr(lane_watch, "SUSPENDED_FOR", 0.2)
    watch.look([lane], [])
    watch._looked -= 60.0
    time.sleep(0.3)
    watch.look([lane], [])
    assert identity.exists(store.heard(f"{LANE}{lane.name}").who)
