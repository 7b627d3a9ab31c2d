"""Remove a block, and the switchboard: errors with blocks off, and what is said of them."""

from math import isnan

import numpy as np
import pytest

from explorer.views.why.labs.lesion.figures import deleted_figure, single_figure, swapped_figure
from explorer.views.why.labs.switched.panel import switches
from resnet.labs.lesion.result import Lesion, Switched
from resnet.labs.lesion.switched_words import said as said_of_switched
from resnet.labs.lesion.words import said
from resnet.labs.result import numbers
from resnet.plan import plan
from resnet.spec import NetSpec
from tests.explorer.views.why.panels import asked, charts, drawn, text


def result(net, single, deleted=(60, 70), whole=50.0, images=1000):
    """Every block that can be off costs alike; `deleted`: the median with 1 and with 3 off."""
    blocks = plan(NetSpec.parse(net)).blocks
    free = [bool(each.shortcut) or each.in_shape == each.out_shape for each in blocks]
    return Lesion(
        net=net,
        images=images,
        statistics="kept from training",
        error=whole,
        blocks=tuple(each.name for each in blocks),
        removable=tuple(each.name for each, off in zip(blocks, free, strict=True) if off),
        single=numbers([single if off else np.nan for off in free]),
        deleted_counts=(1, 3),
        deleted=numbers([[error - 2, error, error + 3] for error in deleted]),
        swap_counts=(1, 2),
        swapped=numbers([[55, 56, 57], [65, 66, 67]]),
        order_kept=numbers([[0.9, 0.9, 0.8], [0.8, 0.7, 0.6]]),
        seed=0,
    )


def test_bars_begin_at_the_whole_nets_error_and_end_at_that_without_the_block():
    plain, residual = result("plain20", 88.0), result("resnet20-A", 52.0)
    figure = single_figure([plain, residual], "light")
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == ["plain-20", "ResNet-20"]
    assert bars[0].base == 50 and bars[0].y[0] == pytest.approx(38)
    assert [place for place, error in enumerate(bars[0].y) if error is None] == [3, 6]
    assert None not in bars[1].y
    lines = [trace for trace in figure.data if trace.type == "scatter"]
    assert [line.y[0] for line in lines] == [50, 50]
    assert figure.layout.shapes[-1].y0 == 90


def test_medians_with_their_ranges_and_every_order():
    one = result("resnet20-A", 52.0)
    trace = deleted_figure([one], "light").data[0]
    assert list(trace.x) == [0, 1, 3] and list(trace.y) == [50, 60, 70]
    assert list(trace.error_y.array) == [0, 3, 3] and list(trace.error_y.arrayminus) == [0, 2, 2]
    points = swapped_figure([one], "light").data[0]
    assert list(points.y) == [50, 55, 56, 57, 65, 66, 67]
    assert points.x[0] == 1 and list(points.customdata) == [0, 1, 1, 1, 2, 2, 2]


def test_a_residual_net_that_bears_it_and_a_plain_one_that_does_not_agree_with_veit():
    found = said([result("plain20", 89.0), result("resnet20-A", 52.0)])
    assert found.numbers[0] == (
        "plain-20, one block off", "+39.0 points", "to 89.0 %, the median; whole 50.0 %",
    )  # fmt: skip
    words = text(found)
    assert "in plain-20 taking out one block costs most of what it knows" in words.lower()
    assert "falls to about guessing: so it is with plain-20 and ResNet-20." in words
    assert "not so with" not in words and "cannot tell" not in words
    assert "as in an ensemble: so it is with ResNet-20." in words


def test_the_other_way_round_is_said_to_be_so():
    words = text(said([result("plain20", 52.0), result("resnet20-A", 85.0, deleted=(85, 89))]))
    assert "falls to about guessing: not so with plain-20 and ResNet-20." in words
    assert "as in an ensemble: not so with ResNet-20." in words


def test_a_net_near_guessing_has_little_to_lose_and_is_not_judged():
    words = text(said([result("plain20", 90.0, whole=85.0)]))
    assert "plain-20 is hardly better than guessing when whole" in words
    assert "so it is" not in words and "not so" not in words


