"""A damaged checkpoint is set aside, the one before it used; a power cut leaves no gap in rows."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import torch

from explorer.lane import in_process, training
from explorer.lane.restoring import restored
from explorer.store import states
from explorer.store.comparisons import checkpoint_before, checkpoint_file, run_folder
from explorer.store.requests import ControlRequests
from explorer.store.training import TrainingStore
from resnet.train import checkpoint

pytestmark = pytest.mark.usefixtures("image_folder")


def flip(file):
    content = bytearray(file.read_bytes())
    place = content.index(b"PK\x01\x02") // 2  # among the numbers
    content[place] ^= 16
    file.write_bytes(content)
    with pytest.raises(checkpoint.Damaged):
        checkpoint.load(file)


def curves(store, comparison):
    return [(row.iteration, row.loss, row.test_error) for row in store.since(comparison)]


@pytest.fixture
def stopped(store, submit, nets, small, monkeypatch):
    """A run interrupted at 30 of 40 iterations, with the checkpoint of 20 beside; told sentences.

    Returns the comparison, its run, and what people are told from now on.
    """
    identity = store.submit("one", [(nets[1], small)])
    run = store.comparison(identity).runs[0]
    carry_on = training.LaneTraining._advance

    def advance(self, active):
        carry_on(self, active)
        if active.trainer.iteration == 20:
            self._save(active)
        if active.trainer.iteration == 30:
            self._save(active)
            self.leave(states.INTERRUPTED, "the machine went off")

    with monkeypatch.context() as off:
        off.setattr(training.LaneTraining, "_advance", advance)
        in_process.run_next(store)
    told, tell = [], TrainingStore.tell

    def listen(self, comparison, message, *numbers):
        told.append(message)
        tell(self, comparison, message, *numbers)

    monkeypatch.setattr(TrainingStore, "tell", listen)
    assert checkpoint.load(checkpoint_file(run.id))[2]["iteration"] == 30
    assert checkpoint.load(checkpoint_before(run.id))[2]["iteration"] == 20
    return identity, run, told


def resumed(store, comparison):
    ControlRequests(store).resume(comparison)
    in_process.run_next(store)
    assert [run.state for run in store.comparison(comparison).runs] == [states.FINISHED]


def test_the_one_before_is_used_and_the_curve_is_the_undisturbed_one(
    store, small, nets, stopped, caplog
):
    identity, run, told = stopped
    undisturbed = store.submit("one", [(nets[1], small)])
    in_process.run_next(store)
    flip(checkpoint_file(run.id))
    damaged = checkpoint_file(run.id).read_bytes()
    resumed(store, identity)
    sentence = (
        "the last checkpoint of ResNet-8 A was damaged and set aside as checkpoint.damaged-1.pt in "
        f"run-{run.id}: it goes on from iteration 20"
    )
    assert sentence in told
    assert sentence in caplog.messages
    assert (run_folder(run.id) / "checkpoint.damaged-1.pt").read_bytes() == damaged
    assert curves(store, identity) == curves(store, undisturbed)


def test_where_both_are_damaged_it_begins_anew(store, stopped):
    identity, run, told = stopped
    before = curves(store, identity)
    for file in (checkpoint_file(run.id), checkpoint_before(run.id)):
        flip(file)
    resumed(store, identity)
    assert any("were damaged and set aside" in each and "begins anew" in each for each in told)
    assert len(list(run_folder(run.id).glob("*.damaged-1.pt"))) == 2
    assert curves(store, identity)[: len(before)] == before


def test_the_one_before_alone_is_enough(store, stopped):
    identity, run, told = stopped
    checkpoint_file(run.id).unlink()  # as a file system without links leaves it at the worst moment
    resumed(store, identity)
    assert not any("damaged" in each for each in told)


def test_a_disk_that_fails_sets_nothing_aside(store, stopped, monkeypatch):
    _, run, _ = stopped

    def fails(*_, **__):
        raise OSError(5, os.strerror(5))

    with monkeypatch.context() as broken:
        broken.setattr(torch, "load", fails)
        with pytest.raises(checkpoint.CheckpointError, match=r"checkpoint\.pt cannot be read"):
            restored(run)
    assert checkpoint_file(run.id).exists()
    assert not list(run_folder(run.id).glob("*damaged*"))


def test_the_disk_has_the_rows_before_the_checkpoint_that_follows_them(
    store, small, nets, home, tmp_path, monkeypatch
):
    """After a power cut at the worst moment: what was synced, and nothing else."""
    identity = store.submit("one", [(nets[1], small)])
    durable = tmp_path / "durable"
    syncing, seen = os.fsync, []

    def sync(handle):
        syncing(handle)
        file = Path(f"/proc/self/fd/{handle}").readlink()
        if file.name == "runs.db-wal":
            shutil.rmtree(durable, ignore_errors=True)
            durable.mkdir()
            for name in ("runs.db", "runs.db-wal"):
                shutil.copy(home / name, durable / name)
        elif file.name == "checkpoint.part":
            saved = checkpoint.load(file)[2]["iteration"]
            with closing(sqlite3.connect(durable / "runs.db")) as kept:
                last = kept.execute("select max(iteration) from rows").fetchone()[0]
            seen.append((saved, last))

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not say which file a handle stands for")
    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(training, "SAVE_EVERY", 0.0)
    monkeypatch.setattr(training, "FLUSH_EVERY", 1e9)
    in_process.run_next(store)
    assert store.comparison(identity).runs[0].state == states.FINISHED
    assert len(seen) > 20
    assert all((last or 0) >= saved - saved % 10 for saved, last in seen)
