"""Folders as people really have them: from the files to what is trained on, and what is said."""

import os
import re

import numpy as np
import pytest
import torch
from PIL import Image

from resnet.data import DataError, load
from resnet.data.batches import Batches
from resnet.spec import Recipe
from tests.resnet.images.drawn import APPLE, figure, folder, png, rgb

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    monkeypatch.delenv("RESNET_DATA", raising=False)
    monkeypatch.delenv("RESNET_DATA_NAME", raising=False)


def test_sixteen_bits_of_a_microscope_are_trained_in_their_upper_eight(tmp_path):
    def deep(kind, number, path):
        Image.fromarray((figure(kind, number) * 60_000 + 2000).astype("u2")).save(f"{path}.png")

    images = load("folder", folder(tmp_path / "x", deep))
    expected = (figure("lying", 0) * 60_000 + 2000).astype("u2") >> 8
    assert np.array_equal(images.train_images[0, 0], expected)
    assert images.note == "of 18 images 18 of 16 bits cut to their upper 8"


def test_floats_are_scaled_and_the_note_says_so(tmp_path):
    def floats(kind, number, path):
        Image.fromarray(figure(kind, number).astype("f4")).save(f"{path}.tif")

    images = load("folder", folder(tmp_path / "x", floats))
    assert (images.train_images.amin((1, 2, 3)) == 0).all()
    assert (images.train_images.amax((1, 2, 3)) == 255).all()
    assert images.note == "of 18 images 18 of floats or 32 bits scaled by their own range"


def test_photos_of_a_phone_are_trained_upright(tmp_path):
    def held(kind, number, path):
        image, exif = rgb(kind, number), Image.Exif()
        if number % 2:
            image = image.rotate(90, expand=True)
            exif[0x0112] = 6
        image.save(f"{path}.jpg", quality=95, exif=exif)

    images = load("folder", folder(tmp_path / "x", held))
    for place in range(6):  # of "lying"
        wanted = np.asarray(rgb("lying", place)).transpose(2, 0, 1).astype(int)
        assert np.abs(images.train_images[place].numpy().astype(int) - wanted).mean() < 4
    assert images.note == "of 18 images 8 turned upright"


def test_what_a_mac_leaves_behind_is_no_class_and_no_image(tmp_path):
    root = folder(tmp_path / "x")
    for file in list(root.rglob("*.png")):
        file.with_name(f"._{file.name}").write_bytes(APPLE)
    (root / "train" / "__MACOSX").mkdir()
    images = load("folder", root)
    assert images.classes == ("lying", "standing")
    assert images.said == (
        "18 images read, 19 left out: 18 hidden or companion files, 1 folders of archives or "
        "systems"
    )
    assert images.described_for(Recipe()) == f"folder ({images.said})"


def test_odd_files_that_every_viewer_shows_are_read(tmp_path):
    root = folder(tmp_path / "x")
    there, image = root / "train" / "lying", rgb("lying", 77)
    image.convert("CMYK").save(there / "cmyk.JPG")
    image.convert("P").save(there / "palette.PNG")
    image.convert("1").save(there / "one_bit.tif")
    image.convert("LA").save(there / "la.png")
    image.save(there / "anim.gif", save_all=True, append_images=[rgb("disc", 1)])
    image.save(there / "anim.WebP", save_all=True, append_images=[rgb("disc", 1)])
    Image.new("RGB", (1, 1), (9, 200, 9)).save(there / "one.png")
    image.resize((2000, 3)).save(there / "strip.jpeg")
    images = load("folder", root)
    assert len(images.train_labels) == 12 + 8 and images.left_out == ""
    assert images.note == "2 of 26 images were not 32x32 and were resized"


def broken(tmp_path, count):
    root = folder(tmp_path / "x", train=30)
    contents = (b"", b"<html><body>404", None, b"%!PS-Adobe-3.0 EPSF-3.0\n")
    for place, file in enumerate(sorted((root / "train").rglob("*.png"))[:count]):
        content = contents[place % 4]
        file.write_bytes(file.read_bytes()[:400] if content is None else content)
    return root


