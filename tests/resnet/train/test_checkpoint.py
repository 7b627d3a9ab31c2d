"""Checkpoints: whole or not there, read without running code, refused where they do not fit."""

import copy
import errno
import os
import random
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, checkpoint
from resnet.train.checkpoint import CheckpointError
from resnet.train.digest import digest

NET, RECIPE = NetSpec.parse("resnet8-B"), Recipe(iterations=400, seed=3)
STATE = {"net": {"weight": torch.arange(6.0).reshape(2, 3)}, "iteration": 7, "warm": True}


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "runs" / "net.pt"
    checkpoint.save(file, NET, RECIPE, STATE)
    return file


def refused(sentence, call, *arguments):
    with pytest.raises(CheckpointError, match=re.escape(sentence)):
        call(*arguments)


def test_what_was_saved_is_loaded(file):
    spec, recipe, state = checkpoint.load(file)
    assert (spec, recipe) == (NET, RECIPE)
    assert (state["iteration"], state["warm"]) == (7, True)
    assert torch.equal(state["net"]["weight"], STATE["net"]["weight"])


def test_nothing_but_the_checkpoint_is_left_in_its_folder(file):
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), RuntimeError("write failed")]
)
def test_a_full_disk_leaves_the_checkpoint_before_whole(file, monkeypatch, error):
    def half_written(content, stream):
        stream.write(b"half")
        raise error

    with monkeypatch.context() as full:
        full.setattr(torch, "save", half_written)
        refused("free some space on the disk", checkpoint.save, file, NET, RECIPE, STATE)
    assert list(file.parent.iterdir()) == [file]
    assert checkpoint.load(file)[2]["iteration"] == 7


def test_a_crash_before_the_end_leaves_the_checkpoint_before_whole(file, monkeypatch):
    def power_cut(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(Path, "replace", power_cut)
        with pytest.raises(KeyboardInterrupt):
            checkpoint.save(file, NET, RECIPE, {**STATE, "iteration": 8})
    assert checkpoint.load(file)[2]["iteration"] == 7
    checkpoint.save(file, NET, RECIPE, {**STATE, "iteration": 9})
    assert checkpoint.load(file)[2]["iteration"] == 9
    assert list(file.parent.iterdir()) == [file]


def test_a_missing_file_is_one_sentence(tmp_path):
    refused("there is no checkpoint gone.pt; check the path", checkpoint.load, tmp_path / "gone.pt")


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.99])
def test_a_truncated_file_is_one_sentence(file, keep):
    content = file.read_bytes()
    file.write_bytes(content[: keep if isinstance(keep, int) else int(keep * len(content))])
    refused("net.pt is not a checkpoint of this program, or it is damaged", checkpoint.load, file)


def test_no_flipped_bit_changes_what_is_loaded(file, tmp_path):
    whole, chance = file.read_bytes(), random.Random(14)
    flipped = tmp_path / "flipped.pt"
    noticed = 0
    for _ in range(300):
        place, bit = chance.randrange(len(whole)), chance.randrange(8)
        flipped.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
        try:
            spec, recipe, state = checkpoint.load(flipped)
        except checkpoint.Damaged:
            noticed += 1
            continue
        assert (spec, recipe) == (NET, RECIPE)  # the bit was one of the archive's padding
        assert digest(state) == digest(STATE)
    assert noticed > 20


def test_a_checkpoint_of_a_program_without_digests_is_loaded(file):
    content = torch.load(file, weights_only=True)
    del content["digest"]
    torch.save(content, file)
    assert checkpoint.load(file)[2]["iteration"] == 7


def test_the_one_before_is_kept_where_it_is_wanted(file):
    before = file.with_name("before.pt")
    for iteration in (8, 9):
        checkpoint.save(file, NET, RECIPE, {**STATE, "iteration": iteration}, before)
    assert [checkpoint.load(each)[2]["iteration"] for each in (file, before)] == [9, 8]
    assert sorted(file.parent.iterdir()) == [before, file]


def test_the_one_before_is_kept_without_links_too(file, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    before = file.with_name("before.pt")
    monkeypatch.setattr(os, "link", no_links)
    checkpoint.save(file, NET, RECIPE, {**STATE, "iteration": 8}, before)
    assert [checkpoint.load(each)[2]["iteration"] for each in (file, before)] == [8, 7]


def test_a_disk_that_fails_is_not_a_damaged_file(file, monkeypatch):
    def fails(*_, **__):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(torch, "load", fails)
    with pytest.raises(CheckpointError, match=r"net\.pt cannot be read") as caught:
        checkpoint.load(file)
    assert not isinstance(caught.value, checkpoint.Damaged)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (torch.zeros(2), torch.zeros(3)),
        (torch.zeros(2), torch.zeros(2, dtype=torch.bfloat16)),
        (torch.zeros(2), -torch.zeros(2)),
        (torch.zeros(2, 3), torch.zeros(3, 2)),
        ([1, 2], (1, 2)),
        ({"a": 1}, {"a": 1.0}),
        ({"a": 1}, {"a": True}),
        (["a", "b"], ["ab"]),
        ("1", 1),
    ],
)
def test_digests_tell_what_differs(one, other):
    assert digest(one) != digest(other)
    assert digest({"x": one}) == digest({"x": one})


