"""The paper's tables as data: nets that exist, figures that our counts meet, and no others."""

import pytest

from resnet.cost import cost
from resnet.paper import tables
from resnet.paper.errors import published_error
from resnet.paper.tables import what_the_paper_prints
from resnet.spec import NetSpec

IMAGENET_ROWS = (*tables.TABLE_2, *tables.TABLE_3, *tables.TABLE_4)
CIFAR_ROWS = (*tables.TABLE_6, *tables.FOLLOW_UP_ROWS)


def facts(name: str) -> list[tuple[str, str]]:
    return [
        (fact.value, fact.source.rpartition(", ")[2])
        for fact in what_the_paper_prints(NetSpec.parse(name))
    ]


@pytest.mark.parametrize("row", [*IMAGENET_ROWS, *CIFAR_ROWS], ids=lambda row: row.label)
def test_every_row_names_a_net_by_its_own_name(row: tables.ImageNetRow | tables.CifarRow) -> None:
    assert row.net is None or str(NetSpec.parse(row.net)) == row.net


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("resnet20-A", "8.75 %"),
        ("resnet32-A", "7.51 %"),
        ("resnet44-A", "7.17 %"),
        ("resnet56-A", "6.97 %"),
        ("resnet110-A", "6.43 % (best of 5 runs; mean 6.61 ± 0.16 %)"),
        ("resnet1202-A", "7.93 %"),
    ],
)
def test_table_6(name: str, error: str) -> None:
    assert facts(name)[0] == (error, "Table 6")


@pytest.mark.parametrize(
    "row", [row for row in tables.TABLE_6 if row.millions], ids=lambda r: r.net
)
def test_our_parameters_are_those_of_table_6(row: tables.CifarRow) -> None:
    ours = cost(NetSpec.parse(str(row.net))).parameters / 1e6
    digits = len(f"{row.millions:g}".partition(".")[2])
    assert round(ours, digits) == row.millions


@pytest.mark.parametrize(("depth", "printed"), tables.TABLE_1.items())
def test_our_multiply_adds_are_those_of_table_1(depth: int, printed: float) -> None:
    """The paper cuts some figures and rounds others: 3.858 is printed as 3.8, 7.570 as 7.6."""
    ours = cost(NetSpec("imagenet", depth, shortcut="A" if depth < 50 else "B")).macs / 1e9
    assert printed in (round(ours, 1), int(ours * 10) / 10)


def test_imagenet_nets() -> None:
    assert facts("imagenet-plain34") == [
        ("top-1 28.54 %", "Table 2"),
        ("top-1 28.54 %, top-5 10.02 %", "Table 3"),
        ("3.6 billion", "Table 1"),
    ]
    assert facts("imagenet-resnet18-A") == [
        ("top-1 27.88 %", "Table 2"),
        ("1.8 billion", "Table 1"),
    ]
    assert facts("imagenet-resnet34-C") == [
        ("top-1 24.19 %, top-5 7.40 %", "Table 3"),
        ("top-1 21.53 %, top-5 5.60 %", "Table 4"),
    ]
    assert facts("imagenet-resnet152-B") == [
        ("top-1 21.43 %, top-5 5.71 %", "Table 3"),
        ("top-1 19.38 %, top-5 4.49 %", "Table 4"),
        ("11.3 billion", "Table 1"),
    ]


def test_plain_cifar_nets_have_curves_but_no_figures() -> None:
    for name in ("plain20", "plain32", "plain44", "plain56"):
        (fact,) = what_the_paper_prints(NetSpec.parse(name))
        assert (fact.quantity, fact.value) == ("curve", "curves only, no number")
    assert facts("plain110") == [("higher than 60 %, not drawn", "Fig. 6")]


def test_the_follow_up_is_named_as_such() -> None:
    (fact,) = what_the_paper_prints(NetSpec.parse("resnet110-A-pre"))
    assert (fact.value, fact.source) == ("6.37 %", "He et al. 2016, Table 2")
    (fact,) = what_the_paper_prints(NetSpec.parse("resnet110-C"))
    assert (fact.value, fact.source) == ("12.22 %", "He et al. 2016, Table 1")


def test_figures_say_what_they_are() -> None:
    """The best of five runs and their mean, the median of five, a single view, ten crops."""
    for name, words in (
        ("resnet110-A-pre", "6.37 % (median of five runs, He et al. 2016, Table 2)"),
        ("resnet20-A", "8.75 % (single view, He et al. 2015, Table 6)"),
        ("resnet110-A", "6.43 % (best of five runs, single view, He et al. 2015, Table 6)"),
        ("imagenet-resnet34-C", "24.19 % (ten crops, He et al. 2015, Table 3)"),
    ):
        assert str(published_error(NetSpec.parse(name))) == words
    (fact,) = what_the_paper_prints(NetSpec.parse("resnet110-C"))
    assert fact.text.startswith("test error on CIFAR-10, median of five runs")


@pytest.mark.parametrize(
    "name",
    [
        "resnet26-A",
        "resnet56-B",
        "resnet56-C",
        "resnet56-A-bottleneck",
        "resnet56-A-w32",
        "resnet56-A-c100",
        "resnet56-A-pre",
        "resnet56-A-nonorm",
        "resnet56-A-tanh",
        "plain26",
        "plain1202",
        "plain56-sigmoid",
        "imagenet-resnet50-B-3x3",
        "imagenet-resnet50-A",
        "imagenet-resnet50-B-c10",
        "imagenet-plain50",
    ],
)
def test_nothing_is_claimed_for_nets_that_the_paper_did_not_print(name: str) -> None:
    assert what_the_paper_prints(NetSpec.parse(name)) == ()


def test_table_1_says_nothing_of_option_c() -> None:
    for depth in tables.TABLE_1:
        kinds = [f.quantity for f in what_the_paper_prints(NetSpec("imagenet", depth, None, "C"))]
        assert "macs" not in kinds
