"""The picture of a net: golden facts, read from the SVG as XML, and never golden bytes."""

import xml.etree.ElementTree as ET

import pytest

from explorer.charts.diagram.layout import WIDTH, extra_width, sections, words
from explorer.charts.diagram.picture import describe, svg
from resnet.cost import cost
from resnet.plan import plan
from resnet.spec import NetSpec

SVG = "{http://www.w3.org/2000/svg}"
NAMES = (
    "resnet8-A",
    "plain56",
    "resnet56-A",
    "resnet56-B",
    "resnet56-C",
    "resnet110-A-pre",
    "resnet1202-A",
    "resnet164-B-bottleneck-nonorm-tanh",
    "resnet20-A-single",
    "resnet1202-C-single-pre",
    "imagenet-plain34",
    "imagenet-resnet18-A",
    "imagenet-resnet50-B",
    "imagenet-resnet152-C-3x3-pre",
    "imagenet-resnet152-C-w1024-c100000",
)


def drawn(name: str) -> ET.Element:
    return ET.fromstring(svg(cost(NetSpec.parse(name))))


def groups(picture: ET.Element, kind: str) -> list[ET.Element]:
    return [g for g in picture.iter(f"{SVG}g") if kind in g.get("class", "").split()]


def texts(picture: ET.Element) -> list[str]:
    return [str(text.text) for text in picture.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_net_is_well_formed_named_and_one_line(name: str) -> None:
    picture = drawn(name)
    title = NetSpec.parse(name).title
    assert picture.tag == f"{SVG}svg"
    assert picture.get("role") == "img"
    assert str(picture.get("aria-label")).startswith(f"{title}: stage 1: ")
    assert picture.find(f"{SVG}title") is not None and picture.find(f"{SVG}desc") is not None
    assert "\n\n" not in svg(cost(NetSpec.parse(name)))  # a blank line would end it in Markdown


@pytest.mark.parametrize(
    ("name", "blocks", "changing", "staying"),
    [
        ("resnet8-A", 3, 2, 1),
        ("resnet56-A", 6, 2, 4),
        ("resnet1202-A", 6, 2, 4),
        ("plain56", 6, 0, 0),
        ("resnet56-A-bottleneck", 6, 3, 3),
        ("resnet20-A-single", 6, 2, 4),
        ("imagenet-resnet34-B", 8, 3, 5),
        ("imagenet-resnet152-B", 8, 4, 4),
    ],
)
def test_blocks_and_their_shortcuts(name: str, blocks: int, changing: int, staying: int) -> None:
    picture = drawn(name)
    assert len(groups(picture, "block")) == blocks
    assert len(groups(picture, "changes")) == changing
    assert len(groups(picture, "stays")) == staying
    assert len(groups(picture, "add")) == changing + staying


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("imagenet-resnet18-A", "zero-pad 128 to 256"),
        ("resnet20-A-single", "zero-pad 32 to 64"),
        ("imagenet-resnet18-A-single-stages4.4.4.4", "zero-pad to 256"),
    ],
)
def test_what_a_shortcut_does_is_said_as_shortly_as_its_arc_is(name: str, words: str) -> None:
    assert words in texts(drawn(name))


def test_a_shortcut_is_dashed_exactly_where_the_shape_changes() -> None:
    picture = drawn("resnet56-B")
    for kind, dashed in (("changes", True), ("stays", False)):
        for group in groups(picture, kind):
            arc = group.find(f"{SVG}path")
            assert arc is not None and (arc.get("stroke-dasharray") is not None) is dashed


@pytest.mark.parametrize("name", ["resnet20-A", "resnet1202-A", "imagenet-resnet152-B"])
def test_folded_blocks_add_up(name: str) -> None:
    folded = [int(g.get("data-more", 1)) for g in groups(drawn(name), "block")]
    assert sum(folded) == len(plan(NetSpec.parse(name)).blocks)


def test_the_words_on_resnet_56_a() -> None:
    words_drawn = texts(drawn("resnet56-A"))
    for label in (
        "Stage 1: 9 blocks",
        "32×32, 16 channels",
        "16×16, 32 channels",
        "8×8, 64 channels",
        "zero-pad 16 to 32",
        "zero-pad 32 to 64",
        "identity",
        "8 more",
        "stride 2",
    ):
        assert label in words_drawn
    assert words_drawn.count("identity") == 4


def test_projections_are_written_on_the_arcs() -> None:
    assert texts(drawn("resnet56-B")).count("1×1 convolution") == 2
    every = texts(drawn("resnet56-C"))
    assert every.count("1×1 convolution") + every.count("1×1 conv") == 6
    assert "identity" not in every
    assert texts(drawn("imagenet-resnet50-A")).count("zero-pad 64 to 256") == 1


def test_the_stride_stands_under_the_convolution_that_has_it() -> None:
    first, middle = (
        [text for text in texts(drawn(name)) if text == "stride 2"]
        for name in ("imagenet-resnet50-B", "imagenet-resnet50-B-3x3")
    )
    assert len(first) == len(middle) == 2 + 3 + 3  # the stem, three convolutions, three shortcuts


def test_hovering_tells_shape_parameters_and_multiply_adds() -> None:
    titles = [str(title.text) for title in drawn("resnet20-A").iter(f"{SVG}title")]
    told = next(title for title in titles if title.startswith("stage2.block1.conv1:"))
    assert "3×3 conv, stride 2" in told
    assert "16×32×32 → 32×16×16" in told
    assert "4,608 parameters, 1,179,648 multiply-adds" in told


def test_options_show_in_the_strips() -> None:
    assert groups(drawn("resnet20-A-nonorm"), "norm") == []
    assert len(groups(drawn("resnet20-A-tanh"), "tanh")) == len(groups(drawn("resnet20-A"), "relu"))


def test_a_deep_net_is_as_small_as_a_shallow_one() -> None:
    sizes = [len(svg(cost(NetSpec.parse(name)))) for name in ("resnet20-A", "resnet1202-A")]
    assert max(sizes) < 32_000
    assert sizes[1] < 1.05 * sizes[0]


def test_it_fits_the_page_with_words_of_12_px_or_more() -> None:
    """The page is 1,120 px wide on a 1280x720 projector; words are 13 units high."""
    for name in ("resnet56-A", "resnet110-C", "imagenet-resnet34-A", "imagenet-resnet152-B"):
        picture = drawn(name)
        width, height = (float(each) for each in str(picture.get("viewBox")).split()[2:])
        assert 13 * WIDTH / width >= 12
        assert height * WIDTH / width == pytest.approx(224, abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_headings_and_boxes_are_as_wide_as_their_words(name: str) -> None:
    parts = sections(plan(NetSpec.parse(name)))
    extra = extra_width(parts)
    for part in parts:
        assert part.width(extra) >= max(words(part.heading), words(part.size), part.inner(extra))
        for group in part.groups:
            for piece in group.pieces:
                assert all(piece.wide(extra) >= words(line) for line in piece.lines)


def test_words_for_those_who_do_not_see_it() -> None:
    assert describe(plan(NetSpec.parse("resnet56-A"))) == (
        "stage 1: 9 blocks, 32×32, 16 channels, stage 2: 9 blocks, 16×16, 32 channels and "
        "stage 3: 9 blocks, 8×8, 64 channels; basic blocks, shortcut option A around every block; "
        "10 classes"
    )
    assert "no shortcuts" in describe(plan(NetSpec.parse("plain20")))
