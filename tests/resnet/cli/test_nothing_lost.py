"""Hours of training that a slip of the hand, a full disk or a closed window would have cost."""

import os
import signal
import subprocess
import sys
import time

import pytest

from resnet.__main__ import main
from resnet.cli import commands, lanes, places
from resnet.cli.lanes import Lanes
from resnet.cli.places import PlaceError
from resnet.cli.saved import (
    CommandError,
    checkpoint_bytes,
    checkpoint_file,
    reserved,
    trained_before,
)
from resnet.data import DataError
from resnet.export import shipped, shipped_nets
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, checkpoint

NET = NetSpec.parse("plain8-w2")
RECIPE = Recipe(
    data="generated", images=40, image_size=16, augment=False, batch=8, iterations=6,
    learning_rate=0.05, log_every=6, test_every=6, precision="fp32",
)  # fmt: skip
SHORT = [
    "train", "plain8-w2", "--data", "generated", "--iterations", "6", "--images", "40",
    "--batch", "8", "--image-size", "16", "--log-every", "6", "--test-every", "6",
    "--no-augment", "--precision", "fp32", "--lanes", "1",
]  # fmt: skip
LINUX = pytest.mark.skipif(sys.platform == "win32", reason="devices, pipes, signals of Linux")


@pytest.fixture
def untouched(monkeypatch):
    """Images that must not be asked for: what is wrong is said before anything takes time."""

    def load(*_, **__):
        raise AssertionError("looked for images first")

    monkeypatch.setattr(commands, "load", load)


def trained(images, recipe=RECIPE, net=NET, steps=6):
    trainer = Trainer(net, recipe, images, "cpu")
    for _ in range(steps):
        trainer.step()
    return trainer


@pytest.mark.parametrize(
    ("option", "place", "sentence"),
    [
        ("--csv", "none/rows.csv", "there is no folder"),
        ("--csv", "folder", "is a folder; name a file in it with --csv"),
        ("--csv", "pipe", "is a device or a pipe"),
        ("--csv", "/dev/full", "is a device or a pipe"),
        ("--csv", "file/rows.csv", "there is no folder"),
        ("--csv", "n" * 300, "cannot be written (File name too long)"),
        ("--save", "file", "is a file, not a folder; name a folder with --save"),
        ("--save", "file/kept", "nothing can be written to"),
        ("--save", "pipe", "is a file, not a folder"),
        ("--save", "/proc/kept", "nothing can be written to"),
    ],
)
@LINUX
def test_what_cannot_be_written_is_said_before_anything_is_trained(
    tmp_path, untouched, capsys, option, place, sentence
):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("of somebody")
    os.mkfifo(tmp_path / "pipe")
    assert main([*SHORT, option, str(tmp_path / place)]) == 1
    assert sentence in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "of somebody"
    assert {each.name for each in tmp_path.iterdir()} == {"folder", "file", "pipe"}


@pytest.mark.parametrize("lanes_", ["0", "-1", "1025", "9" * 40])
def test_lanes_that_cannot_be_are_refused(untouched, capsys, lanes_):
    assert main([*SHORT[:-2], "--lanes", lanes_]) == 1
    assert "is out of range; it can be 1 to 1,024" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["0", "-1", "3", "1025", "9" * 40])
def test_an_image_size_that_cannot_be_is_refused(capsys, size):
    assert main(["cost", "resnet20-A", "--image-size", size]) == 1
    assert f"image size {size} does not suit resnet20-A" in capsys.readouterr().err
    assert main([*SHORT, "--image-size", size]) == 1
    assert f"image_size {size} is not known; choose 32 or 16" in capsys.readouterr().err


def test_a_disk_with_too_little_room_is_known_before(tmp_path, monkeypatch):
    needed = 2 * checkpoint_bytes(NET)
    free = {"left": needed}
    monkeypatch.setattr(places.shutil, "disk_usage", lambda _: type("", (), {"free": free["left"]}))
    with reserved(tmp_path, [NET], RECIPE):
        pass
    free["left"] -= 1
    said = r"checkpoints of plain-8, width 2 take .* name another"
    with pytest.raises(PlaceError, match=said), reserved(tmp_path, [NET], RECIPE):
        pass
    checkpoint_file(tmp_path, NET, RECIPE).touch()  # there already: written once more beside it
    with reserved(tmp_path, [NET], RECIPE):
        pass


