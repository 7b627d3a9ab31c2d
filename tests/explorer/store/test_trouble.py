"""A store that is full, locked, read only, damaged or out of reach: one sentence, real SQLite."""

import contextlib
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa

from explorer.__main__ import main
from explorer.store import opening, patience
from explorer.store.comparisons import Refused, RunStore
from explorer.store.patience import Patience
from explorer.store.requests import ControlRequests
from explorer.store.trouble import StoreBusy, StoreError


@contextlib.contextmanager
def locked(home):
    """Another program's transaction that writes."""
    held = sqlite3.connect(home / "runs.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        held.execute("ROLLBACK")
        held.close()


def fill(store):
    """Leaves the database no page more than it has: a full disk, to SQLite."""

    def limit(connection, _record, _proxy):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    sa.event.listen(store.engine, "checkout", limit)

    def room():
        sa.event.remove(store.engine, "checkout", limit)
        store.engine.dispose()

    return room


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(opening, "BUSY_FOR", 0.1)
    monkeypatch.setattr(patience, "RETRY_EVERY", 0.02)


def damage(home):
    RunStore().engine.dispose()
    content = (home / "runs.db").read_bytes()
    kept = 2 * 4096
    (home / "runs.db").write_bytes(content[:kept] + b"\xa5" * (len(content) - kept))
    for beside in home.glob("runs.db-*"):
        beside.unlink()


def something_else(home):
    home.mkdir()
    (home / "runs.db").write_bytes(b"no database at all\n" * 500)


def a_folder(home):
    (home / "runs.db").mkdir(parents=True)


def a_file_for_a_home(home):
    home.write_text("no folder")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damage, "is damaged (database disk image is malformed); put a copy of it back"),
        (something_else, "is damaged (file is not a database); put a copy of it back"),
        (a_folder, "cannot be reached (unable to open database file); see whether"),
        (a_file_for_a_home, "set RESNET_HOME to a folder that can be written"),
    ],
)
def test_every_command_says_what_is_wrong_in_a_sentence(home, capsys, spoil, words):
    spoil(home)
    assert main(["list"]) == 1
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
    worker = subprocess.run(
        [sys.executable, "-P", "-m", "explorer.worker", "--stop"], capture_output=True, text=True
    )
    assert worker.returncode == 1
    assert words in worker.stderr or "Not a directory" in worker.stderr
    assert "Traceback" not in worker.stderr


def test_the_store_is_opened_and_read_while_another_program_writes(home, submit, hasty):
    identity = submit()
    with locked(home):
        assert RunStore().comparison(identity).title == "small"


def test_a_request_to_a_locked_store_is_refused_and_taken_afterwards(home, store, submit, hasty):
    identity = submit()
    store.engine.dispose()
    with locked(home), pytest.raises(Refused, match=r"holds the store .* locked; end what has it"):
        ControlRequests(store).stop(identity)
    ControlRequests(store).stop(identity)


def test_a_full_disk_and_one_with_room_again(store):
    room = fill(store)
    with pytest.raises(StoreBusy, match=r"the disk is full, so the store .* takes nothing more"):
        for number in range(200):
            store.report(f"key {number}", {"much": "x" * 500})
    room()
    store.report("key", {"much": "x" * 500})
    assert store.reported("key")[0] == {"much": "x" * 500}


def test_a_store_that_can_only_be_read_is_read(home, store, submit):
    identity = submit()
    only_read = RunStore(f"sqlite:///file:{home / 'runs.db'}?mode=ro&uri=true")
    assert only_read.comparison(identity)
    with pytest.raises(StoreBusy, match="can be read only; give whoever runs this program"):
        only_read.report("worker", {})


def test_patience_ends_with_success_with_another_error_or_with_who_waits(monkeypatch, hasty):
    said, answers = [], iter([StoreBusy("full"), StoreBusy("full"), "done"])

    def action():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert Patience(say=said.append)(action) == "done"
    assert said == ["full", ""]
    answers = iter([StoreBusy("full"), StoreError("damaged")])
    with pytest.raises(StoreError, match="damaged"):
        Patience()(action)
    monkeypatch.setattr(patience, "LEFT_FOR", 0.0)
    answers = iter([StoreBusy("full")] * 9)
    with pytest.raises(StoreBusy):
        Patience(gone=lambda: True)(action)
