"""What waits is done here and now, in the caller, without processes: for tests."""

import os

from explorer.lane import runs
from explorer.lane.jobs import do
from explorer.store.comparisons import RunStore
from explorer.store.jobs.store import JobStore
from explorer.store.training import TrainingStore


def run_next(store: RunStore) -> bool:
    """Trains the next turn of a comparison here and now, without processes; False where none waits.

    What is paused meanwhile it lets go of when another comparison waits, or after ten minutes.
    """
    name = f"here-{os.getpid()}"
    claimed = TrainingStore(store).claim_runs(name)
    if not claimed:
        return False
    runs.train(store, name, [run.id for run in claimed])
    return True


def do_next_job(store: RunStore) -> bool:
    """Does the next job here and now, without processes; False where none waits."""
    jobs, name = JobStore(store), f"here-{os.getpid()}"
    claimed = jobs.claim(name)
    if claimed is None:
        return False
    do(jobs, name, claimed.id)
    return True
