"""Short and long paths: how many, what one carries, what all carry together."""

import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.views.why.labs.paths.figures import carried_figure, gradient_figure, lengths_figure
from resnet.labs.paths.result import Paths
from resnet.labs.paths.words import mean_length, said
from resnet.labs.result import numbers
from tests.explorer.views.why.panels import asked, charts, drawn, text


def result(net="resnet56-A", blocks=27, rate=0.5):
    """Every further block multiplies a path's gradient by `rate`."""
    shares = np.array([math.comb(blocks, n) / 2**blocks for n in range(blocks + 1)])
    gradient = rate ** np.arange(blocks + 1)
    carried = shares * gradient
    return Paths(
        net=net,
        images=16,
        statistics="kept from training",
        lengths=blocks + 1,
        paths=numbers(shares),
        gradient=numbers(gradient),
        carried=numbers(carried / carried.sum()),
        samples=6,
        seed=0,
    )


def test_the_three_charts_carry_the_numbers():
    one = result()
    assert sum(lengths_figure([one], "light").data[0].y) == pytest.approx(100, abs=1e-3)
    gradient = gradient_figure([one], "light")
    np.testing.assert_allclose(gradient.data[0].y, one.gradient)
    assert gradient.layout.yaxis.type == "log"
    curve, bar = carried_figure([one], "light").data
    np.testing.assert_allclose(curve.y, 100 * one.carried, rtol=1e-5)
    assert tuple(bar.x) == one.effective


def test_vanishing_paths_make_short_ones_effective():
    found = said([result(rate=0.3)])
    low, high = result(rate=0.3).effective
    assert found.numbers[0][1] == f"{low} to {high} blocks"
    assert f"but 95 % of the gradient comes along lengths {low} to {high}" in text(found)
    assert "so it is in ResNet-56" in text(found) and "not where" not in text(found)
    assert f"the mean length is {mean_length(result(rate=0.3)):.1f} blocks, that of all" in text(
        found
    )


def test_paths_that_carry_alike_do_not():
    words = text(said([result(rate=1.0)]))
    assert (
        "not where its paths are on average as long as all are, within a fifth: ResNet-56" in words
    )
    assert "so it is" not in words
    assert "95 % of the 2²⁷ paths of ResNet-56 are 8 to 19 blocks long, and 95 %" in words


def test_paths_that_grow_with_their_length_are_longer():
    words = text(said([result(rate=2.0)]))
    assert "not where they are longer on average: ResNet-56" in words and "so it is" not in words


def test_lengths_that_other_paths_would_change_are_left_open():
    """18 % shorter; with one path of each length a mean is known to a factor of 1.29."""
    few = replace(result(rate=0.7), samples=1)
    assert "too close to tell in ResNet-56" in text(said([few]))
    assert "so it is in ResNet-56" in text(said([result(rate=0.7)]))


def test_what_was_kept_of_the_papers_setting_is_said():
    words = said([result()]).sentences[2]
    assert "Kept of the paper: random paths through F in so many blocks" in words
    assert "Not kept: Veit et al. take a net of 110 layers" in words
    assert "from a factor of 1.11 on" in words


def test_a_net_without_gradient_is_not_judged():
    words = text(said([result(rate=math.nan)]))
    assert "no gradient reaches the input" in words.lower() and "so it is" not in words


def test_the_panel_asks_for_samples_and_draws_several_nets():
    page = drawn("paths", [result("resnet20-A", 9), result()])
    assert asked(page)[1] == {"samples": 6}
    assert [len(chart["data"]) for chart in charts(page)] == [2, 2, 4]
