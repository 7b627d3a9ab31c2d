"""What was left behind goes; what is a person's stays; logs begin anew before they are long."""

import os
import time

import pytest

from explorer.store.comparisons import run_folder
from explorer.store.curation import Curation
from explorer.worker import leftovers

HOUR, MONTH = 3700.0, 31 * 24 * 3600.0


@pytest.fixture
def put(home):
    """Writes a file, or makes a folder, so many seconds ago."""

    def put(name, seconds=0.0, folder=False):
        place = home / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if folder:
            place.mkdir()
        else:
            place.write_bytes(b"content")
        os.utime(place, (time.time() - seconds,) * 2)
        return place

    return put


def test_what_was_being_written_goes_after_an_hour(store, put):
    old = [put("run-1/checkpoint.part", HOUR), put("data/folder-1.77.part", HOUR)]
    old.append(put("compiled/tmpabc", HOUR, folder=True))
    fresh = [put("run-2/checkpoint.part"), put("compiled/tmpdef", folder=True)]
    assert leftovers.clear(store) == 3
    assert not any(place.exists() for place in old)
    assert all(place.exists() for place in fresh)


def test_what_can_be_made_again_goes_after_a_month_without_use(store, put):
    old = [put("data/folder-abc.pt", MONTH), put("compiled/fused-abc.so", MONTH)]
    kept = [put("data/cifar10-abc.pt", MONTH), put("data/folder-def.pt", HOUR)]
    assert leftovers.clear(store) == 2
    assert not any(place.exists() for place in old)
    assert all(place.exists() for place in kept)


def test_no_checkpoint_goes_however_old(store, submit, put):
    run = store.comparison(submit()).runs[0].id
    names = ("checkpoint.pt", "checkpoint-before.pt", "checkpoint.damaged-1.pt")
    kept = [put(f"run-{run}/{name}", MONTH) for name in names]
    assert leftovers.clear(store) == 0
    assert all(place.exists() for place in kept)


def test_folders_of_runs_that_are_gone_go_and_those_of_another_store_stay(store, submit, put):
    gone, there = submit(), submit()
    with store.write() as connection:  # the comparison is two hours old
        connection.exec_driver_sql("update comparisons set created = created - 7200")
    first = store.comparison(gone).runs[0].id
    Curation(store).delete(gone)
    Curation(store).purge(older_than=0)
    orphan = put(f"run-{first}", HOUR, folder=True)
    of_before = put(f"run-{first + 1}", MONTH, folder=True)
    later = put("run-900", HOUR, folder=True)
    own = run_folder(store.comparison(there).runs[0].id)
    own.mkdir()
    os.utime(own, (time.time() - HOUR,) * 2)
    assert leftovers.clear(store) == 1
    assert not orphan.exists()
    assert all(place.exists() for place in (of_before, later, own))


def test_a_long_log_begins_anew_while_others_write_to_it(home, monkeypatch):
    monkeypatch.setattr(leftovers, "MAX_LOG", 10)
    home.mkdir()
    log = home / "worker.log"
    with log.open("ab", buffering=0) as writer:
        for word in (b"first line\n", b"second line\n", b"third line\n"):
            writer.write(word)
            leftovers.rotate(log)
            leftovers.rotate(log)
        writer.write(b"last")
    contents = [file.read_bytes() for file in sorted(home.glob("worker.log*"))]
    assert contents == [b"last", b"third line\n", b"second line\n"]


def test_what_cannot_be_deleted_is_said_and_the_rest_goes(store, put, monkeypatch, capfd):
    stays, goes = put("a.part", HOUR), put("b.part", HOUR)
    unlink = type(stays).unlink

    def refuse(self, *arguments, **more):
        if self == stays:
            raise PermissionError(13, "Permission denied")
        return unlink(self, *arguments, **more)

    monkeypatch.setattr(type(stays), "unlink", refuse)
    assert leftovers.clear(store) == 1
    assert f"{stays} is left over and stays: Permission denied" in capfd.readouterr().err
    assert not goes.exists()
