"""What was written to the store, put onto the disk before something else relies on it.

On SQLite a write is safe from a killed process at once, from a power cut only when the write-ahead
log was synced, which SQLite does seldom (`synchronous=NORMAL`). A checkpoint that outlives the
rows before it would leave a gap in the curves for good.
"""

import os
from pathlib import Path

import sqlalchemy as sa


def sync(engine: sa.Engine) -> None:
    """Returns when the disk has all that was committed so far.

    The log is synced as a file, and never the database itself: to close a second handle on that
    would let go of the locks that this process has on it.

    Raises OSError where the disk fails.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return  # a server of databases keeps its own promises
    log = Path(f"{engine.url.database}-wal")
    try:
        with log.open("rb+") as stream:
            os.fsync(stream.fileno())
    except FileNotFoundError:
        return  # it was written back, synced, a moment ago
    _sync_names(log.parent)


def _sync_names(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
