"""The worker: whether one runs, and whether it answers."""

import contextlib
import json
import sqlite3
import time
from typing import Any

from filelock import FileLock, Timeout

from explorer.commands.doctor.finding import LESS, WRONG, Finding
from resnet.settings import home

SILENT = 20.0  # seconds; it reports every second
KEEPER = "SELECT value, at FROM reports WHERE key = 'worker'"


def worker() -> list[Finding]:
    """Says what its lock and its last report say; starts and ends nothing."""
    if not _is_running():
        words = "none runs; the app and commands that train start one"
        return [Finding("Worker", words)]
    silent, said = _reported()
    problem, number = str(said.get("problem") or ""), f" {said['pid']}" if "pid" in said else ""
    if problem:
        do = "read the last lines of worker.log in the home; often memory is short"
        return [
            Finding("Worker", "it runs, and training processes do not start", WRONG, do, problem)
        ]
    if silent is None:
        return [Finding("Worker", "one starts at the moment")]
    if silent < -SILENT:
        words = "it runs; its last report lies in the future, since the clock was set back"
        return [Finding("Worker", words, LESS, "let the system set its clock by the network")]
    if silent > SILENT:
        words = f"one runs and has said nothing for {silent:,.0f} s"
        do = f"end its process{number}; a new one goes on from the last checkpoint"
        return [Finding("Worker", words, WRONG, do)]
    return [Finding("Worker", "it runs and answers")]


def _is_running() -> bool:
    file = home() / "worker.lock"
    if not file.exists():
        return False
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False  # what cannot be written, the home's own line says
    lock.release()
    return False


def _reported() -> tuple[float | None, dict[str, Any]]:
    """Seconds since its last report, None where there is none; and what it said."""
    file = home() / "runs.db"
    with contextlib.suppress(sqlite3.Error, ValueError, TypeError):
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        with contextlib.closing(connection):
            found = connection.execute(KEEPER).fetchone()
        if found:
            return time.time() - float(found[1]), dict(json.loads(found[0]))
    return None, {}
