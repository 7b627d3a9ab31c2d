"""A terminal shows words as they are: names that mean something to Markdown come out as given."""

import sys

import pytest
from PIL import Image

from explorer.__main__ import main
from explorer.commands import follow, labs
from explorer.lane import in_process, lab_nets
from explorer.lane import labs as lab_lane
from explorer.store.comparisons import RunStore
from explorer.store.curation import Curation

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no folder is called so there")

ODD = "A $5 & b_c *d* [x](y) `z` ~e~ <f> #1 a|b :g: {h}"
CLASS = "a_{} $ & *b* [x](y) `z`"


@pytest.fixture(autouse=True)
def odd_images(tmp_path, monkeypatch):
    """A folder of images whose name and whose classes are full of signs."""
    root = tmp_path / "images"
    for part, count in (("train", 8), ("test", 2)):
        for label in range(10):
            folder = root / part / CLASS.format(label)
            folder.mkdir(parents=True)
            for number in range(count):
                colour = (25 * label, 255 - 25 * label, 20 * number)
                Image.new("RGB", (32, 32), colour).save(folder / f"{number}.png")
    monkeypatch.setenv("RESNET_DATA", str(root))
    monkeypatch.setenv("RESNET_DATA_NAME", ODD)


@pytest.fixture
def comparison(store, small, nets):
    """One that was trained, and tagged and noted, in such words."""
    identity = store.submit(ODD, [(net, small) for net in nets])
    Curation(store).describe(identity, ODD, ["$x_1 & *y*"], ODD)
    in_process.run_next(store)
    return identity


@pytest.mark.parametrize("command", ["list", "show"])
def test_what_is_kept_is_told_as_it_was_named(comparison, capsys, command):
    assert main([command, *([comparison] if command == "show" else ["--all"])]) == 0
    said = capsys.readouterr().out
    assert "\\" not in said
    assert (ODD if command == "show" else ODD[:29]) in said
    if command == "show":
        assert said.count(ODD) >= 3  # title, note, images
        assert "$x_1 & *y*" in said


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "lab, settings",
    [
        ("responses", ["count=20"]),
        ("lesion", ["count=20"]),
        ("switched", ["count=20", 'off=["stage1.block1"]']),
        ("residual_size", ["count=20"]),
        ("sees", []),
        ("confusion", ["count=20"]),
    ],
)
def test_a_lab_speaks_to_a_terminal_in_plain_words(capsys, monkeypatch, lab, settings):
    monkeypatch.setattr(lab_lane, "_kept", lab_nets.Kept())
    monkeypatch.setattr(labs, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(
        follow.WorkerWatch, "look", lambda watch: in_process.do_next_job(RunStore())
    )
    given = [word for each in settings for word in ("--set", each)]
    assert main(["lab", lab, "fresh:resnet8-A-w4", "fresh:resnet8-B-w4", *given]) == 0
    said = capsys.readouterr().out
    assert "\\" not in said
    assert ODD in said
