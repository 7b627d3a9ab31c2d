"""Training from the command line that breaks off: saved as it goes, gone on with, nothing lost."""

import csv
import errno
import math
import os
import queue
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from filelock import FileLock

from resnet.__main__ import main
from resnet.cli import lanes
from resnet.cli.rows import Table
from resnet.cli.saved import CommandError, checkpoint_file, trained_before
from resnet.data import DataError, identity, load
from resnet.spec import NetSpec, Recipe
from resnet.train import checkpoint

NETS = (NetSpec.parse("plain8-w2"), NetSpec.parse("resnet8-A-w2"))
RECIPE = Recipe(
    data="folder", images=50, batch=10, image_size=16, augment=False, iterations=30, log_every=5,
    test_every=10, learning_rate=0.05, precision="fp32",
)  # fmt: skip
COMMAND = (
    "train", "plain8-w2", "resnet8-A-w2", "--lanes", "1", "--iterations", "400", "--images", "50",
    "--batch", "10", "--image-size", "16", "--log-every", "10", "--test-every", "50",
    "--no-augment", "--precision", "fp32",
)  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    from PIL import Image

    for part, count in (("train", 6), ("test", 2)):
        for label in range(10):
            place = tmp_path / "images" / part / f"class{label}"
            place.mkdir(parents=True)
            for number in range(count):
                Image.new("RGB", (32, 32), (25 * label, 20 * number, 0)).save(
                    place / f"{number}.png"
                )
    monkeypatch.setenv("RESNET_DATA", str(tmp_path / "images"))
    monkeypatch.setenv("RESNET_DATA_NAME", "tiny images")


@pytest.fixture
def save(tmp_path):
    return tmp_path / "kept"


def rows_of(file):
    """The rows without the time they took, each net's in order."""
    with file.open() as stream:
        rows = [{**row, "seconds": ""} for row in csv.DictReader(stream)]
    return sorted(rows, key=lambda row: (row["net"], int(row["iteration"])))


def same(one, other):
    """Whether two training states are the same bit for bit, but for the time they took."""
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        keys = set(one) - {"seconds"}
        return keys == set(other) - {"seconds"} and all(same(one[k], other[k]) for k in keys)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


class Outbox(queue.SimpleQueue):
    """A command that takes every row at once."""

    def __init__(self, taken):
        super().__init__()
        self.taken, self.rows = taken, []

    def put(self, message):
        self.rows.append(message)
        self.taken.value += 1


def train(save, stop_at=None, recipe=RECIPE, takes=True, nets=NETS):
    """A lane in this process, stopped once any net comes to a row of this iteration."""
    taken, stop = SimpleNamespace(value=0), SimpleNamespace(value=0)
    outbox = Outbox(taken if takes else SimpleNamespace(value=0))
    put = outbox.put

    def note(message):
        put(message)
        stop.value = stop.value or (bool(message[1]) and message[2]["iteration"] == stop_at)

    outbox.put = note
    given = ([net.to_json() for net in nets], recipe.to_json(), "cpu", save)
    lanes.lane(given, (0, outbox, stop, taken))
    return outbox.rows


def plain(rows):
    return [(spec, {**row, "seconds": 0}) for _, spec, row in rows if spec]


def by_iteration(rows):
    return {(spec, row["iteration"]): row for spec, row in rows}


@pytest.mark.parametrize("stop_at", [0, 5, 10, 25])
def test_a_lane_that_was_stopped_goes_on_as_if_nothing_had_happened(tmp_path, save, stop_at):
    whole, other = plain(train(save)), tmp_path / "other"
    first = plain(train(other, stop_at))
    assert len(first) < len(whole)
    second = plain(train(other))
    assert by_iteration(first + second) == by_iteration(whole)
    if stop_at:
        assert len(first) + len(second) == len(whole)
    for net in NETS:
        one, two = (checkpoint_file(place, net, RECIPE) for place in (save, other))
        assert same(checkpoint.load(one)[2], checkpoint.load(two)[2])


def test_checkpoints_are_written_by_the_clock_and_only_behind_their_rows(save, monkeypatch):
    monkeypatch.setattr(lanes, "SAVE_EVERY", 0.0)
    at = []
    kept = checkpoint.save

    def note(file, spec, recipe, state):
        at.append(state["iteration"])
        kept(file, spec, recipe, state)

    monkeypatch.setattr(checkpoint, "save", note)
    train(save)
    assert sorted(set(at)) == list(range(RECIPE.iterations + 1))
    at.clear()
    monkeypatch.setattr(lanes, "_command_is_gone", lambda: True)  # it took no row any more
    train(save.with_name("second"), takes=False)
    assert not at


