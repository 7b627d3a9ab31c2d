"""The command line: cost, train, evaluate; its sentences and its CSV."""

import csv
import math
import subprocess
import sys

import pytest

from resnet.__main__ import main
from resnet.spec.row import CSV_COLUMNS


@pytest.fixture
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


SHORT = ["--iterations", "20", "--images", "50", "--batch", "10", "--image-size", "16",
         "--log-every", "10", "--test-every", "10", "--no-augment"]  # fmt: skip


def rows_of(file):
    with file.open() as stream:
        return list(csv.DictReader(stream))


def test_cost_prints_the_papers_counts(capsys):
    assert main(["cost", "resnet56-A"]) == 0
    printed = capsys.readouterr().out
    assert "853,018" in printed
    assert "125,485,696" in printed


def test_cost_lists_every_layer_when_asked(capsys):
    assert main(["cost", "plain8", "--layers"]) == 0
    assert "stage3.block1.conv2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["cost", "resnet21-A"], "depth 21 is not 6n+2; the nearest are 20 and 26"),
        (["cost", "alexnet"], "'alexnet' is not the name of a net"),
        (["train"], "no net was named"),
        (["train", "plain20", "plain20"], "a net was named twice"),
        (["train", "--lesson", "trap"], "the lesson trap trains nets with several recipes"),
        (["train", "imagenet-resnet18-B", "--data", "generated"], "cannot be trained here"),
        (["evaluate", "none.pt"], "there is no checkpoint none.pt"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(capsys, arguments, sentence):
    assert main(arguments) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.timeout(180)
def test_training_writes_rows_and_repeats_them_with_one_lane_or_two(folder, tmp_path, capsys):
    tables = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for lanes, table in zip("12", tables, strict=True):
        arguments = ["train", "plain8", "resnet8-A", "--seed", "3", "--csv", str(table)]
        assert main([*arguments, "--lanes", lanes, *SHORT]) == 0
    printed = capsys.readouterr().out
    assert "tiny images, seed 3; one seed." in printed
    one, two = (
        sorted(
            ({**row, "seconds": ""} for row in rows_of(table)),
            key=lambda row: (row["net"], int(row["iteration"])),
        )
        for table in tables
    )
    assert one == two
    assert tuple(one[0]) == CSV_COLUMNS
    assert [(row["net"], row["iteration"]) for row in one] == [
        (net, iteration) for net in ("plain8", "resnet8-A") for iteration in ("0", "10", "20")
    ]
    last = one[2]
    assert float(last["train_error"]) >= 0
    assert float(last["test_error"]) >= 0


@pytest.mark.timeout(180)
@pytest.mark.timeout(180)
def test_a_net_that_diverged_is_said_to_have_between_two_rows(folder, tmp_path, capsys):
    table = tmp_path / "curves.csv"
    wild = ["--learning-rate", "100", "--log-every", "5", "--test-every", "20", "--csv", str(table)]
    assert main(["train", "plain8-nonorm", *SHORT, *wild]) == 0
    *_, good, last = rows_of(table)
    assert not math.isfinite(float(last["loss"]))
    assert int(last["iteration"]) - int(good["iteration"]) == 5
    printed = capsys.readouterr().out
    between = f"between iterations {good['iteration']} and {last['iteration']}"
    assert f"at iteration 0; diverged {between}" in printed


def test_a_saved_checkpoint_is_evaluated(folder, tmp_path, capsys):
    assert main(["train", "plain8", "--save", str(tmp_path / "kept"), *SHORT]) == 0
    assert main(["evaluate", str(tmp_path / "kept" / "plain8-seed0.pt")]) == 0
    printed = capsys.readouterr().out
    assert "plain-8 after 20 iterations, on tiny images" in printed
    assert "20 images" in printed.split("test error")[-1]


def test_help_names_the_commands():
    done = subprocess.run(
        [sys.executable, "-m", "resnet", "--help"], capture_output=True, text=True, check=True
    )
    for command in ("cost", "train", "evaluate"):
        assert command in done.stdout
