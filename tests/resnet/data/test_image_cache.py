"""Decoded images are kept in one file: read back when whole, made anew when damaged."""

import errno
import os

import pytest
import torch

from resnet.data import DataError, image_set, load

TENSORS = ("train_images", "train_labels", "test_images", "test_labels")


@pytest.fixture
def made(images, monkeypatch):
    """Counts how often the "generated" set is made; here it is the tiny one."""
    times = []

    def make(report):
        times.append(1)
        return images

    monkeypatch.setattr(image_set, "_generate", make)
    return times


def only_cache(home):
    (file,) = (home / "data").glob("*.pt")
    return file


def test_a_second_load_does_not_decode_again(made, images):
    load("generated")
    again = load("generated")
    assert len(made) == 1
    assert all(torch.equal(getattr(again, name), getattr(images, name)) for name in TENSORS)
    assert (again.name, again.label, again.classes) == (images.name, images.label, images.classes)


@pytest.mark.parametrize("keep", [0, 1, 1000, 100_000])
def test_a_truncated_cache_is_made_anew(made, home, keep):
    load("generated")
    file = only_cache(home)
    file.write_bytes(file.read_bytes()[:keep])
    load("generated")
    assert len(made) == 2
    load("generated")
    assert len(made) == 2


def test_a_cache_with_one_changed_byte_is_made_anew(made, home, images):
    load("generated")
    file = only_cache(home)
    content = bytearray(file.read_bytes())
    content[content.index(images.train_images[40].numpy().tobytes())] ^= 1
    file.write_bytes(content)
    again = load("generated")
    assert len(made) == 2
    assert torch.equal(again.train_images, images.train_images)


def test_a_cache_of_something_else_is_made_anew(made, home):
    load("generated")
    torch.save({"set": {"name": "other"}, "check": 0}, only_cache(home))
    load("generated")
    assert len(made) == 2


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), RuntimeError("write failed")]
)
def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(made, home, monkeypatch, error):
    def half_written(content, file):
        file.write_bytes(b"half")
        raise error

    with monkeypatch.context() as full:
        full.setattr(torch, "save", half_written)
        with pytest.raises(DataError, match=r"could not be kept in data/ .* free some space on"):
            load("generated")
    assert not [file for file in (home / "data").iterdir() if file.suffix != ".lock"]
    load("generated")
    assert only_cache(home).exists()


def test_an_unknown_set_is_refused():
    with pytest.raises(DataError, match="data set 'mnist' is not known; choose cifar10, folder or"):
        load("mnist")