def test_what_500_images_cannot_tell_is_said_to_be_open():
    """A fifth of a lead of 40 points is 8: 7 points more or less are within it, and beyond."""
    plain = result("plain20", 84.0, images=500)
    residual = result("resnet20-A", 57.0, deleted=(57, 74), images=500)
    words = text(said([plain, residual]))
    assert "falls to about guessing: these images cannot tell of plain-20 and ResNet-20." in words
    assert "as in an ensemble: these images cannot tell of ResNet-20." in words
    assert "% of it: these images cannot tell whether it is little or most" in words


def test_a_block_that_costs_a_part_is_neither_little_nor_most():
    words = text(said([result("plain20", 60.0, whole=30), result("resnet20-A", 60.0, whole=30)]))
    assert "in ResNet-20 taking out one block costs a part of what it knows (50 %" in words
    assert "falls to about guessing: not so with plain-20 and ResNet-20." in words


def test_a_net_that_may_be_guessing_is_not_judged_on_so_few_images():
    words = text(said([result("plain20", 88.0, whole=79.0, images=500)]))
    assert "plain-20 is too little better than guessing for so few images" in words
    assert "so it is" not in words and "not so" not in words


def test_what_was_kept_of_the_papers_setting_is_said():
    words = said([result("plain20", 88.0)]).sentences[2]
    assert "Kept of the paper: trained nets, nothing trained again" in words
    assert "Not kept: their residual net had 110 layers" in words
    assert "exact binomial error of those images" in words and "these very nets" in words


def test_a_net_of_which_few_blocks_can_be_off_is_drawn():
    tiny = result("plain8", 80.0)
    assert sum(not isnan(error) for error in tiny.single) == 1
    assert len(charts(drawn("lesion", [tiny, result("resnet8-A", 60.0)]))) == 3


def switched(net, *off, error=58.0, whole=56.0, images=1000):
    return Switched(net, images, "kept from training", off, whole, error)


def test_the_switched_net_stands_beside_the_whole_one():
    found = said_of_switched([switched("resnet20-A", "stage1.block2", "stage3.block3")])
    assert [number[:2] for number in found.numbers] == [
        ("ResNet-20, whole", "56.0 %"),
        ("ResNet-20, 2 blocks off", "58.0 %"),
    ]
    assert "(2 of 9 blocks) ResNet-20 still knows most" in text(found)
    lost = said_of_switched([switched("plain20", "stage1.block2", error=89.0)])
    assert "plain-20 is about guessing" in text(lost)
    part = said_of_switched([switched("plain20", "stage1.block2", error=72.0, whole=50)])
    assert "plain-20 has lost a part of what it knew." in text(part)
    assert len(said_of_switched([switched("plain20")]).numbers) == 1


def test_a_fall_that_few_images_cannot_place_is_told_as_a_range():
    open_ = text(said_of_switched([switched("plain20", "stage1.block2", images=250)]))
    assert "plain-20 has lost a part of what it knew, 0 to 29 % of it: these images" in open_
    assert "still knows most" not in open_
    none = text(said_of_switched([switched("plain20", "stage1.block2", whole=86, error=89)]))
    assert "plain-20 is hardly better than guessing when whole" in none


def test_switches_are_those_that_all_nets_have():
    assert list(map(len, switches(["resnet20-A"]).values())) == [3, 3, 3]
    assert list(map(len, switches(["plain20", "resnet20-A"]).values())) == [3, 2, 2]
    assert switches(["resnet20-A", "resnet8-A"]) == switches(["resnet8-A"])


def test_the_switchboard_switches_off_and_on_again():
    page = drawn("switched", [switched("resnet20-A")], ["resnet20-A"])
    assert asked(page)[1] == {"off": []}
    first = page.button_group[0]
    first.set_value([2]).run()
    assert asked(page)[1] == {"off": ["stage1.block2"]}
    page.button[0].click().run()
    assert not page.exception
    assert asked(page)[1] == {"off": []}


def test_blocks_that_are_stuck_are_named_on_the_switchboard():
    page = drawn("switched", [switched("plain20")], ["plain20"])
    assert any("in plain-20 nothing could stand in" in each.value for each in page.caption)
