"""A real worker with real lanes, whose store is locked by another program while it trains."""

import os
import sqlite3
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from explorer.store import states
from explorer.store.requests import ControlRequests
from explorer.store.tables import runs

pytestmark = [pytest.mark.usefixtures("image_folder"), pytest.mark.timeout(180)]
# Waits of seconds are made short, in the worker and, by what it puts before them, in its lanes.
HASTY = """
from explorer.store import opening, patience
opening.BUSY_FOR, patience.RETRY_EVERY = 0.2, 0.05
"""
LANE = (
    HASTY
    + """
from explorer.lane import __main__, training
training.FLUSH_EVERY = training.SAVE_EVERY = 0.05
__main__.main()
"""
)
WORKER = (
    HASTY
    + f"""
import subprocess, sys
from explorer.worker import __main__, process, worker
worker.RETRY_EVERY_TURN = 0.1
process.COMMAND = [sys.executable, "-c", {LANE!r}]
sys.argv = ["worker"]
__main__.main()
"""
)


def wait_for(condition, what, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited too long until {what}"
        time.sleep(0.02)


@pytest.fixture
def worker(home, tmp_path):
    """A worker's process; ended at the end of the test."""
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )
    process.log = tmp_path / "log"
    yield process
    process.terminate()
    try:
        process.wait(40)
    finally:
        process.kill()
        log.close()


def who_trains(store):
    with store.engine.connect() as connection:
        return set(connection.scalars(sa.select(runs.c.lane)))


def test_a_store_locked_for_a_while_costs_no_lane_and_no_row(home, store, submit, worker):
    identity = submit(iterations=2000, schedule="constant", log_every=10, test_every=500)
    wait_for(lambda: len(store.since(identity)) > 6, "it trained")
    lanes = who_trains(store)
    store.engine.dispose()
    held = sqlite3.connect(home / "runs.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        seen = len(store.since(identity))
        wait_for(lambda: b"another program holds" in worker.log.read_bytes(), "it was told")
        wait_for(
            lambda: b"rows not written yet" in (home / "worker.log").read_bytes(), "lanes met it"
        )
        assert len(store.since(identity)) == seen
        assert worker.poll() is None
    finally:
        held.execute("ROLLBACK")
        held.close()
    wait_for(lambda: len(store.since(identity)) > seen + 4, "it trained on")
    wait_for(lambda: b"goes on" in worker.log.read_bytes(), "it said that it goes on")
    assert who_trains(store) == lanes
    ControlRequests(store).stop(identity)
    wait_for(lambda: not store.comparison(identity).active, "it stopped")
    for run in store.comparison(identity).runs:
        assert run.state == states.STOPPED
        rows = [row.iteration for row in store.since(identity) if row.run == run.id]
        assert rows == list(range(0, rows[-1] + 1, 10))
