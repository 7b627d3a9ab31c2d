"""The store, read by SQLite alone and never changed."""

import sqlite3
import time
from pathlib import Path

from explorer.commands.doctor.finding import WRONG, Finding, size
from resnet.settings import home

FILE = "runs.db"
WAITS = 6.0  # seconds for who writes at the moment
LOOKS = 25.0  # seconds for whether the whole file is sound
STEPS = 100_000  # of SQLite's machine between two looks at the clock
ASIDE = (
    "stop the program (python -m explorer.worker --stop), move runs.db with runs.db-wal and "
    "runs.db-shm aside and keep them; a new store is made at the next start"
)
NEWER = "bring the program up to date, or set RESNET_HOME to another folder"


def store() -> list[Finding]:
    file = home() / FILE
    if not file.exists():
        return [Finding("Store", "there is none yet; it is made at the first start")]
    if not file.is_file():
        words = "a folder has its name"
        return [Finding("Store", words, WRONG, "move that folder aside", str(file))]
    detail = f"{file}"
    try:
        with _opened(file) as connection:
            version, counted = _version(connection), _counted(connection)
            sound = _soundness(connection)
    except sqlite3.Error as error:
        return [Finding("Store", *_words(error), detail=f"{detail}: {error}")]
    if sound not in ("", "ok"):
        return [Finding("Store", "it is damaged", WRONG, ASIDE, f"{detail}: {sound}")]
    newest = _newest()
    if version is None:
        return [Finding("Store", "it holds no tables of this program", WRONG, ASIDE, detail)]
    if newest and version.isdecimal() and int(version) > int(newest):
        words = f"a newer program made it: tables of version {version}, this one knows {newest}"
        return [Finding("Store", words, WRONG, NEWER, detail)]
    looked = "sound" if sound else f"sound as far as {LOOKS:.0f} s of looking went"
    older = f", version {version} of its tables, brought up to {newest} at the next start"
    words = f"comparisons: {counted:,}; {size(file.stat().st_size)}, {looked}"
    if newest and version != newest:
        words += older
    problem = _unwritable(file)
    return [problem or Finding("Store", words, detail=detail)]


def _opened(file: Path) -> sqlite3.Connection:
    where = file.absolute().as_uri()
    return sqlite3.connect(f"{where}?mode=ro", uri=True, timeout=WAITS, isolation_level=None)


def _version(connection: sqlite3.Connection) -> str | None:
    try:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'comparisons'")
        return "0" if tables.fetchone() else None
    return str(found[0]) if found else None


def _counted(connection: sqlite3.Connection) -> int:
    try:
        return int(connection.execute("SELECT count(*) FROM comparisons").fetchone()[0])
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return 0


def _soundness(connection: sqlite3.Connection) -> str:
    """ "ok", what is damaged, or "" where looking took too long."""
    end = time.monotonic() + LOOKS
    connection.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            return ""
        raise


def _unwritable(file: Path) -> Finding | None:
    """What keeps everybody from writing; takes the lock that writers take, and changes nothing."""
    try:
        connection = sqlite3.connect(file, timeout=WAITS, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        finally:
            connection.close()
    except sqlite3.Error as error:
        return Finding("Store", *_words(error), detail=f"{file}: {error}")
    return None


def _words(error: sqlite3.Error) -> tuple[str, str, str]:
    """What was found, how bad it is, and what to do, for what SQLite says."""
    said = str(error)
    if "locked" in said or "busy" in said:
        do = "close other programs that have runs.db open: backups, database viewers"
        return f"another program holds it locked for more than {WAITS:.0f} s", WRONG, do
    if "full" in said:
        return "the disk is full", WRONG, "free some space; nothing else needs to be done"
    if "readonly" in said or "read-only" in said:
        do = "give yourself the right to write to it, or set RESNET_HOME to another folder"
        return "it can be read, and not written", WRONG, do
    if "unable to open" in said:
        do = "give yourself the right to read and write it and the folder that it lies in"
        return "it cannot be opened", WRONG, do
    if "not a database" in said or "malformed" in said:
        return "it is damaged", WRONG, ASIDE
    return "SQLite cannot use it", WRONG, f"look whether the disk works; else {ASIDE}"


def _newest() -> str:
    """The version of the tables that this program makes; "" where what knows it does not load."""
    try:
        from explorer.store.migrations import NEWEST
    except ImportError:
        return ""
    return NEWEST
