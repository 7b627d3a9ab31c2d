"""Whether what trains nets is well, as every page tells it: what is wrong, and what can be done."""

import time
from dataclasses import dataclass

from filelock import Timeout

from explorer.report.formatting import about
from explorer.server import shared
from explorer.store import limits
from explorer.store.comparisons import RunStore
from explorer.worker import control

STARTS_WITHIN = 60.0  # seconds; a cold disk reads a gigabyte of torch first
FRESH_FOR = 2.0  # seconds; one look serves every page that asks meanwhile
DOCTOR = "On the server, `python -m explorer doctor` says what is wrong and what to do."
MAKE_ROOM, TRY_AGAIN = "make room", "try again"  # what a page offers


@dataclass(frozen=True)
class Trouble:
    """What is wrong, what can be done in words, and what the page itself offers; "" for nothing."""

    found: str
    do: str
    offer: str = ""


_kept: list[tuple[float, Trouble | None]] = []  # the last look and when it was; of the process
_silent_since: list[float] = []


def now() -> Trouble | None:
    """What is wrong at the moment; None where all is well, or starts as it should."""
    if not _kept or time.monotonic() - _kept[0][0] > FRESH_FOR:
        _kept[:] = [(time.monotonic(), _look(shared.store(), shared.trouble()))]
    return _kept[0][1]


def _look(store: RunStore, unsaved: str) -> Trouble | None:
    report = store.reported("worker")
    alive = control.is_alive(store)
    if alive:
        _silent_since.clear()
    elif not _silent_since:
        _silent_since.append(time.monotonic())
    silent = time.monotonic() - _silent_since[0] if _silent_since else 0.0
    said = report[0] if report else {}
    return told(said, silent, silent > STARTS_WITHIN and _is_running(), unsaved)


def told(said: dict[str, object], silent: float, running: bool, unsaved: str) -> Trouble | None:
    """The trouble that comes first.

    said     the worker's last report; {} where there is none
    silent   seconds for which it has been silent, 0 while it speaks
    running  whether its process lives all the same
    unsaved  why nothing can be written to the store; "" where it can
    """
    least = limits.FREE_DISK.value * 2**20
    free = said.get("free_disk", least)
    if unsaved:
        return _unsaved(unsaved)
    if isinstance(free, int | float) and free < least:
        return Trouble(
            f"The server's disk is nearly full: {free / 2**20:,.0f} MB are left, and nothing new "
            f"is trained below {least / 2**20:,.0f} MB.",
            "Runs that nobody needs any more can be deleted.",
            MAKE_ROOM,
        )
    if silent > STARTS_WITHIN and running:
        return Trouble(
            f"The program that trains nets has not answered for {about(silent)}.",
            f"Who looks after the server may end its process{_number(said)}: a new one starts by "
            "itself, and nets go on from where they were last saved.",
        )
    if silent > STARTS_WITHIN:
        return Trouble("The program that trains nets does not start.", DOCTOR, TRY_AGAIN)
    if said.get("problem") and not silent:
        return Trouble(
            "The program that trains nets runs, but cannot begin to train: often memory is short.",
            f"Closing other programs may help. {DOCTOR}",
        )
    return None


def start() -> None:
    """Starts a worker; where one runs after all, the new one ends at once."""
    control.start_detached()


def slower(machine: dict[str, object]) -> str:
    """A sentence where training is slower than it need be; "" where it is not, or nobody knows."""
    if machine.get("compiled") is not False:
        return ""
    return (
        "Training is slower than it could be on this machine: it has no C compiler that works. "
        "Installing gcc or clang and starting the program anew helps."
    )


def _number(said: dict[str, object]) -> str:
    return f", number {said['pid']}" if "pid" in said else ""


def _unsaved(why: str) -> Trouble:
    if "full" in why or "space" in why:
        return Trouble(
            "The server's disk is full: nothing can be saved at the moment. What trains waits, and "
            "goes on when there is room.",
            "Runs that nobody needs any more can be deleted, or other files on that disk.",
            MAKE_ROOM,
        )
    if "locked" in why:
        return Trouble(
            "Nothing can be saved at the moment: another program holds the file with all runs.",
            "It goes on by itself when that program is done; a backup or a viewer of databases may "
            "have to be closed.",
        )
    return Trouble("Nothing can be saved at the moment.", DOCTOR)


def _is_running() -> bool:
    lock = control.lock()
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False