def test_a_net_that_diverges_leaves_its_last_good_checkpoint(save, monkeypatch):
    monkeypatch.setattr(lanes, "SAVE_EVERY", 0.0)
    wild = NetSpec.parse("plain8-w2-nonorm")
    rows = plain(train(save, recipe=replace(RECIPE, learning_rate=100.0), nets=(wild,)))
    diverged = rows[-1][1]
    assert not math.isfinite(diverged["loss"])
    file = checkpoint_file(save, wild, RECIPE)
    assert checkpoint.load(file)[2]["iteration"] == diverged["iteration"] - 1


def test_a_net_at_its_end_is_not_trained_again_and_its_errors_are_told(save):
    last = dict(plain(train(save)))
    again = dict(plain(train(save)))
    assert set(again) == set(last)
    for spec, row in again.items():
        for name in ("iteration", "train_error", "test_error"):
            assert row[name] == last[spec][name]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        ({"recipe": replace(RECIPE, batch=20)}, "another recipe (batch 20 there, 10 here)"),
        ({"recipe": replace(RECIPE, iterations=60)}, "(iterations 60 there, 30 here)"),
        ({"net": NETS[1]}, "holds ResNet-8 A"),
        ({"label": "others"}, "was trained on others, but the images are now tiny images"),
        ({"bytes": b"not a checkpoint"}, "is in the way"),
        ({"bytes": b""}, "is in the way"),
        ({"classes": ["cat", "dog"]}, "images of cat, dog, contents "),
        (
            {"fingerprint": "0" * 32},
            "contents 00000000), but the images are now tiny images (60 + ",
        ),
    ],
)
def test_what_is_of_another_training_is_never_written_over(save, spoil, sentence):
    train(save)
    file = checkpoint_file(save, NETS[0], RECIPE)
    if "bytes" in spoil:
        file.write_bytes(spoil["bytes"])
    else:
        state = checkpoint.load(file)[2]
        state[identity.SET] |= {name: spoil[name] for name in spoil if name in state[identity.SET]}
        net, recipe = spoil.get("net", NETS[0]), spoil.get("recipe", RECIPE)
        checkpoint.save(file, net, recipe, state)
    content = file.read_bytes()
    with pytest.raises((CommandError, DataError)) as refused:
        trained_before(save, NETS, RECIPE, load("folder"))
    assert sentence in str(refused.value)
    assert "another folder with --save" in str(refused.value)
    assert file.read_bytes() == content


def test_a_checkpoint_of_before_these_notes_is_gone_on_with(save):
    train(save, stop_at=10)
    for net in NETS:
        file = checkpoint_file(save, net, RECIPE)
        state = checkpoint.load(file)[2]
        del state[identity.SET]
        checkpoint.save(file, net, RECIPE, state)
    images = load("folder")
    assert set(trained_before(save, NETS, RECIPE, images)) == set(NETS)
    checkpoint.save(file, net, RECIPE, state | {"images": "the others"})
    with pytest.raises(DataError, match="was trained on the others, but the images are now tiny"):
        trained_before(save, NETS, RECIPE, images)


def row(iteration):
    return {
        "iteration": iteration, "seconds": 1.0, "learning_rate": 0.1, "loss": 2.0,
        "train_error": None, "test_error": None, "gradients": (1.0,),
    }  # fmt: skip


def test_the_table_takes_back_what_comes_again_and_keeps_the_rest(tmp_path):
    file = tmp_path / "rows.csv"
    table = Table(file, RECIPE, {})
    for net in NETS:
        for iteration in (0, 5, 10, 15):
            table.add(net, row(iteration))
    table.close()
    with file.open("a") as stream:
        stream.write("plain8-w2,0,20,1.0")  # torn by a power cut
    table = Table(file, RECIPE, {NETS[0]: 12})
    for iteration in (10, 15, 20):
        table.add(NETS[0], row(iteration))
    table.close()
    found = [(each["net"], each["iteration"]) for each in rows_of(file)]
    assert found == [
        *((str(NETS[0]), iteration) for iteration in ("0", "5", "10", "15", "20")),
        *((str(NETS[1]), iteration) for iteration in ("0", "5", "10", "15")),
    ]
    with pytest.raises(CommandError, match="is there already and is kept; name another file"):
        Table(file, RECIPE, {})  # nothing goes on
    assert [(each["net"], each["iteration"]) for each in rows_of(file)] == found


def test_rows_of_another_recipe_are_never_taken_back(tmp_path):
    file = tmp_path / "rows.csv"
    table = Table(file, replace(RECIPE, learning_rate=0.01), {})
    for iteration in (0, 5, 10, 15):
        table.add(NETS[0], row(iteration))
    table.close()
    before = file.read_bytes()
    with pytest.raises(CommandError, match=r"another recipe .*rate=0\.01.* and is kept"):
        Table(file, RECIPE, {NETS[0]: 5})
    assert file.read_bytes() == before
    other = Table(file, RECIPE, {NETS[1]: 5})  # rows of another net stay, whatever their recipe
    other.close()
    assert file.read_bytes() == before


