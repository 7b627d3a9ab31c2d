"""Figures from known curves: traces, axes, values."""

from array import array
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from explorer import figures
from explorer.feed import Curves
from explorer.records import Run, StoredRow
from resnet.lessons import DEGRADATION
from resnet.plan import plan
from resnet.spec import NetSpec


def curves_of(name, errors, norm=0.5, identity=1, seed=0):
    """Curves tested every 10 iterations; every layer has the same gradient norm."""
    spec = NetSpec.parse(name)
    recipe = replace(DEGRADATION.recipe, seed=seed)
    run = Run(identity, "c", spec, recipe, "running", None, 0, 0.0, None, 0, "", "", "")
    layers = len(plan(spec, recipe.image_size).weighted)
    rows = [
        StoredRow(
            index,
            identity,
            10 * index,
            1.0 * index,
            None if index == 0 else 0.05,
            None if index == 0 else 2.0 - index,
            None,
            error,
            error + 10,
            array("f", [norm] * (layers if index else 0)),
        )
        for index, error in enumerate(errors)
    ]
    return Curves(run, rows)


@pytest.fixture
def two():
    return [curves_of("plain20", [90, 60, 40]), curves_of("resnet20-B", [90, 30, 10], 0.01)]


def test_errors_training_dashed_and_test_bold(two):
    figure = figures.error_figure(two, "light")
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [(trace.name, trace.meta) for trace in lines] == [
        ("plain-20", "training"),
        ("plain-20", "test"),
        ("ResNet-20", "training"),
        ("ResNet-20", "test"),
    ]
    assert [trace.line.dash for trace in lines] == ["dash", None, "dash", None]
    assert lines[1].line.width > lines[0].line.width
    assert list(lines[0].x) == [0, 10, 20]
    assert list(lines[0].y) == [90, 60, 40]
    assert list(lines[3].y) == [100, 40, 20]
    assert list(figure.layout.xaxis.range) == [0, 400]
    assert "error, %" in figure.layout.title.text


def test_names_stand_at_the_ends_and_are_hidden_with_their_curves(two):
    figure = figures.error_figure(two, "light")
    names = [trace for trace in figure.data if trace.mode == "text"]
    assert [trace.text[0].strip() for trace in names] == [
        "plain-20 train",
        "plain-20 test",
        "ResNet-20 train",
        "ResNet-20 test",
    ]
    assert all(trace.x[0] == 20 for trace in names)
    groups = {trace.legendgroup for trace in figure.data}
    assert groups == {"plain-20", "ResNet-20"}
    heights = sorted(trace.y[0] for trace in names)
    assert min(b - a for a, b in pairwise(heights)) >= 5.49


def test_the_shortcut_is_a_marker_and_the_kind_a_hue(two):
    lines = [t for t in figures.error_figure(two, "light").data if t.mode == "lines+markers"]
    assert lines[0].marker.symbol != lines[2].marker.symbol
    assert lines[0].line.color != lines[2].line.color


def test_the_profile_counts_main_layers_from_the_input(two):
    figure = figures.gradient_profile(two, "light")
    plain, residual = figure.data
    assert len(plain.x) == len(residual.x) == 20  # the projections of option B are left out
    assert figure.layout.yaxis.type == "log"
    assert np.allclose(plain.y, 0.5)
    assert np.allclose(residual.y, 0.01)
    assert residual.text[0] == "stem.conv"
    assert residual.text[-1] == "head.fc"
    assert "iteration 20" in figure.layout.title.text


def test_the_map_shows_a_panel_a_net_on_one_scale(two):
    figure = figures.gradient_map(two, "light")
    assert [note.text for note in figure.layout.annotations] == ["plain-20", "ResNet-20"]
    first, second = figure.data
    assert first.z.shape == second.z.shape == (20, 2)
    assert (first.zmin, first.zmax) == (second.zmin, second.zmax)
    assert first.zmin == pytest.approx(-2)
    assert first.zmax == pytest.approx(np.log10(0.5))
    assert list(first.x) == [10, 20]


def test_a_long_run_is_thinned_for_the_map():
    long = curves_of("plain20", [50.0] * 1001)
    assert figures.gradient_map([long], "light").data[0].z.shape[1] <= figures.MAP_COLUMNS


def test_loss_and_rate_leave_out_the_untrained_row(two):
    loss = figures.loss_figure(two, "light").data[0]
    assert list(loss.x) == [10, 20]
    assert list(loss.y) == [1, 0]
    assert list(figures.rate_figure(two, "light").data[0].y) == pytest.approx([0.05, 0.05])


def test_two_seeds_of_a_net_are_told_apart():
    twins = [curves_of("plain20", [50], seed=seed, identity=seed) for seed in (0, 1)]
    names = [trace.name for trace in figures.loss_figure(twins, "light").data]
    assert names == ["plain-20, seed 0", "plain-20, seed 1"]


@pytest.mark.parametrize(
    "draw",
    [
        figures.error_figure,
        figures.loss_figure,
        figures.gradient_map,
        figures.gradient_profile,
        figures.rate_figure,
    ],
)
def test_nothing_measured_yet_is_an_empty_figure(draw):
    assert draw([curves_of("plain20", [])], "dark").to_json()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10, 50, 90], [10, 50, 90]),
        ([50, 50], [47.5, 52.5]),
        ([0, 0, 1], [0, 5, 10]),
        ([100, 99], [100, 95]),
        ([30, 50, 32, 31], [26, 50, 36, 31]),
    ],
)
def test_labels_are_spread_as_little_as_needed(values, expected):
    assert figures.spread(values, 5, 0, 100) == pytest.approx(expected)


def test_labels_keep_their_order_and_stay_on_the_axis():
    values = [3.0, 1.0, 2.0, 0.5, 99.0, 98.5, 100.0, 50.0]
    places = figures.spread(values, 6, 0, 100)
    by_value = sorted(range(8), key=lambda index: values[index])
    by_place = sorted(range(8), key=lambda index: places[index])
    assert by_value == by_place
    assert min(places) >= 0
    assert max(places) <= 100
    ordered = sorted(places)
    assert min(b - a for a, b in pairwise(ordered)) >= 6 - 1e-9
