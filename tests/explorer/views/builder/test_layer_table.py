"""The layer table and the headline: every row, sums that agree, numbers as people read them."""

import csv
from io import StringIO

import pytest

from explorer.views.builder.headline import headline, short
from explorer.views.builder.sections.layers.table import layer_csv, layer_table
from resnet.cost import cost
from resnet.spec import NetSpec

NAMES = ("plain20", "resnet56-A", "resnet1202-C", "imagenet-resnet50-B", "resnet110-A-pre")


def figures(name: str) -> dict[str, tuple[str, str]]:
    return {f.label: (f.value, f.note) for f in headline(cost(NetSpec.parse(name)))}


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_add_up_to_the_headline(name: str) -> None:
    spec = NetSpec.parse(name)
    rows, total = layer_table(spec).to_pylist(), cost(spec)
    assert sum(row["parameters"] for row in rows) == total.parameters
    assert sum(row["macs"] for row in rows) == total.macs
    assert sum(row["activation_bytes"] for row in rows) == total.activation_bytes
    assert sum(row["share"] for row in rows) == pytest.approx(100)


def test_shortcuts_zero_pads_and_additions_have_rows() -> None:
    rows = layer_table(NetSpec.parse("resnet20-A")).to_pylist()
    block = [row for row in rows if (row["stage"], row["block"]) == ("2", 1)]
    assert [(row["layer"], row["kind"]) for row in block] == [
        ("conv1", "convolution"),
        ("norm1", "batch norm"),
        ("activation1", "ReLU"),
        ("conv2", "convolution"),
        ("norm2", "batch norm"),
        ("shortcut.subsample", "subsample"),
        ("shortcut.zero_pad", "zero-pad"),
        ("add", "addition"),
        ("activation", "ReLU"),
    ]
    first = block[0]
    assert (first["kernel"], first["stride"]) == ("3x3", 2)
    assert (first["input"], first["output"]) == ("16x32x32", "32x16x16")
    assert (first["parameters"], first["macs"]) == (4608, 1_179_648)
    assert (block[6]["input"], block[6]["output"]) == ("16x16x16", "32x16x16")
    assert (rows[0]["stage"], rows[-1]["stage"], rows[-1]["layer"]) == ("first", "last", "fc")
    assert rows[-1]["receptive_field"] is None


def test_the_csv_has_every_row_and_no_total() -> None:
    spec = NetSpec.parse("resnet56-B")
    rows = list(csv.DictReader(StringIO(layer_csv(spec).decode())))
    assert len(rows) == len(cost(spec).layers)
    assert sum(int(row["parameters"]) for row in rows) == 855_770
    assert rows[0]["input"] == "3x32x32"


def test_headline_of_resnet_56_a() -> None:
    shown = figures("resnet56-A")
    assert shown["Parameters"] == ("853,018", "none in shortcuts")
    assert shown["Multiply-adds (MACs)"] == ("125.5 M", "the paper's “FLOPs”")
    assert shown["Layers"] == ("56", "in 27 blocks")
    assert shown["Activation memory"][0].endswith(" MB")
    assert shown["Receptive field"] == ("249 px", "larger than the image (32 px)")


def test_headline_of_other_nets() -> None:
    assert figures("imagenet-resnet152-B")["Multiply-adds (MACs)"][0] == "11.28 G"
    assert figures("resnet56-B")["Parameters"] == ("855,770", "2,752 of them in shortcuts")
    assert figures("plain8")["Receptive field"] == ("25 px", "the image has 32 px")
    assert figures("imagenet-resnet152-C-w1024")["Parameters"][0].endswith(" G")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 "),
        (999, "999 "),
        (1000, "1.00 k"),
        (853_018, "853.0 k"),
        (40_551_040, "40.55 M"),
        (2_829_238_912, "2.83 G"),
        (1_234_567_890_123, "1,235 G"),
    ],
)
def test_short_numbers(number: int, words: str) -> None:
    assert short(number) == words
