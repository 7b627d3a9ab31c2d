"""Folders of images as people have them: what is read, in what order; what is left out, counted."""

import os
import sys
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from resnet.images import listing, names
from resnet.images.listing import HIDDEN, LEFT, LINK, LOOSE, OTHER, FolderError, find
from tests.resnet.images.drawn import APPLE, folder, png, rgb

LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
BYTES = pytest.mark.skipif(sys.platform != "linux", reason="names are UTF-8 there")


@pytest.fixture
def root(tmp_path):
    return folder(tmp_path / "pictures")


def left_out(root):
    return dict(find(root).left_out.counts)


def labels(found):
    return [label for _, label in found.train]


def test_what_lies_there_is_found_and_nothing_is_left_out(root):
    found = find(root)
    assert found.classes == ("lying", "standing")
    assert labels(found) == 6 * [0] + 6 * [1] and len(found.test) == 6
    assert found.left_out.words == ""


def test_the_companions_of_a_mac_are_left_out_and_counted(root):
    for file in list(root.rglob("*.png")):
        file.with_name(f"._{file.name}").write_bytes(APPLE)
    for each in [each for each in root.rglob("*") if each.is_dir()]:
        (each / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
        (each / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
        (each / "desktop.ini").write_text("[.ShellClassInfo]")
    for part in ("train", "test"):
        (root / part / "__MACOSX" / "standing").mkdir(parents=True)
        (root / part / "__MACOSX" / "standing" / "._0000.png").write_bytes(APPLE)
    (root / "train" / ".ipynb_checkpoints").mkdir()
    found = find(root)
    assert (found.classes, len(found.train), len(found.test)) == (("lying", "standing"), 12, 6)
    assert found.left_out.counts == {HIDDEN: 18 + 3 * 6 + 1, LEFT: 2}
    assert found.left_out.words == (
        "39 left out: 37 hidden or companion files, 2 folders of archives or systems"
    )


@LINKS
@pytest.mark.parametrize("place", ["train", "train/lying", "train/lying/more"])
def test_a_link_that_leads_to_itself_or_nowhere_is_left_out(root, place):
    (root / place).mkdir(exist_ok=True)
    (root / place / "again").symlink_to("again")
    (root / place / "gone.png").symlink_to("nowhere.png")
    assert left_out(root) == {LINK: 2}


@LINKS
@pytest.mark.parametrize("target", [".", "..", "../.."])
def test_a_link_back_to_a_folder_above_is_left_out(root, target):
    (root / "train" / "lying" / "back").symlink_to(target)
    found = find(root)
    assert len(found.train) == 12
    assert found.left_out.counts == {LINK: 1}


@LINKS
def test_links_to_the_same_folder_do_not_multiply(root):
    deep = root / "train" / "lying"
    for level in range(30):
        (deep / f"d{level}").mkdir()
        png("lying", level, deep / f"d{level}" / "one")
        if level:
            for name in ("x", "y"):
                (deep / f"d{level - 1}" / name).symlink_to(deep / f"d{level}")
    assert len(find(root).train) == 12 + 30


@LINKS
def test_a_class_folder_may_be_a_link(root):
    (root / "train" / "standing").rename(root.parent / "elsewhere")
    (root / "train" / "standing").symlink_to(root.parent / "elsewhere")
    assert len(find(root).train) == 12


def test_images_of_other_kinds_and_in_folders_below_are_read(root):
    there = root / "train" / "lying"
    (there / "2nd camera" / "roll 1").mkdir(parents=True)
    rgb("lying", 1).save(there / "a.ppm")
    rgb("lying", 2).convert("L").save(there / "b.pgm")
    rgb("lying", 3).save(there / "c.jfif", "JPEG")
    rgb("lying", 4).save(there / "without an ending", "PNG")
    rgb("lying", 5).save(there / "d.txt", "GIF")
    rgb("lying", 6).save(there / "2nd camera" / "roll 1" / "0000.PNG")
    assert len(find(root).train) == 12 + 6


def test_what_is_no_image_is_left_out_and_its_kinds_are_named(root):
    there = root / "train" / "lying"
    for name in ("a.txt", "b.txt", "c.heic", "d.svg", "e.pdf", "f.eps", "README"):
        (there / name).write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n")
    (root / "train" / "labels.csv").write_text("a,b")
    found = find(root)
    assert found.left_out.counts == {OTHER: 7, LOOSE: 1}
    assert found.left_out.words.startswith(
        "8 left out: 1 outside of the class folders, 7 no images of a kind that is read (.txt, "
    )
    assert found.left_out.words.endswith(", …)")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
@pytest.mark.timeout(20)
def test_a_pipe_is_not_waited_for(root):
    os.mkfifo(root / "train" / "lying" / "pipe.png")
    assert left_out(root) == {OTHER: 1}


@BYTES
@pytest.mark.parametrize("place", ["file", "class"])
def test_a_name_in_latin_1_is_a_name(root, place):
    if place == "class":
        for part in ("train", "test"):
            (root / part / "lying").rename(root / part / "K\udce4fer")
    else:
        file = root / "train" / "lying" / "0003.png"
        file.rename(file.with_name("K\udce4fer 3.png"))
    found = find(root)
    assert len(found.train) == 12
    assert found.classes == (("Käfer", "standing") if place == "class" else ("lying", "standing"))
    for name in found.classes:
        assert name.encode()


@BYTES
def test_a_class_is_one_in_every_normal_form_and_encoding(tmp_path):
    composed, apart = (unicodedata.normalize(form, "Käfer") for form in ("NFC", "NFD"))
    root = folder(tmp_path / "pictures", names=(composed, "Z"))
    (root / "test" / composed).rename(root / "test" / apart)
    assert find(root).classes == (composed, "Z")
    (root / "train" / apart).mkdir()
    png("standing", 7, root / "train" / apart / "7")
    found = find(root)
    assert (found.classes, len(found.train)) == ((composed, "Z"), 13)
    (root / "test" / apart).rename(root / "test" / "K\udce4fer")
    assert find(root).classes == (composed, "Z")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"10", "9", "1"}, ["1", "9", "10"]),
        ({str(n) for n in range(12)}, [str(n) for n in range(12)]),
        ({"cat", "dog", "10", "9"}, ["9", "10", "cat", "dog"]),
        ({"class_10", "class_9"}, ["class_10", "class_9"]),
        (
            {"n02085620-Chihuahua", "<5mm", "a|b *new*"},
            ["<5mm", "a|b *new*", "n02085620-Chihuahua"],
        ),
    ],
)
def test_classes_that_are_numbers_come_in_the_order_of_numbers(given, expected):
    assert names.in_order(given) == expected