@pytest.mark.parametrize("name", ["plain8-w2", "resnet20-A", "resnet29-C-bottleneck"])
def test_the_room_that_a_checkpoint_takes_is_about_as_reckoned(tmp_path, images, name):
    spec = NetSpec.parse(name)
    trainer = trained(images, net=spec, steps=1)
    file = tmp_path / "a.pt"
    checkpoint.save(file, spec, RECIPE, trainer.state())
    size = file.stat().st_size
    assert size <= checkpoint_bytes(spec) <= 3 * size


def test_a_checkpoint_that_is_no_file_is_not_waited_for(tmp_path, images):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes")
    os.mkfifo(checkpoint_file(tmp_path, NET, RECIPE))
    with pytest.raises(CommandError, match="is in the way: it is a folder, a device or a pipe"):
        trained_before(tmp_path, [NET], RECIPE, images)


def test_a_lane_that_fails_has_the_others_save_first(tmp_path, monkeypatch):
    """Rows of two lanes, one of which fails; the other answers `stop` with its last row."""
    running = Lanes([NET, NetSpec.parse("resnet8-A-w2")], RECIPE, 2, "cpu", tmp_path)
    for place, theirs in enumerate(running._theirs):
        theirs.send((place, NET.to_json(), {"iteration": 0}))
    running._theirs[0].send((0, None, "the disk is full"))
    seen = []
    coming = running._rows()
    with pytest.raises(CommandError, match="the disk is full"):
        for _, row in coming:
            seen.append(row["iteration"])
            if running._stop.value or len(seen) == 2:
                running._theirs[1].send((1, NET.to_json(), {"iteration": 5}))
                running._theirs[1].send((1, None, None))
    assert seen == [0, 0, 5]
    assert running._stop.value == 1
    assert not running.stopped


def test_a_lane_that_was_killed_is_noticed_at_once(tmp_path):
    running = Lanes([NET], RECIPE, 1, "cpu", tmp_path)
    running._theirs[0].close()
    with pytest.raises(CommandError, match="a training process was killed"):
        list(running._rows())


@LINUX
@pytest.mark.parametrize("name", lanes.ASKING)
def test_whatever_asks_to_end_has_all_saved_first(tmp_path, name):
    running = Lanes([NET], RECIPE, 1, "cpu", tmp_path)
    number = getattr(signal, name)
    before = signal.getsignal(number)
    with running._interruptible():
        os.kill(os.getpid(), number)
        assert running.stopped
        assert running._stop.value == 1
        assert signal.getsignal(number) is before  # the next one is as ever
    assert signal.getsignal(number) is before


@LINUX
def test_a_command_that_was_started_by_nohup_hears_no_hangup(tmp_path):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        running = Lanes([NET], RECIPE, 1, "cpu", tmp_path)
        with running._interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
            assert not running.stopped
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.fixture
def saved(tmp_path, images):
    file = tmp_path / "a.pt"
    trainer = trained(images)
    checkpoint.save(file, NET, RECIPE, trainer.state())
    return file


def test_a_shipped_net_of_another_training_is_never_written_over(tmp_path, images, saved, capsys):
    to = tmp_path / "nets"
    written, _ = shipped_nets.ship(saved, to, images)
    shipped_nets.ship(saved, to, images)  # of this very training
    content = written.read_bytes()
    for change in ({"seed": 1}, {"learning_rate": 0.01}, {"iterations": 5}):
        other = Recipe(**{**vars(RECIPE), **change})
        checkpoint.save(saved, NET, other, trained(images, other, steps=5).state())
        with pytest.raises(shipped.ShippedError, match=r"is of another training .* and is kept"):
            shipped_nets.ship(saved, to, images)
        assert written.read_bytes() == content
    written.write_bytes(b"a thesis")
    with pytest.raises(shipped.ShippedError, match="is in the way, and no net of this program"):
        shipped_nets.ship(saved, to, images)
    assert written.read_bytes() == b"a thesis"


