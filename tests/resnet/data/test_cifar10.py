"""CIFAR-10 through torchvision, whose class is replaced by one that holds a few numbers."""

import sys
from urllib.error import URLError

import numpy as np
import pytest
import torch
import torchvision.datasets

from resnet.data import DataError, load
from resnet.settings import has_cifar10


class Stub:
    """What `resnet.data` uses of torchvision's CIFAR10."""

    filename = "cifar-10-python.tar.gz"
    fails: Exception | None = None
    asked: list = []  # noqa: RUF012

    def __init__(self, root, train, download):
        Stub.asked.append((train, download))
        if Stub.fails:
            raise Stub.fails
        count, first = (6, 0) if train else (4, 100)
        self.data = np.arange(count * 32 * 32 * 3).reshape(count, 32, 32, 3).astype(np.uint8)
        self.data[:, 0, 0] = first
        self.targets = [n % 2 for n in range(count)]
        self.classes = ["airplane", "automobile"]


@pytest.fixture(autouse=True)
def stub(monkeypatch):
    monkeypatch.setattr(torchvision.datasets, "CIFAR10", Stub)
    monkeypatch.setattr(Stub, "fails", None)
    monkeypatch.setattr(Stub, "asked", [])


def test_rows_columns_and_colours_become_colours_rows_and_columns():
    images = load("cifar10")
    original = Stub(None, train=True, download=False).data
    assert images.train_images.shape == (6, 3, 32, 32)
    assert images.train_images.dtype == torch.uint8
    assert np.array_equal(images.train_images.permute(0, 2, 3, 1), original)
    assert images.test_images[:, :, 0, 0].unique().tolist() == [100]


def test_labels_and_classes_are_kept():
    images = load("cifar10")
    assert images.train_labels.tolist() == [0, 1, 0, 1, 0, 1]
    assert images.test_labels.tolist() == [0, 1, 0, 1]
    assert images.train_labels.dtype == torch.int64
    assert images.classes == ("airplane", "automobile")
    assert (images.name, images.label, images.note) == ("cifar10", "CIFAR-10", "")


def test_torchvision_is_asked_once_and_the_decoded_images_are_kept():
    assert not has_cifar10()
    load("cifar10")
    assert has_cifar10()
    load("cifar10")
    assert Stub.asked == [(True, True), (False, True)]


@pytest.mark.parametrize(
    "error, cause",
    [
        (URLError("Name or service not known"), "Name or service not known"),
        (URLError(OSError(101, "Network is unreachable")), "Network is unreachable"),
        (TimeoutError(), "TimeoutError"),
        (ConnectionResetError("reset by peer"), "reset by peer"),
        (RuntimeError("Dataset not found or corrupted."), "Dataset not found or corrupted."),
    ],
)
def test_without_a_network_the_generated_set_is_offered(monkeypatch, error, cause):
    monkeypatch.setattr(Stub, "fails", error)
    with pytest.raises(DataError) as refusal:
        load("cifar10")
    assert str(refusal.value) == (
        f"CIFAR-10 could not be downloaded ({cause}); check the network and try again, or start "
        "with the generated set, which needs no download"
    )
    assert not has_cifar10()


def test_a_torchvision_that_does_not_fit_torch_is_told_with_what_would_work(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision.datasets", None)
    with pytest.raises(
        DataError, match=r"torchvision, which cannot be loaded here \(.+\); install"
    ):
        load("cifar10")
