"""The worker from outside: whether it lives, its lock, how it is started."""

import subprocess
import sys
from typing import Any

from filelock import FileLock

from explorer.store.comparisons import RunStore
from resnet.settings import environment, home

SILENT = 8.0  # seconds without a report after which a worker or server counts as gone


def lock() -> FileLock:
    """Held by the one worker of this home."""
    home().mkdir(parents=True, exist_ok=True)
    return FileLock(home() / "worker.lock")


def is_alive(store: RunStore) -> bool:
    report = store.reported("worker")
    return report is not None and report[1] < SILENT


def start_detached() -> None:
    """Starts a worker that outlives this process; one that finds the lock held ends at once."""
    detached: dict[str, Any] = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined]
        if sys.platform == "win32"
        else {"start_new_session": True}
    )
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "worker.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-P", "-m", "explorer.worker"],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **detached,
        )