@pytest.mark.parametrize("there", [None, b""])
def test_a_table_that_no_row_came_to_leaves_nothing_behind(tmp_path, there):
    file = tmp_path / "rows.csv"
    if there is not None:
        file.write_bytes(there)
    Table(file, RECIPE, {}).close()
    assert file.exists() == (there is not None)
    table = Table(file, RECIPE, {})
    table.add(NETS[0], row(0))
    table.close()
    assert len(rows_of(file)) == 1


class Full:
    """A file on a disk that takes `room` bytes, then none until there is more."""

    def __init__(self, stream, room):
        self.stream, self.room = stream, room

    def write(self, content):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = self.stream.write(content[: self.room])
        self.room -= taken
        return taken

    def close(self):
        self.stream.close()


@pytest.mark.parametrize("room", [0, 1, 30, 75])
def test_rows_that_a_full_disk_did_not_take_are_written_once_there_is_room(tmp_path, room, capsys):
    file = tmp_path / "rows.csv"
    table = Table(file, RECIPE, {}, alone=True)
    table._stream = full = Full(table._stream, room)
    table.add(NETS[0], row(0))
    table.add(NETS[0], row(5))
    said = capsys.readouterr().err
    assert said.count("cannot be written (No space left on device); training goes on") == 1
    full.room = 10_000
    table.add(NETS[0], row(10))
    table.close()
    assert not table.lacking
    assert [each["iteration"] for each in rows_of(file)] == ["0", "5", "10"]


def test_rows_that_never_came_onto_the_disk_are_named(tmp_path):
    table = Table(tmp_path / "rows.csv", RECIPE, {}, alone=True)
    table._stream = Full(table._stream, 10)
    table.add(NETS[0], row(0))
    table.close()
    assert "rows.csv lacks its last rows" in table.lacking


def test_with_checkpoints_a_full_disk_ends_the_command_which_goes_on_later(tmp_path):
    table = Table(tmp_path / "rows.csv", RECIPE, {})
    table._stream = Full(table._stream, 10)
    with pytest.raises(CommandError, match="free some space, then give the same command again"):
        table.add(NETS[0], row(0))


def test_a_table_of_something_else_is_left_alone(tmp_path):
    file = tmp_path / "grades.csv"
    file.write_text("name,grade\nAda,1\n")
    with pytest.raises(CommandError, match="is not a table of this command"):
        Table(file, RECIPE, {NETS[0]: 12})
    assert file.read_text() == "name,grade\nAda,1\n"


def start(tmp_path, save, table):
    with (tmp_path / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "resnet", *COMMAND, "--save", str(save), "--csv", str(table)],
            stdout=log,
            stderr=log,
            env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
            start_new_session=True,
        )


def wait_for_rows(process, table, iteration):
    deadline = time.monotonic() + 120
    while not (table.exists() and f",0,{iteration}," in table.read_text()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="sends the signals of a terminal")
@pytest.mark.timeout(400)
def test_the_same_command_goes_on_after_ctrl_c_and_after_a_kill(tmp_path, save):
    table, whole = tmp_path / "rows.csv", tmp_path / "whole.csv"
    process = start(tmp_path, save, table)
    wait_for_rows(process, table, 20)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the command and its lanes
    assert process.wait(60) == 130
    log = (tmp_path / "log").read_text()
    assert "the same command goes on from here" in log
    assert "Traceback" not in log
    reached = [checkpoint.load(file)[2]["iteration"] for file in sorted(save.glob("*.pt"))]
    assert len(reached) == 2
    assert all(20 <= iteration < 400 for iteration in reached)
    process = start(tmp_path, save, table)
    wait_for_rows(process, table, (max(reached) // 10 + 3) * 10)
    os.kill(process.pid, signal.SIGKILL)  # its lanes notice
    process.wait(60)
    process = start(tmp_path, save, table)
    assert process.wait(200) == 0
    assert "goes on after" in (tmp_path / "log").read_text()
    assert start(tmp_path, tmp_path / "other", whole).wait(200) == 0
    assert rows_of(table) == rows_of(whole)
    for file in save.glob("*.pt"):
        other = checkpoint.load(tmp_path / "other" / file.name)[2]
        assert same(checkpoint.load(file)[2], other)


@pytest.mark.timeout(120)
def test_two_commands_do_not_train_one_net_in_one_folder(save, capsys):
    save.mkdir()
    short = ["train", "plain8-w2", "--iterations", "10", "--images", "50", "--save", str(save)]
    with FileLock(save / ".plain8-w2-seed0.lock"):
        assert main(short) == 1
    assert "another command trains" in capsys.readouterr().err
