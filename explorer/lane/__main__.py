"""A lane: one process that sets up the runs it is given and trains them (explorer.lane.training).

Started by the worker, it imports torch, says what machine this is, and waits on its standard input
for a line with its runs, or with a job (explorer.lane.jobs), after which another job may come. When
that pipe closes, the worker is gone or done with the lane: it then saves what it trains, drops a
job, and ends.
"""

import contextlib
import json
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import torch

from explorer.lane import jobs, tensorboard
from explorer.lane.runs import train
from explorer.lane.setup import machine
from explorer.store import log
from explorer.store.comparisons import RunStore
from explorer.store.jobs.store import JobStore
from explorer.store.patience import Patience
from explorer.store.reports import LANE
from explorer.store.trouble import StoreError
from resnet.train import best_device

BEAT_EVERY = 3.0  # seconds
_log = logging.getLogger("explorer.lane")


def main() -> None:
    """The lane's process: set up, report, wait for work, do it, end; jobs come until it is sent."""
    log.start("lane")
    if best_device() == "cpu":
        torch.set_num_threads(1)
    patience = Patience()
    store = patience(RunStore)
    patience(lambda: store.report("machine", machine()))
    tensorboard.available()  # loads what takes a while before there is work
    line = sys.stdin.readline()
    if not line:
        return
    work = json.loads(line)
    threading.Thread(target=_beat, args=(store, work["lane"]), daemon=True).start()
    if "job" in work:
        _do_jobs(store, work)
    else:
        orphaned = threading.Event()
        _when_orphaned(orphaned.set)
        first = store.run(work["runs"][0]) if work["runs"] else None
        runs = ",".join(map(str, work["runs"]))
        log.work_on(comparison=first.comparison if first else "", run=runs)
        _log.info("training begins")
        train(store, work["lane"], work["runs"], orphaned.is_set)
        _log.info("training has ended")
    sys.stdout.flush()
    os._exit(0)  # the reader thread may still hold standard input, which blocks a normal exit


def _do_jobs(store: RunStore, work: dict[str, Any]) -> None:
    """Does one job after another; what was loaded for one is at hand for the next."""
    orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            orders.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        log.work_on(job=work["job"])
        jobs.do(JobStore(store), work["lane"], work["job"])
        sys.stdout.flush()
        work = orders.get()


def _beat(store: RunStore, lane: str) -> None:
    """Says that this process is not suspended; what its work comes to is told otherwise."""
    while True:
        with contextlib.suppress(StoreError):
            store.report(f"{LANE}{lane}", {})
        time.sleep(BEAT_EVERY)


def _when_orphaned(act: Callable[[], None]) -> None:
    """Standard input is the worker's end of a pipe: reading it ends when the worker does."""

    def until_closed() -> None:
        sys.stdin.read()
        act()

    threading.Thread(target=until_closed, daemon=True).start()


if __name__ == "__main__":
    main()
