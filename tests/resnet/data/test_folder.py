"""A folder of images: its layout, what is done to images, and what is wrong with broken ones."""

import re
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from resnet.data import DataError, folder, load
from resnet.images.fingerprint import fingerprint


def draw(file, seed=0, size=(32, 32), mode="RGB"):
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).convert(mode).save(file)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Two classes, two training images and one test image each."""
    monkeypatch.delenv("RESNET_DATA", raising=False)
    monkeypatch.delenv("RESNET_DATA_NAME", raising=False)
    root = tmp_path / "pictures"
    for label, name in enumerate(("cat", "dog")):
        draw(root / "train" / name / "1.png", 10 * label + 1)
        draw(root / "train" / name / "2.png", 10 * label + 2)
        draw(root / "test" / name / "3.png", 10 * label + 3)
    return root


def refused(root, sentence):
    with pytest.raises(DataError, match=re.escape(sentence)):
        load("folder", root)


def test_images_come_as_they_are_with_the_label_of_their_folder(root):
    images = load("folder", root)
    assert images.classes == ("cat", "dog")
    assert images.train_labels.tolist() == [0, 0, 1, 1]
    assert images.test_labels.tolist() == [0, 1]
    assert images.train_images.shape == (4, 3, 32, 32)
    assert images.train_images.dtype == torch.uint8
    assert images.note == ""
    stored = np.asarray(Image.open(root / "train/dog/2.png"))
    assert np.array_equal(images.train_images[3].permute(1, 2, 0), stored)


def test_the_environment_names_the_folder_and_its_label(root, monkeypatch):
    monkeypatch.setenv("RESNET_DATA", str(root))
    assert load("folder").label == "pictures"
    monkeypatch.setenv("RESNET_DATA_NAME", "Cats and dogs")
    assert load("folder").label == "Cats and dogs"


def test_an_image_of_another_size_is_resized_and_noted(root):
    small = np.asarray(Image.open(root / "train/cat/2.png"))
    doubled = small.clip(1, 254).repeat(2, axis=0).repeat(2, axis=1)
    doubled[:, ::2] -= 1
    doubled[:, 1::2] += 1
    Image.fromarray(doubled).save(root / "train/cat/2.png")
    draw(root / "test/dog/3.png", size=(20, 50))
    images = load("folder", root)
    assert images.note == "2 of 6 images were not 32x32 and were resized"
    means = images.train_images[1].permute(1, 2, 0)  # of 2x2 pixels
    assert np.array_equal(means, small.clip(1, 254))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "CMYK"])
def test_images_of_other_kinds_become_rgb(root, mode):
    suffix = "tif" if mode == "CMYK" else "png"
    draw(root / f"train/cat/0.{suffix}", mode=mode)
    images = load("folder", root)
    expected = Image.open(root / f"train/cat/0.{suffix}").convert("RGB")
    assert np.array_equal(images.train_images[0].permute(1, 2, 0), np.asarray(expected))


def test_files_that_are_no_images_are_passed_over(root):
    (root / "train/cat/notes.txt").write_text("not an image")
    (root / "train/readme.md").write_text("not a class")
    assert len(load("folder", root).train_labels) == 4


def test_no_folder_set_says_how_to_set_one(root):
    with pytest.raises(DataError, match="no folder of images is set; start the program with RES"):
        load("folder")


def test_a_folder_that_is_not_there_is_refused(root):
    refused(root / "elsewhere", f"there is no folder {root / 'elsewhere'}; RESNET_DATA must name")


@pytest.mark.parametrize("part", ["train", "test"])
def test_both_parts_must_be_there(root, part):
    shutil.rmtree(root / part)
    refused(root, f"folder {root} has no {part}/ in it; it must hold train/<class>/ and test/")


def test_one_class_is_not_enough(root):
    shutil.rmtree(root / "train/dog")
    refused(root, f"folder {root / 'train'} holds only the class 'cat'; telling classes apart")


def test_no_class_is_not_enough(root):
    shutil.rmtree(root / "train")
    (root / "train").mkdir()
    refused(root, f"folder {root / 'train'} holds no class folders; telling classes apart needs")


def test_a_class_without_images_is_refused(root):
    shutil.rmtree(root / "train/dog")
    (root / "train/dog").mkdir()
    refused(root, f"folder {root / 'train/dog'} holds no images; put some there (.png, .jpg")


def test_a_class_that_only_the_test_images_have_is_refused(root):
    draw(root / "test/zebra/1.png")
    refused(root, f"folder {root / 'test'} holds the class 'zebra', which train/ does not have")


def test_a_class_may_be_missing_from_the_test_images(root):
    shutil.rmtree(root / "test/cat")
    assert load("folder", root).test_labels.tolist() == [1]


def test_there_must_be_test_images(root):
    shutil.rmtree(root / "test")
    (root / "test").mkdir()
    refused(root, f"folder {root / 'test'} holds no images; errors are measured on them")


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n"])
def test_a_broken_image_is_named(root, content):
    broken = root / "train/dog/2.png"
    broken.write_bytes(content)
    refused(root, f"{broken} is not an image that can be read; remove or replace it")


@pytest.mark.parametrize("suffix", ["jpg", "png", "gif", "bmp", "webp", "tif"])
def test_a_truncated_image_is_named(root, suffix):
    broken = root / f"test/cat/9.{suffix}"
    draw(broken)
    whole = broken.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    refused(root, f"{broken} is not an image that can be read; remove or replace it")


def test_an_image_of_too_many_pixels_is_named(root, monkeypatch):
    monkeypatch.setattr(folder, "MAX_PIXELS", 2_000_000)
    huge = root / "train/cat/huge.png"
    Image.new("1", (2000, 1001)).save(huge)
    refused(root, f"{huge} has 2000x1001 pixels, more than 2 million; make it smaller")


def test_any_change_to_an_image_changes_the_fingerprint(root):
    def known():
        return fingerprint(folder.find(root))

    before = known()
    assert known() == before
    draw(root / "train/cat/1.png", seed=99)
    changed = known()
    draw(root / "test/cat/4.png")
    added = known()
    (root / "test/cat/4.png").rename(root / "test/dog/4.png")
    moved = known()
    assert len({before, changed, added, moved}) == 4


def test_progress_is_reported_to_the_last_image(root):
    told = []
    load("folder", root, progress=lambda *report: told.append(report))
    assert told == [("decoding images", 6, 6)]
