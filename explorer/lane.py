"""A lane: one process that sets up the runs it is given and trains them (explorer.lane_training).

Started by the worker, it imports torch, says what machine this is, and waits on its standard input
for a line with its runs, or with a job (explorer.job_lane), after which another job may come. When
that pipe closes, the worker is gone or done with the lane: it then saves what it trains, drops a
job, and ends.
"""

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

import torch

from explorer import event_files, job_lane
from explorer.lane_leg import Leg
from explorer.lane_room import Room
from explorer.lane_setup import Images, device_name, set_up
from explorer.lane_training import LaneTraining
from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.jobs.store import JobStore
from explorer.store.records import Run
from resnet import checkpoint
from resnet.lanes import cores
from resnet.train import best_device, precision_on


def train(
    store: RunStore, lane: str, ids: list[int], gone: Callable[[], bool] = lambda: False
) -> None:
    """Trains runs that belong to `lane` until each has ended, or is paused and let go of.

    gone  asked between steps; when it says True the runs are saved and left as interrupted
    """
    images = Images(store, lane, gone)

    def ready(run: Run, device: str | None) -> Leg:
        return set_up(store, run, images.of(run), images.check, device)

    training = LaneTraining(store, lane, Room(store, lane, ready), gone)
    for identity in ids:
        run = store.run(identity)
        if run:
            training.begin(run)
    images.forget()  # the trainers have what they need of them
    try:
        training.carry_out()
    except checkpoint.CheckpointError as error:
        training.leave(states.INTERRUPTED, str(error))
    except Exception as error:
        traceback.print_exc()
        training.leave(states.FAILED, f"training broke off: {error}")


def machine() -> dict[str, object]:
    """What this machine trains on, and which image sets are there, for the pages to show."""
    device = best_device()
    return {
        "device": device,
        "name": device_name(device),
        "precision": precision_on(torch.device(device), "auto"),
        "cores": cores(),
    }


def main() -> None:
    """The lane's process: set up, report, wait for work, do it, end; jobs come until it is sent."""
    if best_device() == "cpu":
        torch.set_num_threads(1)
    store = RunStore()
    store.report("machine", machine())
    event_files.available()  # loads what takes a while before there is work
    line = sys.stdin.readline()
    if not line:
        return
    work = json.loads(line)
    if "job" in work:
        _do_jobs(store, work)
    else:
        orphaned = threading.Event()
        _when_orphaned(orphaned.set)
        train(store, work["lane"], work["runs"], orphaned.is_set)
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
        job_lane.do(JobStore(store), work["lane"], work["job"])
        sys.stdout.flush()
        work = orders.get()


def _when_orphaned(act: Callable[[], None]) -> None:
    """Standard input is the worker's end of a pipe: reading it ends when the worker does."""

    def until_closed() -> None:
        sys.stdin.read()
        act()

    threading.Thread(target=until_closed, daemon=True).start()


if __name__ == "__main__":
    main()
