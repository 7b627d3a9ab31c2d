"""Do gradients vanish? Its figures carry the numbers, and its words follow them."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.views.why.labs.gradients.figures import (
    backward_figure,
    entering_figure,
    forward_figure,
)
from explorer.views.why.style import looks
from resnet.labs.gradients.activations import EDGES
from resnet.labs.gradients.result import Gradients, Moment
from resnet.labs.gradients.words import fate, said
from resnet.labs.result import numbers
from resnet.plan import plan
from resnet.spec import NetSpec
from tests.explorer.views.why.panels import asked, charts, drawn, text


def moment(layers, activations, reach=1.0, iteration=0, saturated=0.0, slope=0.2):
    """Gradients that go evenly from `reach` at the first layer to 1 at the last convolution."""
    signal = [*np.geomspace(reach, 1.0, layers - 1), 1.0]
    bins = np.zeros((activations, 40))
    bins[:, 20] = 1.0
    return Moment(
        iteration=iteration,
        loss=2.3,
        variance=numbers(np.linspace(1, 2, layers)),
        signal=numbers(signal),
        weights=numbers(signal),
        saturated=numbers(np.full(activations, saturated)),
        derivative=numbers(np.full(activations, slope)),
        histogram=numbers(bins),
    )


def result(net, *reaches, initialisation="he", **more):
    """One moment for each reach: before training, and after 20 steps."""
    spec = NetSpec.parse(net)
    layers = [each.name for each in plan(spec).weighted if each.branch == "main"]
    activations = [each.name for each in plan(spec).layers if each.kind == spec.activation]
    return Gradients(
        net=net,
        initialisation=initialisation,
        std=0.01,
        learning_rate=0.05,
        layers=tuple(layers),
        activations=tuple(activations),
        activation=spec.activation,
        moments=tuple(
            moment(len(layers), len(activations), reach, 20 * at, **more)
            for at, reach in enumerate(reaches)
        ),
        seed=0,
    )


def test_the_layers_numbers_are_drawn_for_each_net_and_moment():
    results = [result("plain8", 5e4, 0.1), result("resnet8-A", 2.0, 1.0)]
    figure = backward_figure(results, "light")
    assert [trace.name for trace in figure.data] == [
        f"{net}, {when}" for net in ("plain-8", "ResNet-8") for when in ("0 steps", "20 steps")
    ]
    np.testing.assert_allclose(figure.data[1].y, results[0].moments[1].signal)
    np.testing.assert_allclose(
        forward_figure(results, "light").data[2].y, results[1].moments[0].variance
    )
    assert figure.layout.yaxis.type == "log"
    assert [each.text for each in figure.layout.annotations] == ["stage 1", "stage 2", "stage 3"]


def test_a_gradient_of_zero_has_no_point_on_a_log_axis():
    gone = result("plain8-nonorm-sigmoid", 1.0)
    signal = gone.moments[0].signal.copy()
    signal[0] = 0
    gone = replace(gone, moments=(replace(gone.moments[0], signal=signal),))
    assert backward_figure([gone], "light").data[0].y[0] is None
    assert fate(gone.moments[0]) == "vanishes"
    assert said([gone]).numbers[0][1] == "0"


@pytest.mark.parametrize("kind", ["sigmoid", "tanh"])
def test_the_derivative_stands_over_what_enters(kind):
    one = result(f"plain8-nonorm-{kind}", 1.0, saturated=0.25)
    figure = entering_figure(one, 3, 0, looks([one], "dark")[0])
    bars, slope = figure.data
    assert sum(bars.y) == pytest.approx(100)
    assert max(slope.y) == {"sigmoid": 0.25, "tanh": 1.0}[kind]
    assert [each.x0 for each in figure.layout.shapes] == [-8, pytest.approx(EDGES[kind])]
    assert "saturated (grey): 25 %" in figure.layout.annotations[0].text


def test_healthy_plain_nets_speak_against_the_popular_explanation():
    words = text(said([result("plain56", 3.0, 1.0), result("resnet56-A", 1.0, 1.0)]))
    assert "arrives in plain-56 and ResNet-56" in words
    assert "popular explanation" in words and "is not what happens in plain-56" in words
    assert "the opposite" not in words


def test_gradients_that_explode_before_training_are_told():
    found = said([result("plain56", 5.3e4, 0.1), result("resnet56-A", 200.0, 1.0)])
    assert found.numbers[0][1:] == ("× 53,000", "before training; × 0.10 after 20 steps")
    words = text(found)
    assert "explodes in plain-56; it arrives in ResNet-56" in words
    assert "From the last convolution's output back to the first one's" in words
    assert "the opposite" in words and "The first steps calm it in plain-56" in words


def test_the_labs_gradient_and_the_lessons_have_two_names():
    found = said([result("plain56", 3.0, 1.0)])
    name = "plain-56: gradient of the first layer's output over that of the last's"
    assert found.numbers[0][0] == name
    assert "the gradient of the first layer's weights over that of the last's" in found.sentences[2]


@pytest.mark.parametrize("reach", [1100.0, 900.0, 1 / 900, 1 / 1100])
def test_a_ratio_that_another_start_could_tip_over_a_limit_is_called_neither(reach):
    """2.179 deviations of 0.35 are a factor of 2.15 either way."""
    one = result("resnet56-A", reach)
    assert fate(one.moments[0]) == "is near a limit"
    words = text(said([one]))
    assert "the gradient is near a limit in ResNet-56" in words
    assert "within a factor of 2.2 of a limit" in words


def test_of_a_plain_net_near_the_limit_neither_is_claimed():
    words = text(said([result("plain56", 1 / 900, 1.0)]))
    assert "whether that of plain-56 vanishes is too close to tell here" in words
    assert "popular explanation" not in words and "against that" not in words
    grown = text(said([result("plain56", 900.0, 1.0)]))  # it does not vanish, whatever else
    assert "is not what happens in plain-56" in grown and "the opposite" not in grown


def test_of_other_nets_near_the_limit_neither_is_claimed():
    near = result("resnet20-A-tanh", 1 / 900)
    assert "here ResNet-20 (tanh) cannot be told either way" in text(said([near]))
    both = text(said([near, result("plain20-nonorm", 1e-7)]))
    assert "they vanish in plain-20" in both and "cannot be told either way" in both


def test_saturation_near_the_limit_is_called_neither():
    words = text(said([result("plain20-nonorm-sigmoid", 1e-12, saturated=0.05)]))
    assert "with up to 5 % of what enters the sigmoid saturated, too near 5 % to say" in words


def test_a_last_layer_that_cannot_tell_images_apart_is_named():
    one = result("plain20-nonorm-sigmoid", 1e-12)
    variance = one.moments[0].variance.copy()
    variance[-1] = 1e-9 * variance[-2]
    blind = replace(one, moments=(replace(one.moments[0], variance=variance),))
    assert "all images look the same to the last layer of plain-20" in text(said([blind]))
    assert "all images look the same" not in text(said([one]))


def test_what_was_kept_of_the_papers_setting_is_said():
    words = said([result("plain20", 1.0)]).sentences[2]
    assert "Kept of the papers: nets with and without BN" in words
    assert "Not kept: we look before training, on 64 images" in words


def test_a_plain_net_that_vanishes_is_said_to_differ_from_the_paper():
    words = text(said([result("plain56", 1e-5, 1e-5)]))
    assert "against that, that of plain-56 vanishes" in words
    assert "popular explanation" not in words


def test_sigmoids_vanish_with_saturation_or_without():
    free = text(said([result("plain20-nonorm-sigmoid", 1e-12, slope=0.24)]))
    assert "without saturation (at most 0 %" in free and "at most 1/4, here 0.24" in free
    flat = text(said([result("plain20-nonorm-sigmoid", 1e-12, saturated=0.6)]))
    assert "up to 60 % of what enters the sigmoid is saturated" in flat
    tanh = text(said([result("plain20-nonorm-tanh", 1e-9, slope=1.0, initialisation="gaussian")]))
    assert "small first weights" in tanh and "Gaussian weights of deviation 0.01" in tanh


def test_where_nothing_vanishes_that_is_said():
    assert "nothing vanishes here" in text(said([result("resnet20-A-tanh", 1.0, 1.0)]))


def test_gradients_that_left_the_numbers_have_exploded():
    one = result("plain8", 1.0, 1.0)
    lost = replace(one.moments[1], signal=numbers(np.full(8, np.nan)))
    one = replace(one, moments=(one.moments[0], lost))
    assert fate(lost) == "explodes"
    assert said([one]).numbers[0][2] == "before training; not a number after 20 steps"
    assert list(backward_figure([one], "dark").data[1].y) == [None] * 8


def test_the_panel_asks_for_nets_and_draws_them():
    page = drawn("gradients", [result("plain56", 5.0, 1.0), result("resnet56-A", 1.0, 1.0)])
    assert asked(page) == (("plain56", "resnet56-A"), {"initialisation": "he", "steps": 20})
    assert len(charts(page)) == 4
    page.selectbox(key="why_gradients_depth").set_value(20).run()
    page.button_group(key="why_gradients_norm").set_value("none").run()
    page.button_group(key="why_gradients_activation").set_value("sigmoid").run()
    page.selectbox(key="why_gradients_shortcut").set_value("none").run()
    page.button_group(key="why_gradients_initialisation").set_value("gaussian").run()
    assert not page.exception
    nets, settings = asked(page)
    assert nets == ("plain20-nonorm-sigmoid",)
    assert settings == {"initialisation": "gaussian", "std": 0.01, "steps": 20}


def test_results_before_training_alone_are_drawn():
    assert len(charts(drawn("gradients", [result("plain8", 5.0)]))) == 3
