"""Who lives is told by processes and counts of reports; the clock on the wall has no part in it."""

import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from explorer.store import identity, reports
from explorer.worker import control

REPORTS = """
import sys
from explorer.store.comparisons import RunStore
RunStore().report("worker", {"ready": True})
print("reported", flush=True)
sys.stdin.read()
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="a process is known by /proc")


@pytest.fixture
def other(home):
    """A process that has reported itself as the worker, once."""
    process = subprocess.Popen(
        [sys.executable, "-c", REPORTS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "reported\n"
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def clocks(monkeypatch):
    """The two clocks of this process, to be set."""
    found = SimpleNamespace(wall=time.time(), monotonic=time.monotonic())
    fake = SimpleNamespace(time=lambda: found.wall, monotonic=lambda: found.monotonic)
    monkeypatch.setattr(reports, "time", fake)
    return found


@pytest.mark.parametrize("step", [-3600.0, 3600.0, 1e9])
def test_a_clock_that_is_set_changes_nothing(store, clocks, step):
    for _ in range(3):
        store.report("worker", {})
        assert control.is_alive(store)
        clocks.wall += step
        assert control.is_alive(store)
    clocks.monotonic += control.SILENT + 1
    clocks.wall -= 3600.0
    assert not control.is_alive(store)
    store.report("worker", {})
    assert control.is_alive(store)


@linux
def test_of_a_worker_that_was_killed_it_is_known_at_once(store, other):
    assert control.is_alive(store)
    other.kill()
    other.wait()
    assert not control.is_alive(store)
    assert not control.is_suspended(store)


@linux
def test_a_suspended_worker_counts_as_silent_and_is_ended_when_it_stays_so(
    store, other, clocks, monkeypatch
):
    started = []
    monkeypatch.setattr(control, "start_detached", lambda: started.append(1))
    os.kill(other.pid, signal.SIGSTOP)
    assert control.is_alive(store)
    clocks.monotonic += control.SILENT
    assert not control.is_alive(store)
    assert control.is_suspended(store)
    control.look_after(store)
    assert other.poll() is None
    assert started == []
    clocks.monotonic += control.HUNG
    control.look_after(store)
    assert other.wait(30) == -signal.SIGKILL
    control.look_after(store)
    assert started == [1]


@linux
def test_a_number_that_was_given_again_is_another_process():
    mine = identity.mine()
    pid, start, machine = mine.split("/")
    assert identity.exists(mine) is True
    assert identity.exists(f"{pid}/{int(start) - 1}/{machine}") is False
    assert not identity.end(f"{pid}/{int(start) - 1}/{machine}")
    assert identity.exists(f"{pid}/{start}/another") is None
    assert identity.exists("") is None


def test_who_cannot_write_holds_no_silence_against_others(store, clocks, monkeypatch):
    store.report("lane", {})
    assert store.heard("lane").silent == 0
    clocks.monotonic += 60
    assert store.heard("lane").silent == 60

    def full():
        raise reports.StoreBusy("full")

    monkeypatch.setattr(store._writes, "begin", full)
    with pytest.raises(reports.StoreBusy):
        store.report("worker", {})
    assert store.heard("lane").silent == 0