def test_all_broken_files_are_named_at_once(tmp_path):
    with pytest.raises(DataError) as told:
        load("folder", broken(tmp_path, 12))
    said = str(told.value)
    assert said.startswith(
        "12 of 66 images in x cannot be read; remove or replace them, then start again: "
        f"train{os.sep}lying{os.sep}0000.png (empty), train{os.sep}lying{os.sep}0001.png (no images"
    )
    named = len(re.findall(r"\d{4}\.png", said))
    assert len(said) <= 500  # that a run keeps
    assert said.endswith(f" and {12 - named} more") if named < 12 else "more" not in said
    assert named >= 8


def test_a_sentence_about_very_many_broken_files_has_an_end(tmp_path):
    with pytest.raises(DataError, match=r"^50 of 66 images in x cannot.* and \d+ more$") as told:
        load("folder", broken(tmp_path, 50))
    assert len(str(told.value)) <= 500


def test_two_sets_with_equal_names_sizes_and_times_are_two(tmp_path):
    """A set with its labels mended, from archives with one fixed time."""

    def bmp(kind, number, path):
        rgb(kind, number).save(f"{path}.bmp")

    both = []
    for name, classes in (("a", ("standing", "lying")), ("b", ("lying", "standing"))):
        root = folder(tmp_path / name / "data", bmp, classes, names=("bar", "rod"))
        for file in root.rglob("*.bmp"):
            os.utime(file, ns=(1, 1))
        both.append(load("folder", root))
    one, other = both
    assert one.fingerprint != other.fingerprint
    assert torch.equal(one.train_images[:6], other.train_images[6:])
    assert torch.equal(one.train_labels, other.train_labels)


def test_labels_that_are_corrected_in_place_are_another_set(tmp_path):
    root = folder(tmp_path / "x")
    before = load("folder", root)
    (root / "train" / "lying").rename(root / "train" / "aside")
    (root / "train" / "standing").rename(root / "train" / "lying")
    (root / "train" / "aside").rename(root / "train" / "standing")
    after = load("folder", root)
    assert before.fingerprint != after.fingerprint
    assert torch.equal(before.train_images[:6], after.train_images[6:])


def test_a_class_that_gets_another_name_is_another_set_and_a_moved_folder_is_not(tmp_path):
    root = folder(tmp_path / "x")
    before = load("folder", root).fingerprint
    moved = root.rename(tmp_path / "y")
    assert load("folder", moved).fingerprint == before
    for part in ("train", "test"):
        (moved / part / "lying").rename(moved / part / "flat")
    renamed = load("folder", moved)
    assert renamed.fingerprint != before and renamed.classes == ("flat", "standing")


NAMES = ("n02085620-Chihuahua", "class_1", "$5 & $10", "C++ (old) [x]", "~no~", "10", "9")


@pytest.mark.skipif(os.name == "nt", reason="no folder is called so there")
def test_class_names_are_as_people_gave_them_and_numbers_in_their_order(tmp_path):
    names = (*NAMES, "<5mm", "a|b *new*", ":smile:")
    kinds = tuple(("standing", "lying", "disc")[place % 3] for place in range(len(names)))
    images = load("folder", folder(tmp_path / "x", classes=kinds, names=names, train=2, test=1))
    assert set(images.classes) == set(names) and images.classes[:2] == ("9", "10")


def test_how_many_images_each_class_has_is_known(tmp_path):
    root = folder(tmp_path / "x", train=2)
    for number in range(95):
        png("standing", number, root / "train" / "standing" / f"more{number}")
    images = load("folder", root)
    assert images.class_counts == ((2, 97), (3, 3))


@pytest.mark.parametrize("split", ["50k/10k", "45k/5k"])
@pytest.mark.parametrize("asked", [None, 5000])
def test_nine_images_are_split_drawn_and_trained_on(tmp_path, split, asked):
    root = folder(tmp_path / "x", train=4)
    png("lying", 99, root / "train" / "lying" / "ninth")
    images = load("folder", root)
    recipe = Recipe(data="folder", split=split, images=asked, test_images=500)
    batches = Batches(images, recipe, CPU)
    held = split == "45k/5k"
    assert (len(batches.train), len(batches.test)) == ((8, 1) if held else (9, 6))
    seen, labels = batches.batch(3)
    assert seen.shape == (128, 3, 32, 32)
    assert torch.bincount(labels, minlength=2).sum() == 128
    count = 8 if held else 9
    words = f"folder (all {count} training images, for there are no 5,000)" if asked else "folder"
    assert images.described_for(recipe) == words