def test_a_digest_does_not_depend_on_how_memory_is_laid_out():
    images = torch.arange(24.0).reshape(1, 2, 3, 4)
    assert digest(images) == digest(images.to(memory_format=torch.channels_last))


@pytest.mark.parametrize(
    "content",
    [
        {"weights": 1},
        [1, 2],
        "text",
        {"version": 1, "spec": '{"depth": 21}', "recipe": "{}", "state": {}},
        {"version": 1, "spec": "{}", "recipe": "not JSON", "state": {}},
        {"version": 1, "spec": "{}", "recipe": "{}"},
    ],
)
def test_a_file_of_something_else_is_one_sentence(file, content):
    torch.save(content, file)
    refused("net.pt is not a checkpoint of this program, or it is damaged", checkpoint.load, file)


def test_a_checkpoint_of_another_version_says_which(file):
    torch.save({"version": 99}, file)
    sentence = "net.pt is a checkpoint of version 99; this program reads version 1"
    refused(sentence, checkpoint.load, file)


class Mischief:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_code_in_a_checkpoint_does_not_run(file, tmp_path):
    content = torch.load(file, weights_only=True)
    torch.save({**content, "state": Mischief(tmp_path / "run")}, file)
    refused("net.pt is not a checkpoint of this program", checkpoint.load, file)
    assert not (tmp_path / "run").exists()
    torch.load(file, weights_only=False)
    assert (tmp_path / "run").exists()  # so the file was armed


def test_another_nets_checkpoint_is_refused(file):
    sentence = "net.pt holds ResNet-8 B, not plain-8; resume the run it belongs to"
    refused(sentence, checkpoint.load_for, file, NetSpec.parse("plain8"), RECIPE)


def test_another_recipes_checkpoint_is_refused(file):
    sentence = "net.pt was trained with another recipe than this run's; resume the run it belongs"
    refused(sentence, checkpoint.load_for, file, NET, replace(RECIPE, seed=4))


def test_the_right_checkpoint_gives_its_state(file):
    assert checkpoint.load_for(file, NET, RECIPE)["iteration"] == 7


def test_an_archive_that_unpacks_to_more_than_it_is_is_not_unpacked(file, monkeypatch):
    """A megabyte of zeros' deflation would be a gigabyte of a tensor."""
    large = file.with_name("large.pt")
    with zipfile.ZipFile(file) as given, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as kept:
        for each in given.infolist():
            kept.writestr(each.filename, given.read(each))
    monkeypatch.setattr("torch.load", lambda *_, **__: pytest.fail("it was unpacked"))
    for content in (large.read_bytes(), b"", b"\x80\x02" + b"(" * 99, b"PK" * 50):
        large.write_bytes(content)
        refused("large.pt is not a checkpoint of this program", checkpoint.load, large)


@pytest.mark.parametrize(
    "changes",
    [
        {"iteration": -1},
        {"iteration": "7"},
        {"seconds": float("nan")},
        {"changes": [[1]]},
        {"set": {"classes": 3}},
        {"warm": None},
    ],
    ids=str,
)
def test_a_state_that_cannot_be_is_refused_where_it_is_read(file, changes):
    checkpoint.save(file, NET, RECIPE, {**STATE, **changes})
    refused("net.pt is not a checkpoint of this program, or it is damaged", checkpoint.load, file)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("sums"), "it has no sums"),
        (lambda state: state.update(net={}), "its weights are not those of the net"),
        (lambda state: state.update(sums=torch.zeros(3)), "its sums are of other shapes"),
        (lambda state: state.update(optimizer={}), "its optimizer is none"),
        (
            lambda state: state["optimizer"]["param_groups"][0].update(momentum=5.0),
            "its optimizer has other settings than its recipe",
        ),
        (
            lambda state: state["optimizer"]["state"].update({0: {"momentum_buffer": 3}}),
            "its momenta are of other shapes",
        ),
    ],
)
def test_a_state_of_another_training_is_refused_before_anything_changes(images, change, words):
    recipe = Recipe(images=60, batch=10, iterations=4, log_every=1, test_every=1, test_images=10)
    trainer = Trainer(NetSpec.parse("plain8"), recipe, images, "cpu")
    trainer.step()
    state = copy.deepcopy(trainer.state())
    change(state)
    before = {name: each.clone() for name, each in trainer.net.state_dict().items()}
    refused(words, trainer.load_state, state)
    after = trainer.net.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    trainer.load_state(copy.deepcopy(trainer.state()))
