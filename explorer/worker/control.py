"""The worker from outside: whether it lives, its lock, how it is started."""

import subprocess
import sys
from typing import Any

from filelock import FileLock

from explorer.store import identity
from explorer.store.comparisons import RunStore
from resnet.settings import environment, home

SILENT = 8.0  # seconds without a report after which a worker or server counts as gone,
HUNG = 120.0  # or, where its process is there, as one that hangs


def lock() -> FileLock:
    """Held by the one worker of this home."""
    home().mkdir(parents=True, exist_ok=True)
    return FileLock(home() / "worker.lock")


def is_alive(store: RunStore) -> bool:
    """Whether the worker reports; of one that has ended it is known at once."""
    heard = store.heard("worker")
    return heard is not None and heard.lives(SILENT)


def is_suspended(store: RunStore) -> bool:
    """Whether the worker is there and says nothing: suspended, or waiting for a disk."""
    heard = store.heard("worker")
    return heard is not None and heard.silent >= SILENT and identity.exists(heard.who) is True


def look_after(store: RunStore) -> None:
    """Starts a worker where none is; ends one by force that is there and long silent.

    For one who has just reported to the store: then it is not the store that keeps it silent.
    """
    heard = store.heard("worker")
    if heard is not None and identity.exists(heard.who):
        if heard.silent >= HUNG:
            identity.end(heard.who)
        return
    start_detached()


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
