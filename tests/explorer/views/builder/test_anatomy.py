"""What the linked picture and table are made of: sums, names that meet, and how much travels."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from explorer.charts.diagram.pen import NUMBER
from explorer.charts.diagram.picture import DrawnSection, picture, svg
from explorer.views.builder.sections.layers.anatomy.payload import payload, payload_json
from resnet.cost import cost
from resnet.plan import plan
from resnet.spec import NetSpec

SVG = "{http://www.w3.org/2000/svg}"
NAMES = (
    "plain20",
    "resnet8-A",
    "resnet56-C",
    "resnet1202-A",
    "resnet110-A-pre",
    "resnet164-B-bottleneck-nonorm-tanh",
    "resnet20-B-single",
    "imagenet-resnet18-A",
    "imagenet-resnet152-B",
    "imagenet-resnet50-C-3x3-pre",
)
MEGABYTE = 10**6


def sent(name: str) -> dict:
    return json.loads(payload_json(NetSpec.parse(name)))


def column(data: dict, name: str) -> list:
    if name in data["numbers"]:
        return data["numbers"][name]
    words, at = data["words"][name]["words"], data["words"][name]["at"]
    return [words[i] for i in at]


def further_blocks(section: DrawnSection) -> str:
    """All blocks of an unfolded stage but the first, as picture.js repeats them."""
    return "".join(
        f'<g transform="translate({section.start + number * section.step:.1f},0)">'
        f"{section.block.replace(NUMBER, str(number + 2))}</g>"
        for number in range(section.count)
    )


def in_full(name: str, *stages: int) -> str:
    """The picture with these stages unfolded, or all of them, as picture.js puts it together."""
    drawn = picture(cost(NetSpec.parse(name)))
    marks, width = [], 0.0
    for section in drawn.sections:
        opens = section.count > 0 and (not stages or section.stage in stages)
        marks.append(section.unfolded + further_blocks(section) if opens else section.folded)
        width += section.unfolded_width if opens else section.folded_width
    space = 'xmlns="http://www.w3.org/2000/svg"'
    return f'<svg {space} width="{width:.0f}">{"".join(marks)}{drawn.legend}</svg>'


def unfolded(name: str, *stages: int) -> ET.Element:
    return ET.fromstring(in_full(name, *stages))


def of_class(drawn: ET.Element, kind: str) -> list[ET.Element]:
    return [g for g in drawn.iter(f"{SVG}g") if kind in g.get("class", "").split()]


def drawn_layers(drawn: ET.Element) -> list[str]:
    names = []
    for group in drawn.iter(f"{SVG}g"):
        names += [group.get("data-layer", ""), *group.get("data-with", "").split()]
    return [name for name in names if name]


@pytest.mark.parametrize("name", NAMES)
def test_the_columns_add_up_to_the_cost(name: str) -> None:
    data, total = sent(name), cost(NetSpec.parse(name))
    assert data["rows"] == len(total.layers)
    for quantity in ("parameters", "macs", "activation_bytes"):
        assert sum(column(data, quantity)) == data["total"][quantity] == getattr(total, quantity)
    assert column(data, "receptive_field") == [row.receptive_field for row in total.layers]
    assert data["total"]["receptive_field"] == total.receptive_field


def test_rows_of_a_stage_and_of_a_block_follow_each_other() -> None:
    """The browser finds the groups by walking down the rows."""
    for name in NAMES:
        data = sent(name)
        places = list(zip(column(data, "stage"), column(data, "block"), strict=True))
        changes = [here for here, before in zip(places[1:], places, strict=False) if here != before]
        assert len(changes) == len(set(changes)) == len(set(places)) - 1


@pytest.mark.parametrize("name", NAMES)
def test_unfolded_it_draws_every_layer_of_the_plan_once(name: str) -> None:
    laid_out = plan(NetSpec.parse(name))
    assert sorted(drawn_layers(unfolded(name))) == sorted(layer.name for layer in laid_out.layers)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_drawn_folded_has_rows(name: str) -> None:
    names = {layer.name for layer in plan(NetSpec.parse(name)).layers}
    drawn = drawn_layers(ET.fromstring(svg(cost(NetSpec.parse(name)))))
    assert set(drawn) <= names
    assert len(drawn) == len(set(drawn))


@pytest.mark.parametrize(
    ("name", "blocks", "changing", "staying"),
    [
        ("resnet20-A", 9, 2, 7),
        ("resnet110-A", 54, 2, 52),
        ("resnet1202-A", 600, 2, 598),
        ("plain56", 27, 0, 0),
        ("imagenet-resnet50-B", 16, 4, 12),
    ],
)
def test_blocks_and_shortcuts_when_unfolded(
    name: str, blocks: int, changing: int, staying: int
) -> None:
    drawn = unfolded(name)
    assert len(of_class(drawn, "block")) == blocks
    assert len(of_class(drawn, "changes")) == changing
    assert len(of_class(drawn, "stays")) == staying
    dashed = [path for path in drawn.iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(dashed) == changing


def test_one_stage_can_be_unfolded_alone() -> None:
    drawn = unfolded("resnet110-A", 2)
    texts = [str(text.text) for text in drawn.iter(f"{SVG}text")]
    assert texts.count("17 more") == 2
    assert "block 18" in texts and "block 19" not in texts
    assert float(str(drawn.get("width"))) > 2000


@pytest.mark.parametrize("name", NAMES)
def test_the_further_blocks_of_a_stage_are_all_alike(name: str) -> None:
    """So the second may be drawn in the place of each."""
    for blocks in plan(NetSpec.parse(name)).stages:
        kinds = {
            tuple(
                (layer.kind, layer.in_shape, layer.out_shape, layer.kernel, layer.stride)
                for layer in block.layers
            )
            for block in blocks[1:]
        }
        assert len(kinds) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_further_blocks_stay_within_their_panel(name: str) -> None:
    for each in picture(cost(NetSpec.parse(name))).sections:
        assert each.start + each.count * each.step <= max(each.unfolded_width, each.start)
        assert each.count == 0 or each.unfolded_width > each.folded_width
        assert further_blocks(each).count('class="block"') == each.count


def test_resnet_1202_unfolded_is_light() -> None:
    """The page carries the payload; the browser repeats the blocks itself."""
    travels = len(payload_json(NetSpec.parse("resnet1202-A")).encode())
    assert travels < 0.4 * MEGABYTE
    assert travels + len(in_full("resnet1202-A").encode()) < 3 * MEGABYTE


def test_the_page_gets_no_title_tooltips_beside_its_own() -> None:
    drawn = payload(NetSpec.parse("resnet20-A"))["picture"]
    assert not re.search("<title>", json.dumps(drawn))
