"""How big the residual is: ratios and sizes block by block, with the expectation where it holds."""

import numpy as np
import pytest

from explorer.views.why.labs.residual_size.figures import ratio_figure, size_figure
from resnet.labs.residual_size.result import ResidualSize
from resnet.labs.residual_size.words import said
from resnet.labs.result import numbers
from resnet.plan import plan
from resnet.spec import NetSpec
from tests.explorer.views.why.panels import asked, charts, drawn, text

FRESH = "taken from the images shown, for the net is untrained"
KEPT = "kept from training"


def result(net, ratio, expected=None, statistics=FRESH, images=1000):
    """A number is every block's."""
    blocks = plan(NetSpec.parse(net)).blocks
    ratio = np.broadcast_to(ratio, len(blocks))
    expected = ratio if expected is None else np.broadcast_to(expected, len(blocks))
    return ResidualSize(
        net=net,
        images=images,
        statistics=statistics,
        blocks=tuple(block.name for block in blocks),
        stages=tuple(block.stage for block in blocks),
        of_f=numbers(3 * ratio),
        of_x=numbers(np.full(len(blocks), 3.0)),
        ratio=numbers(ratio),
        expected=numbers(expected),
    )


def test_ratios_are_drawn_and_the_expected_of_untrained_nets_dotted():
    fresh, lived = result("resnet8-A", [0.9, 0.5, 0.4]), result("resnet20-A", 0.3, statistics=KEPT)
    figure = ratio_figure([fresh, lived], "light")
    assert [each.name for each in figure.data] == [
        "ResNet-8, untrained",
        "expected of ResNet-8, untrained",
        "ResNet-20",
    ]
    assert list(figure.data[0].y) == list(fresh.ratio) and list(figure.data[0].x) == [1, 2, 3]
    assert figure.data[1].line.dash == "dot"
    assert figure.data[2].text[-1] == "stage3.block3"
    assert figure.layout.yaxis.title.text == "size of F(x) over size of x"


def test_nothing_is_expected_of_a_net_without_bn():
    bare = result("resnet8-A-nonorm", 0.4, expected=np.nan)
    assert len(ratio_figure([bare], "dark").data) == 1
    assert "nothing is expected, for it lacks BN or ReLU" in text(said([bare]))


def test_sizes_are_drawn_for_both_with_markers_that_exist_twice():
    twice = [result("resnet8-A", 0.5), result("resnet8-A", 0.4, statistics=KEPT)]
    figure = size_figure(twice, "light")
    assert [each.name for each in figure.data][:2] == [
        "F(x) in ResNet-8, untrained",
        "x in ResNet-8, untrained",
    ]
    assert list(figure.data[0].y) == list(twice[0].of_f)
    assert {each.marker.symbol for each in figure.data} == {"square", "square-open"}
    assert figure.layout.yaxis.type == "log"


def expected(count):
    """Our arithmetic for the blocks of stage 1: √(1 / (l - 1/2))."""
    return np.sqrt(1 / (np.arange(1, count + 1) - 0.5))


def test_ratios_near_the_expected_agree():
    words = text(said([result("resnet20-A", 1.1 * expected(9), expected(9))]))
    assert "10 % off our own arithmetic, which describes them" in words
    assert "De and Smith 2020 find" in words and "ReLU after every addition" in words
    assert "Section 2)" not in words


def test_how_far_they_lie_above_one_over_the_root_is_said_and_the_arithmetic_shown():
    """1.1 √(l / (l - 1/2)) - 1 is 21 % on average over nine blocks."""
    words = text(said([result("resnet20-A", 1.1 * expected(9), expected(9))]))
    assert "the ratios of untrained ResNet-20 lie 21 % above 1/√l on average" in words
    assert "so that the l-th block of stage 1 has √(1 / (l − 1/2))" in words
    assert "zero padding halves the mean square of x" in words
    assert "as they say" not in words


@pytest.mark.parametrize(("times", "where"), [(0.8, "20 % below"), (1.0, "within 4 % of")])
def test_ratios_at_or_below_the_root_are_said_to_be(times, where):
    root = 1 / np.sqrt(np.arange(1, 10))
    words = text(said([result("resnet20-B", times * root)]))
    assert f"lie {where} 1/√l on average" in words and "zero padding halves" not in words


def test_ratios_far_from_the_expected_do_not():
    words = text(said([result("resnet20-A", 0.8, expected=0.4)]))
    assert "100 % off our own arithmetic, which does not describe them" in words


def test_ratios_about_as_far_as_that_are_left_open():
    words = text(said([result("resnet20-A", 0.48, expected=0.4)]))
    assert "20 % off our own arithmetic, too close to tell whether it describes them" in words


def test_a_deeper_trained_net_adds_less_or_is_said_not_to():
    shallow, deep = (
        result("resnet20-A", 0.6, statistics=KEPT), result("resnet56-A", 0.3, statistics=KEPT),
    )  # fmt: skip
    words = text(said([shallow, deep]))
    assert (
        "ResNet-56 adds less, as they say (0.30 of x in the median block, ResNet-20 0.60)" in words
    )
    shallow, deep = (
        result("resnet20-A", 0.3, statistics=KEPT), result("resnet56-A", 0.6, statistics=KEPT),
    )  # fmt: skip
    assert "ResNet-56 adds more, against that" in text(said([deep, shallow]))


def test_nets_that_add_about_as_much_are_not_told_apart_beyond_the_labs_resolution():
    def words(deep, images):
        nets = [
            result("resnet20-A", 0.50, statistics=KEPT, images=images),
            result("resnet56-A", deep, statistics=KEPT, images=images),
        ]
        return text(said(nets))

    assert "adds neither clearly less nor clearly more (0.49" in words(0.49, 100)
    assert "adds less, as they say (0.49 of x" in words(0.49, 1000)
    assert "adds the same within 5 %, against that (0.50 of x" in words(0.4999, 1000)


def test_blocks_that_add_about_what_they_are_given_are_not_counted_either_way():
    """One repeat with 100 images may move a block's ratio by 5 %, nine of them at once."""
    near = result("resnet20-A", 0.98, statistics=KEPT, images=100)
    words = text(said([near]))
    assert "smaller than what it adds to, x, in 0 of 9 blocks (down to 0.98" in words
    assert "too many blocks add about what they are given to tell" in words


def test_what_was_kept_of_the_papers_is_said():
    words = said([result("resnet20-A", 0.6, statistics=KEPT)]).sentences[2]
    assert "Kept of the papers: BN in every branch" in words
    assert "De and Smith reckon without zero padding" in words
    assert "medians of trained nets are told apart from a factor of 1.02 on" in words


def test_one_trained_net_is_counted():
    small = text(said([result("resnet20-A", 0.6, statistics=KEPT)]))
    assert "smaller than what it adds to, x, in 9 of 9 blocks" in small
    assert "most blocks add less than they are given, which fits" in small
    large = text(said([result("resnet20-A", 1.6, statistics=KEPT)]))
    assert "in 0 of 9 blocks, larger in 9 (down to 1.60" in large
    assert "most blocks do not add less than they are given, which does not fit" in large


def test_zeros_and_relu_are_spoken_of_where_they_are():
    words = text(said([result("resnet20-B-pre", 0.5)]))
    assert "ReLU after" not in words and "fill half of the channels with zeros" not in words


def test_the_panel_draws_both_charts():
    page = drawn("residual_size", [result("resnet8-A", 0.5), result("resnet20-A", 0.4)])
    assert asked(page)[1] == {}
    assert [len(each["data"]) for each in charts(page)] == [4, 4]
    assert page.metric[0].value == "0.50"