def test_a_shipped_net_is_evaluated_wherever_it_lies(tmp_path, images, saved, monkeypatch, capsys):
    written, about = shipped_nets.ship(saved, tmp_path / "nets", images)
    moved = written.rename(tmp_path / "a copy (1).safetensors")
    monkeypatch.setattr(commands, "load", lambda *_, **__: images)
    assert main(["evaluate", str(moved)]) == 0
    printed = capsys.readouterr().out
    assert "plain-8, width 2 after 6 iterations, on tiny images" in printed
    assert printed.count(f"training error  {about.train_error:6.2f} %   40 images") == 2
    assert printed.count(f"test error      {about.test_error:6.2f} %   32 images") == 2


@pytest.mark.parametrize("classes", [("cat", "dog"), None])
def test_a_net_is_not_evaluated_on_other_classes(
    tmp_path, images, saved, monkeypatch, capsys, classes
):
    """Fewer classes, or the same ones in another order, which would score every image wrongly."""
    written, _ = shipped_nets.ship(saved, tmp_path / "nets", images)
    given = classes or (*images.classes[1:], images.classes[0])
    others = type(images)(**{**vars(images), "classes": given})
    monkeypatch.setattr(commands, "load", lambda *_, **__: others)
    for file in (written, saved):
        assert main(["evaluate", str(file)]) == 1
        said = capsys.readouterr().err
        assert f"trained to tell {', '.join(images.classes[:6])} and 4 more apart" in said
        assert f"but tiny images has {', '.join(given[:6])}" in said


def test_images_that_cannot_be_had_are_a_sentence_everywhere(saved, monkeypatch, capsys):
    def load(*_, **__):
        raise DataError("there are no images; put some there")

    monkeypatch.setattr(commands, "load", load)
    for command in (["evaluate", str(saved)], ["ship", str(saved)], SHORT):
        assert main(command) == 1
        assert capsys.readouterr().err.endswith("resnet: there are no images; put some there\n")


def test_a_folder_is_not_evaluated_but_what_is_in_it_is_named(saved, capsys):
    assert main(["evaluate", str(saved.parent)]) == 1
    assert "is a folder; name a file in it, as a.pt" in capsys.readouterr().err


@LINUX
@pytest.mark.timeout(400)
def test_without_dev_shm_and_with_nobody_reading_training_goes_on_to_its_end(tmp_path):
    """Semaphores fail as they do where /dev/shm is missing; the reader leaves after a line."""
    (tmp_path / "sitecustomize.py").write_text(
        "import _multiprocessing\n"
        "class Refused(_multiprocessing.SemLock):\n"
        "    def __new__(cls, *_, **__):\n"
        "        raise OSError(38, 'Function not implemented')\n"
        "_multiprocessing.SemLock = Refused\n"
    )
    save, table = tmp_path / "kept", tmp_path / "rows.csv"
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    command = subprocess.Popen(
        [sys.executable, "-m", "resnet", *SHORT, "--save", str(save), "--csv", str(table)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1",
             "PYTHONIOENCODING": "ascii", "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    assert command.stdout
    command.stdout.readline()
    command.stdout.close()
    assert command.wait(300) == 0
    assert checkpoint.load(checkpoint_file(save, NET, RECIPE))[2]["iteration"] == 6
    assert table.read_text().count("\n") == 3


@LINUX
@pytest.mark.timeout(400)
def test_ctrl_c_while_lanes_start_leaves_one_sentence(tmp_path):
    with (tmp_path / "log").open("wb") as log:
        command = subprocess.Popen(
            [sys.executable, "-m", "resnet", *SHORT, "--iterations", "100000"],
            stdout=log,
            stderr=log,
            env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
            start_new_session=True,
        )
        said = tmp_path / "log"
        while b"0 %|" not in said.read_bytes():  # lanes import torch from now on
            assert command.poll() is None
            time.sleep(0.02)
        os.killpg(command.pid, signal.SIGINT)
        assert command.wait(60) == 130
    words = (tmp_path / "log").read_text()
    assert "Traceback" not in words
    assert "resnet: stopped; nothing is kept, for which there is --save" in words
