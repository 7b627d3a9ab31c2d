"""The generated set: the same images every time, all classes alike, no download."""

import numpy as np
import pytest
import torch

from resnet.data import generated, load


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(generated, "PER_CLASS", {"train": 30, "test": 5})


def images(part="train"):
    return generated.images(part, lambda done, of: None)


def test_images_are_the_same_every_time_whatever_was_drawn_before():
    first = images()
    np.random.default_rng().random(3)
    torch.rand(3)
    second = images()
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])


@pytest.mark.parametrize("part, each", [("train", 30), ("test", 5)])
def test_classes_are_balanced_and_mixed(part, each):
    pixels, labels = images(part)
    assert (pixels.shape, pixels.dtype) == ((10 * each, 3, 32, 32), torch.uint8)
    assert labels.dtype == torch.int64
    assert labels.bincount().tolist() == [each] * 10
    assert labels.tolist() != sorted(labels.tolist())


def test_no_two_images_are_the_same_and_none_is_in_both_parts():
    both = torch.cat((images("train")[0], images("test")[0]))
    assert len(both.flatten(1).unique(dim=0)) == 350


def test_the_set_is_labelled_as_what_it_is():
    loaded = load("generated")
    assert loaded.label == "generated images"
    assert loaded.classes == generated.CLASSES
    assert len(loaded.train_labels) == 300


def test_a_class_is_told_by_its_shape_not_by_its_brightness():
    pixels, labels = images()
    brightness = pixels.float().mean((1, 2, 3))
    means = torch.stack([brightness[labels == label].mean() for label in range(10)])
    assert means.std() < brightness.std() / 2


def test_there_are_12000_images_by_default(monkeypatch):
    monkeypatch.undo()
    assert {part: 10 * each for part, each in generated.PER_CLASS.items()} == {
        "train": 10_000,
        "test": 2_000,
    }


def test_progress_is_reported_to_the_last_image():
    told = []
    generated.images("train", lambda *report: told.append(report))
    assert told == [(250, 300), (300, 300)]
