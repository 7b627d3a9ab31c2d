"""What processes that were killed have left in the program's home, and what nobody asks for again.

Nothing that holds anything of a person's goes: no checkpoint, damaged ones neither, no folder of a
run that the store may know of, no store.
"""

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from explorer.store.comparisons import RunStore
from explorer.store.tables import comparisons, runs
from resnet.settings import data_home, home

HALF_WRITTEN = 3600.0  # seconds after which nobody writes on a file any more
UNUSED = 30 * 24 * 3600.0  # seconds after which what can be made again is given up
REMADE = ("data/folder-*.pt", "data/generated-*.pt", "compiled/fused-*")
MAX_LOG = 5 * 2**20  # bytes
LOGS_KEPT = 2  # beside the one that is written


def clear(store: RunStore) -> int:
    """Deletes what was left behind; returns how many files and folders. Raises nothing."""
    gone = 0
    for place in (*_half_written(), *_unused(), *_orphans(store)):
        try:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
            gone += 1
        except OSError as error:
            print(f"{place} is left over and stays: {error.strerror}", file=sys.stderr, flush=True)
    return gone


def rotate(log: Path) -> None:
    """Begins the log anew where it is long, and keeps the last ones as NAME.1, NAME.2.

    Other processes write to its end meanwhile, so it is copied and cut, not renamed.
    """
    with contextlib.suppress(OSError):  # a full disk: the log goes on as it is
        if log.stat().st_size < MAX_LOG:
            return
        for number in range(LOGS_KEPT, 1, -1):
            if (older := _numbered(log, number - 1)).exists():
                older.replace(_numbered(log, number))
        shutil.copyfile(log, _numbered(log, 1))
        with log.open("r+b") as stream:
            stream.truncate(0)


def _numbered(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")


def _half_written() -> Iterator[Path]:
    for where in (home(), data_home(), *home().glob("run-*")):
        for place in _listed(where, "*.part"):
            if _older(place, HALF_WRITTEN):
                yield place
    for place in _listed(home() / "compiled", "tmp*"):
        if place.is_dir() and _older(place, HALF_WRITTEN):
            yield place


def _unused() -> Iterator[Path]:
    """Decoded images and compiled code that were neither written nor read for a long time."""
    for pattern in REMADE:
        for place in _listed(home(), pattern):
            if place.is_file() and _older(place, UNUSED):
                yield place


def _orphans(store: RunStore) -> Iterator[Path]:
    """Folders of runs that this store has deleted: younger than it, with a number that it gave."""
    with store.engine.connect() as connection:
        known = set(connection.scalars(sa.select(runs.c.id)))
        oldest = connection.scalar(sa.select(sa.func.min(comparisons.c.created)))
    if oldest is None:
        return
    for place in _listed(home(), "run-*"):
        number = place.name.removeprefix("run-")
        if not (number.isdecimal() and place.is_dir() and int(number) < max(known, default=0)):
            continue
        younger = place.stat().st_mtime > oldest
        if int(number) not in known and younger and _older(place, HALF_WRITTEN):
            yield place


def _listed(folder: Path, pattern: str) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(folder.glob(pattern))
    return []


def _older(place: Path, seconds: float) -> bool:
    with contextlib.suppress(OSError):
        stat = place.stat()
        read = 0.0 if place.is_dir() else stat.st_atime  # to look into a folder is to read it
        return max(stat.st_mtime, read) < time.time() - seconds
    return False
