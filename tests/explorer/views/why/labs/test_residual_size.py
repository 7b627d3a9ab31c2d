"""How big the residual is: ratios and sizes block by block, with the expectation where it holds."""

import numpy as np

from explorer.views.why.labs.residual_size.figures import ratio_figure, size_figure
from resnet.labs.residual_size.result import ResidualSize
from resnet.labs.residual_size.words import said
from resnet.labs.result import numbers
from resnet.plan import plan
from resnet.spec import NetSpec
from tests.explorer.views.why.panels import asked, charts, drawn, text

FRESH = "taken from the images shown, for the net is untrained"
KEPT = "kept from training"


def result(net, ratio, expected=None, statistics=FRESH):
    """A number is every block's."""
    blocks = plan(NetSpec.parse(net)).blocks
    ratio = np.broadcast_to(ratio, len(blocks))
    expected = ratio if expected is None else np.broadcast_to(expected, len(blocks))
    return ResidualSize(
        net=net,
        images=100,
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


def test_ratios_near_the_expected_agree():
    words = text(said([result("resnet20-A", 0.44, expected=0.4)]))
    assert "untrained ResNet-20 is 10 % off that on average, as they say" in words
    assert "De and Smith 2020 (Section 2)" in words and "ReLU after every addition" in words


def test_ratios_far_from_the_expected_do_not():
    words = text(said([result("resnet20-A", 0.8, expected=0.4)]))
    assert "is 100 % off that on average, which is not as they say" in words


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
    assert "ResNet-56 adds no less, against that" in text(said([deep, shallow]))


def test_one_trained_net_is_counted():
    small = text(said([result("resnet20-A", 0.6, statistics=KEPT)]))
    assert "smaller than what it adds to, x, in 9 of 9 blocks" in small
    assert "most blocks add less than they are given, which fits" in small
    large = text(said([result("resnet20-A", 1.6, statistics=KEPT)]))
    assert "not most blocks add less than they are given, which does not fit" in large


def test_zeros_and_relu_are_spoken_of_where_they_are():
    words = text(said([result("resnet20-B-pre", 0.5)]))
    assert "ReLU after" not in words and "zeros" not in words


def test_the_panel_draws_both_charts():
    page = drawn("residual_size", [result("resnet8-A", 0.5), result("resnet20-A", 0.4)])
    assert asked(page)[1] == {}
    assert [len(each["data"]) for each in charts(page)] == [4, 4]
    assert page.metric[0].value == "0.50"
