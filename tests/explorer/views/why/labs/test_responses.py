"""Layer responses: Fig. 7's two halves, and words that agree with it or do not."""

import numpy as np
import pytest

from explorer.views.why.labs.responses.figures import in_order_figure, ranked_figure
from resnet.labs.responses.result import Responses
from resnet.labs.responses.words import said
from resnet.labs.result import numbers
from resnet.plan import plan
from resnet.spec import NetSpec
from tests.explorer.views.why.panels import charts, drawn, text


def result(net, deviations, statistics="kept from training", after_bn=True, images=500):
    """A number is every layer's; else one for each."""
    layers = [
        each
        for each in plan(NetSpec.parse(net)).layers
        if each.kind == "conv" and each.kernel == 3 and each.branch == "main"
    ]
    return Responses(
        net=net,
        images=images,
        statistics=statistics,
        layers=tuple(each.name for each in layers),
        stages=tuple(each.stage for each in layers),
        after_bn=after_bn,
        deviations=numbers(np.broadcast_to(deviations, len(layers))),
    )


def test_both_orders_carry_the_deviations():
    rising = result("plain8", np.arange(1.0, 8.0))
    order, ranked = (
        draw([rising, result("resnet8-A", 0.5)], "light")
        for draw in (in_order_figure, ranked_figure)
    )
    assert list(order.data[0].y) == [1, 2, 3, 4, 5, 6, 7]
    assert list(ranked.data[0].y) == [7, 6, 5, 4, 3, 2, 1]
    assert ranked.data[0].text[0] == rising.layers[-1]
    assert [trace.name for trace in order.data] == ["plain-8", "ResNet-8"]
    assert [each.text for each in order.layout.annotations] == ["stage 1", "stage 2", "stage 3"]
    assert order.layout.yaxis.title.text == "standard deviation of the response"


def test_boundaries_of_several_depths_say_whose_they_are():
    figure = in_order_figure([result("plain8", 1.0), result("plain20", 1.0)], "dark")
    texts = [each.text for each in figure.layout.annotations]
    assert texts == ["1", "2", "stage 3 (of 7)", "1", "2", "stage 3 (of 19)"]


def test_weaker_residual_nets_agree_with_the_paper():
    results = [result("plain20", 1.5), result("resnet20-A", 0.9), result("resnet56-A", 0.4)]
    words = text(said(results))
    assert "ResNet-20 answers more weakly in 19 of 19 layers against plain-20" in words
    assert "(mean 0.90 against 1.50)" in words
    assert "smaller responses than plain ones: so it is here" in words
    assert "here as well the mean falls (0.90 in ResNet-20 and 0.40 in ResNet-56)" in words
    assert said(results).numbers[0] == ("plain-20", "1.50", "mean of 19 layers; 1.50 to 1.50")


def test_stronger_residual_nets_disagree_with_it():
    words = text(said([result("plain20", 0.5), result("resnet20-A", 1), result("resnet56-A", 2)]))
    assert "here it is the other way round" in words and "here the mean grows instead" in words
    assert "more weakly in 0 and more strongly in 19 of 19 layers" in words


def test_about_the_same_is_not_called_weaker():
    words = text(said([result("plain20", 1.0), result("resnet20-A", 0.995)]))
    assert "here the means are the same within 5 %" in words
    assert "more weakly in 0 of 19 layers" in words  # none of them is shown to be
    assert "near 1, where BN starts them" in words


def test_what_other_images_would_change_is_not_called_weaker():
    few = [result("plain20", 1.0, images=4), result("resnet20-A", 0.95, images=4)]
    assert "here the means are too close to tell" in text(said(few))
    many = [result("plain20", 1.0), result("resnet20-A", 0.95)]
    assert "so it is here" in text(said(many))


@pytest.mark.parametrize(
    ("means", "words"),
    [
        ((0.8, 0.8, 0.8), "stays the same within 5 % from depth to depth"),
        ((0.8, 0.6, 0.7), "the mean does not go one way"),
    ],
)
def test_depths_that_do_not_fall_are_said_not_to(means, words):
    nets = ("resnet20-A", "resnet32-A", "resnet56-A")
    assert words in text(said([result(*each) for each in zip(nets, means, strict=True)]))


def test_depths_that_few_images_cannot_tell_apart_are_left_open():
    nets = [result("resnet20-A", 0.80, images=4), result("resnet56-A", 0.78, images=4)]
    assert "too close to tell at every depth" in text(said(nets))


@pytest.mark.parametrize(
    ("second", "words"), [(0.5, "that is so of some of them"), (1.5, "that is so of none of them")]
)
def test_pairs_that_do_not_agree_are_told(second, words):
    shallow = [result("plain20", 1.0), result("resnet20-A", 1.0)]
    assert words in text(said([*shallow, result("plain56", 1.0), result("resnet56-A", second)]))


def test_what_was_kept_of_fig_7_is_said():
    words = said([result("plain20", 1.5)]).sentences[2]
    assert "Kept of the paper: 3x3 layers, after BN" in words and "64,000 iterations" in words
    assert "means are told apart from a factor of 1.02 on" in words


def test_what_is_missing_or_read_elsewhere_is_said():
    fresh = result("plain20", 1.0, "taken from the images shown, for the net is untrained")
    alone = said([fresh])
    assert alone.numbers[0][0] == "plain-20, untrained"
    assert "side by side to test it" in text(alone)
    assert "plain-20 (untrained) was never trained" in text(alone)
    bare = result("plain20-nonorm", 3.0, "the net has no BN", after_bn=False)
    assert "In plain-20 (no BN) no BN follows" in text(said([bare]))


def test_the_panel_draws_both_halves():
    assert len(charts(drawn("responses", [result("plain8", 1), result("resnet8-A", 2)]))) == 2
