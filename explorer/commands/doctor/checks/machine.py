"""The machine: memory, shared memory, clock."""

import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

from explorer.commands.doctor.finding import LESS, WRONG, Finding, size
from resnet import settings

LEAST = 1e9  # bytes; torch alone takes 0.58 GB (benchmarks/README.md)
ENOUGH = 2e9
SHARED = Path("/dev/shm")
AHEAD = 300.0  # seconds that a file may lie in the future: disks of other machines
CGROUPS = (  # what a container may use, and uses
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def memory() -> list[Finding]:
    free = free_memory()
    if free is None:
        return [Finding("Memory", "this system does not say how much is free")]
    words = f"{size(free)} are free; a training process takes 0.6 GB before its first net"
    if free < LEAST:
        do = "close other programs, or give this machine or its container more memory"
        return [Finding("Memory", words, WRONG, do)]
    if free < ENOUGH:
        do = "launch small nets, one or two at once"
        return [Finding("Memory", words, LESS, do)]
    return [Finding("Memory", f"{size(free)} are free")]


def free_memory() -> int | None:
    """Bytes that programs may still take: of the machine, and of the container where one is."""
    free = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        free += [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")]
    for most, used in CGROUPS:
        with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
            free.append(int(Path(most).read_text()) - int(Path(used).read_text()))
    return max(min(free), 0) if free else None


def shared_memory() -> list[Finding]:
    """Commands that train in several processes share numbers there, or else in a file."""
    if not sys.platform.startswith("linux"):
        return [Finding("Shared memory", "not used on this system")]
    try:
        with tempfile.TemporaryFile(dir=SHARED) as trial:
            trial.write(bytes(65536))
            trial.flush()
    except OSError as error:
        words = f"/dev/shm cannot be written ({error.strerror}); files are used in its place"
        return [Finding("Shared memory", words, LESS, "mount it, should training be slow")]
    return [Finding("Shared memory", "/dev/shm can be written")]


def clock() -> list[Finding]:
    now = time.time()
    day = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    do = "let the system set its clock by the network"
    if now < Path(settings.__file__).stat().st_mtime - 86400:
        words = f"it says {day}, which is before this program came here"
        return [Finding("Clock", words, WRONG, do)]
    ahead = _newest(settings.home()) - now
    if ahead > AHEAD:
        words = (
            f"it says {day}, and what the program wrote last is {ahead / 3600:,.1f} h later: it "
            "was set back"
        )
        return [Finding("Clock", words, LESS, f"{do}; times on the pages are wrong until then")]
    return [Finding("Clock", f"it says {day}")]


def _newest(home: Path) -> float:
    """When something in the home was last written; 0.0 where nothing is there."""
    newest = 0.0
    with contextlib.suppress(OSError), os.scandir(home) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                newest = max(newest, entry.stat().st_mtime)
    return newest
