"""What the worker has said of its machine, in words for the pages."""

import time
from typing import Any

from explorer.report.formatting import escaped
from explorer.server import shared
from explorer.store import limits
from explorer.store.comparisons import RunStore
from explorer.worker import control

FIRST_REPORT = 5.0  # seconds that a page waits for the first report of a worker that starts


def reported(store: RunStore) -> dict[str, Any]:
    """The worker's last report, however old; {} where none comes within a few seconds."""
    deadline = time.monotonic() + FIRST_REPORT
    while (report := store.reported("worker")) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    return report[0] if report else {}


def machine_report(store: RunStore) -> dict[str, Any]:
    """What a lane has said of the machine; {} until one has."""
    report = store.reported("machine")
    return report[0] if report else {}


def machine_words(store: RunStore) -> str:
    """ "CPU, 2 cores: ready", or what stands in the way."""
    if shared.trouble():  # why is told once, above
        return ":material/warning: nothing is saved at the moment"
    report = store.reported("worker")
    alive = control.is_alive(store)
    if report is None or not alive or not report[0].get("ready"):
        silent = "they do not answer" if control.is_suspended(store) else "starting"
        problem = (report[0].get("problem") if report and alive else "") or silent
        return f":material/hourglass_top: training processes: {escaped(problem)}"
    if report[0]["free_disk"] < limits.FREE_DISK.value * 2**20:
        return f":material/warning: the disk has {report[0]['free_disk'] / 2**20:,.0f} MB left"
    name = machine_report(store).get("name", "")
    training, waiting = store.load()
    words = ("training" if training else "ready") + (f", {waiting} waiting" if waiting else "")
    return f":material/memory: {escaped(name)}: {words}"
