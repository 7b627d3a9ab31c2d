"""Shattered gradients: series and autocorrelations as they are, and words that follow them."""

from dataclasses import replace

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
        lines=3,
        step=0.1,
        series=numbers(rng.normal(size=(3, POINTS))),
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
    assert "Balduzzi et al. 2017 (Figs. 1 and 2)" in spoken
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


def test_half_lives_of_23_7_and_23_6_do_not_shrink_with_depth():
    words = text(said([result("plain20", 23.7, KEPT), result("plain56", 23.6, KEPT)]))
    assert "shrink" not in words
    assert "it is the same within a half at every depth, from 23.7 at 20 layers to 23.6" in words
    fresh = text(said([result("plain20", 23.7), result("plain56", 23.6)]))
    assert "differs too little to tell whether it shrinks with depth, from 23.7 at 20" in fresh


def test_half_lives_nearer_than_the_lines_move_them_are_not_told_apart():
    """Trained nets: 2.306 deviations of 0.11, times the root of two, are a factor of 1.43."""
    words = text(said([result("plain56", 10.0, KEPT), result("resnet56-A", 13.2, KEPT)]))
    assert "keeps its half 1.3 times as long as plain-56, too close to tell" in words
    words = text(said([result("plain56", 10.0, KEPT), result("resnet56-A", 14.7, KEPT)]))
    assert "keeps its half 1.5 times as long as plain-56, as they say" in words


def test_what_is_the_same_is_said_to_be_against_the_paper():
    words = text(said([result("plain56", 10.0, KEPT), result("resnet56-A", 10.1, KEPT)]))
    assert "so the same within a half, against that" in words


def test_fewer_lines_tell_less():
    one = [replace(result(*each, KEPT), lines=1) for each in (("plain56", 10), ("resnet56-A", 15))]
    assert "1.5 times as long as plain-56, too close to tell" in text(said(one))


def test_what_was_kept_of_the_papers_setting_is_said():
    words = said([result("plain20", 3.0, KEPT)]).sentences[2]
    assert "Kept of the paper: gradients at neighbouring inputs along a line" in words
    assert "Not kept: theirs are fully connected nets of one input" in words
    assert "half-lives are told apart from a factor of 1.44 on" in words


def test_one_net_alone_asks_for_its_counterpart():
    assert "choose a plain and a residual net of one depth" in text(said([result("plain56", 1.0)]))


def test_the_panel_asks_for_points_reach_and_seed_and_draws():
    page = drawn("shattered", [result("plain20", 3.0), result("resnet56-A", 6.0)])
    assert asked(page)[1] == {"points": 256, "reach": 1.0, "seed": 0}
    assert len(charts(page)) == 3
    page.number_input(key="why_shattered_seed").set_value(4).run()
    assert asked(page)[1]["seed"] == 4
