"""Which process somebody is, so that another can tell whether it still exists.

A number alone is given again to other processes. On Linux a process is also known by when it
started, in ticks since the machine did, and by which start of the machine that was: no clock that
can be set has a part in it. Elsewhere only the number is known, and heartbeats tell the rest
(`RunStore.heard`).
"""

import os
import signal
import sys
from functools import cache
from pathlib import Path

PROC = Path("/proc")


def mine() -> str:
    """Of this process: "pid/start/machine", each part without a slash."""
    return f"{os.getpid()}/{_start_of(os.getpid()) or ''}/{_machine()}"


def exists(who: str) -> bool | None:
    """Whether a process is there still; None where it cannot be told from here."""
    pid, start, machine = _parts(who)
    if not start or machine != _machine():
        return None
    return _start_of(pid) == start


def is_suspended(who: str) -> bool:
    """Whether a process is there and was stopped, as by SIGSTOP, to be continued some time."""
    return exists(who) is True and _fields(_parts(who)[0])[:1] == ["T"]


def end(who: str) -> bool:
    """Ends a process by force, suspended or not; False where it is not sure that it is this one."""
    if sys.platform == "win32" or not exists(who):
        return False
    try:
        os.kill(_parts(who)[0], signal.SIGKILL)
    except OSError:  # it has just ended, or belongs to somebody else
        return False
    return True


def _parts(who: str) -> tuple[int, str, str]:
    pid, _, rest = who.partition("/")
    start, _, machine = rest.partition("/")
    return (int(pid) if pid.isdecimal() else 0), start, machine


def _start_of(pid: int) -> str | None:
    """Ticks from the machine's start to the process's; None where there is none, or no telling."""
    fields = _fields(pid)
    return None if not fields or fields[0] in ("Z", "X") else fields[19]


def _fields(pid: int) -> list[str]:
    """What Linux says of a process, from its state on; [] where there is none."""
    try:
        text = (PROC / str(pid) / "stat").read_text("latin-1")
    except OSError:
        return []
    return text.rpartition(")")[2].split()  # the name before it may hold anything


@cache
def _machine() -> str:
    """This start of this machine, and the processes' numbers that hold in it (a container's)."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        numbers = str((PROC / "self/ns/pid").readlink())
    except OSError:
        return ""
    return f"{boot} {numbers}"