def test_a_name_that_no_terminal_takes_is_shown_as_text():
    assert names.text("a\x1b[31m\nb") == "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}b"
    assert names.shown("x/a\udce4") == str(Path("x", "aä"))


def test_files_come_in_the_order_of_their_names_whatever_the_system(root):
    found = [file.name for file, _ in find(root).train[:6]]
    assert found == sorted(found)


def test_all_classes_without_images_are_counted_with_what_was_left_out(root):
    for name in ("empty", "more"):
        (root / "train" / name).mkdir()
    (root / "train" / "empty" / "a.heic").write_bytes(b"\0\0\0 ftypheic")
    with pytest.raises(FolderError) as told:
        find(root)
    assert "empty holds no images; put some there (.png, .jpg, .tif and others)" in str(told.value)
    assert "nor do 1 other class folders" in str(told.value) and "(.heic)" in str(told.value)


def test_the_layout_alone_tells_the_classes(root):
    (root / "train" / "__MACOSX").mkdir()
    (root / "train" / "10").mkdir()
    assert listing.class_names(root) == ("10", "lying", "standing")
    assert listing.class_names(root / "gone") == ()


def test_no_file_is_opened_for_its_name_alone(root, monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *a, **k: pytest.fail("opened"))
    assert len(find(root).train) == 12
