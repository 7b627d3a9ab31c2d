"""Shattered gradients: series and autocorrelations as they are, and words that follow them."""

import numpy as np
import pytest

from explorer.views.why.labs.shattered.figures import (
    correlation_figure,
    depth_figure,
    gradient_figure,
)
from resnet.labs.result import numbers
from resnet.labs.shattered.result import Shattered, half_life
from resnet.labs.shattered.words import said
from tests.explorer.views.why.panels import asked, charts, drawn, text

FRESH = "taken from the images shown, for the net is untrained"
KEPT = "kept from training"
POINTS = 64


def result(net, life, statistics=FRESH):
    """A net whose autocorrelation halves every `life` lags; None where it never falls."""
    lags = np.arange(POINTS // 2 + 1)
    rng = np.random.default_rng(0)
    return Shattered(
        net=net,
        statistics=statistics,
        points=POINTS,
        lines=2,
        step=0.1,
        series=numbers(rng.normal(size=(2, POINTS))),
        correlation=numbers(np.full(len(lags), 1.0) if life is None else 0.5 ** (lags / life)),
        white_series=numbers(rng.normal(size=POINTS)),
        white=numbers(lags == 0),
        brownian_series=numbers(rng.normal(size=POINTS).cumsum()),
        brownian=numbers(np.maximum(0, 1 - lags / 24)),
        seed=0,
    )


def test_half_life_is_the_labs():
    each = result("plain20", 3.0)
    assert half_life(each.correlation) == pytest.approx(each.half_life) == pytest.approx(3.0)
    assert half_life(each.white) == 0.5 and half_life(each.brownian) == 12
    assert np.isnan(half_life(np.ones(5)))


def test_every_series_has_a_panel_in_its_own_deviations():
    results = [result("plain56", 1.0), result("resnet56-A", 6.0)]
    figure = gradient_figure(results, "light")
    assert [each.name for each in figure.data] == [
        "plain-56, untrained",
        "ResNet-56, untrained",
        "white noise",
        "Brownian motion",
    ]
    for trace in figure.data:
        assert np.std(trace.y) == pytest.approx(1) and abs(np.mean(trace.y)) < 1e-6
    assert len({trace.xaxis for trace in figure.data}) == 4
    assert "gradient, s.d." in (figure.layout.yaxis.title.text, figure.layout.yaxis3.title.text)


def test_a_gradient_that_does_not_change_is_a_flat_line():
    flat = result("plain8", None)
    flat.series[:] = 0.25
    flat.correlation[:] = np.nan
    assert not np.any(gradient_figure([flat], "dark").data[0].y)
    assert "nowhere in untrained plain-8" in text(said([flat]))
    assert correlation_figure([flat], "dark").data[2].name == "plain-8, untrained"


def test_autocorrelations_stand_among_grey_references():
    results = [result("plain56", 1.0), result("resnet56-A", 6.0)]
    figure = correlation_figure(results, "light")
    white, brownian, plain, residual = figure.data
    assert white.line.color == brownian.line.color and white.line.dash != brownian.line.dash
    assert list(plain.y) == list(results[0].correlation)
    assert list(residual.y) == list(results[1].correlation)
    assert plain.line.color != residual.line.color
    assert figure.layout.xaxis.title.text == "lag, steps along the line"


def test_half_life_against_depth_needs_two_depths():
    assert depth_figure([result("plain56", 1.0), result("resnet56-A", 6.0)], "light") is None
    figure = depth_figure(
        [result("plain56", 1.0), result("plain20", 3.0), result("resnet56-A", 6.0)], "light"
    )
    plain, residual = figure.data
    assert list(plain.x) == [20, 56] and list(plain.y) == pytest.approx([3, 1])
    assert (plain.name, residual.name) == ("plain, untrained", "residual, untrained")
    assert [each.text for each in figure.layout.annotations] == ["white noise", "Brownian motion"]


def test_words_agree_where_shortcuts_keep_gradients_related():
    words = said([result("plain20", 3.0), result("plain56", 1.0), result("resnet56-A", 6.0)])
    assert words.numbers[2] == (
        "ResNet-56, untrained",
        "6.0 steps",
        "half-life of the autocorrelation",
    )
    spoken = text(words)
    assert "keeps its half 6.0 times as long as untrained plain-56, as they say" in spoken
    assert "among untrained plain nets it shrinks with depth, from 3.0 at 20 layers" in spoken
    assert "Balduzzi et al. 2017 (Sections 1 and 2, Figs. 1 and 2)" in spoken
    assert "trained, which theirs" not in spoken


def test_words_disagree_where_the_numbers_do():
    words = text(
        said([result("plain20", 1.0, KEPT), result("plain56", 8.0, KEPT), result("resnet56-A", 2)])
    )
    assert "as they say" not in words  # a trained and an untrained net are not a pair
    assert "among plain nets it does not always shrink" in words
    assert "plain-20 and plain-56 are trained, which theirs are not" in words
    against = text(said([result("plain56", 8.0), result("resnet56-A", 2.0)]))
    assert "0.2 times as long as untrained plain-56, against that" in against


def test_one_net_alone_asks_for_its_counterpart():
    assert "choose a plain and a residual net of one depth" in text(said([result("plain56", 1.0)]))


def test_the_panel_asks_for_points_reach_and_seed_and_draws():
    page = drawn("shattered", [result("plain20", 3.0), result("resnet56-A", 6.0)])
    assert asked(page)[1] == {"points": 256, "reach": 1.0, "seed": 0}
    assert len(charts(page)) == 3
    page.number_input(key="why_shattered_seed").set_value(4).run()
    assert asked(page)[1]["seed"] == 4
