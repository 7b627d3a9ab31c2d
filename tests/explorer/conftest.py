"""A tiny folder of images, and comparisons small enough to train inside a test."""

from dataclasses import replace

import pytest
from PIL import Image

from explorer.server import once
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec

SMALL = replace(
    DEGRADATION.recipe,
    data="folder",
    images=60,
    batch=10,
    iterations=40,
    test_every=20,
    test_images=10,
    final_images=20,
)


@pytest.fixture(autouse=True)
def made_anew():
    """What a server keeps for its whole life is of one test's home alone."""
    yield
    once.forget()


@pytest.fixture
def small():
    """A recipe of 40 iterations on 60 small images."""
    return SMALL


@pytest.fixture
def nets():
    return NetSpec.parse("plain8"), NetSpec.parse("resnet8-A")


@pytest.fixture
def image_folder(tmp_path, monkeypatch):
    """RESNET_DATA: ten classes of eight training and two test images, told apart by colour."""
    root = tmp_path / "images"
    for part, count in (("train", 8), ("test", 2)):
        for label in range(10):
            folder = root / part / f"class{label}"
            folder.mkdir(parents=True)
            for number in range(count):
                colour = (25 * label, 255 - 25 * label, 20 * number)
                Image.new("RGB", (32, 32), colour).save(folder / f"{number}.png")
    monkeypatch.setenv("RESNET_DATA", str(root))
    monkeypatch.setenv("RESNET_DATA_NAME", "tiny images")
    return root


@pytest.fixture
def store(home):
    from explorer.store.comparisons import RunStore

    return RunStore()


@pytest.fixture
def training(store):
    """What the worker and its lanes write into `store`."""
    from explorer.store.training import TrainingStore

    return TrainingStore(store)


@pytest.fixture
def submit(store, small, nets):
    """Queues the small comparison, with changes to its recipe; returns its id."""

    def submit(**changes):
        return store.submit("small", [(net, replace(small, **changes)) for net in nets])

    return submit
