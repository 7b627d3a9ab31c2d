"""Loss surfaces: heights as they are, cut off where they must be, filled in while they grow."""

import json
from dataclasses import replace

import numpy as np
import pytest

from explorer.views.why.labs.surface.contours import contour_figure
from explorer.views.why.labs.surface.heights import (
    CUT,
    ERROR,
    LOG,
    drawn,
    filled,
    heights,
    scale_of,
)
from explorer.views.why.labs.surface.relief import relief_figure
from resnet.labs.result import numbers
from resnet.labs.surface.result import Surface, known
from resnet.labs.surface.words import dips, low_share, said
from resnet.verdict.single import Resolution
from tests.explorer.views.why import panels as why_panels
from tests.explorer.views.why.panels import asked, charts, text


def result(net="resnet56-A", side=9, steep=2.0, bumps=0.0, centre=0.5, error=0, images=200):
    """A bowl, log10 of the loss rising by `steep` to the rim; `bumps` make dips of it."""
    steps = np.linspace(-1, 1, side)
    away = np.hypot(*np.meshgrid(steps, steps))
    wave = bumps * (np.indices((side, side)) % 2).max(0)
    loss = centre * 10 ** (steep * away + wave)
    return Surface(
        net=net,
        images=images,
        statistics="kept from training",
        reach=1.0,
        steps=numbers(steps),
        loss=numbers(loss),
        error=numbers(np.minimum(90, error + 100 * away)),
        seed=0,
    )


def part(surface, points):
    """As if only the first `points`, row by row of the coarsest grid, were known."""
    side = len(surface.steps)
    step = (side - 1) // 4
    there = np.zeros((side, side), bool)
    coarse = [(row, column) for row in range(0, side, step) for column in range(0, side, step)]
    for at in coarse[:points]:
        there[at] = True
    hide = numbers(np.where(there, 0, np.nan))
    return replace(surface, loss=surface.loss + hide, error=surface.error + hide)


def test_contours_carry_the_losses_on_one_scale_for_all_nets():
    plain, residual = result("plain56", steep=4.0), result()
    figure = contour_figure([plain, residual], LOG, "light")
    first, second = (trace for trace in figure.data if trace.type == "contour")
    np.testing.assert_allclose(10 ** np.asarray(second.z), residual.loss, rtol=1e-4)
    assert first.coloraxis == second.coloraxis == "coloraxis"
    scale = figure.layout.coloraxis
    assert scale.cmin == pytest.approx(np.log10(0.5)) and scale.cmax == pytest.approx(5)
    assert scale.colorbar.ticktext[-1] == "100,000 or more"
    assert figure.layout.annotations[1].text == "<b>ResNet-56</b><br>loss 0.5, error 0 %"


def test_the_centre_is_marked_in_either_view():
    for draw in (contour_figure, relief_figure):
        centres = [each for each in draw([result()], LOG, "dark").data if each.name == "centre"]
        assert len(centres) == 1 and centres[0].x[0] == 0 and centres[0].y[0] == 0
        assert "loss 0.5" in centres[0].hovertemplate


def test_error_and_cut_loss_are_heights_too():
    surface = result(steep=4.0)
    np.testing.assert_array_equal(heights(surface, ERROR), surface.error)
    scale = scale_of([surface], ERROR)
    assert (scale.title, scale.low, scale.high) == ("error, %", 0, 90)
    cut = drawn(surface, CUT, scale_of([surface], CUT))
    assert cut.max() == 10 and cut.min() == pytest.approx(0.5)


def test_infinite_losses_and_those_that_are_no_number_stand_at_the_top():
    surface = result(steep=2.0)
    surface.loss[0, 0] = np.inf
    surface.loss[0, 8] = np.nan  # overflowed: its error is known
    for quantity in (LOG, CUT):
        scale = scale_of([surface], quantity)
        grid = drawn(surface, quantity, scale)
        assert grid[0, 0] == grid[0, 8] == scale.high
        assert np.isfinite(grid).all()
    assert scale_of([surface], LOG).ticks[-1][1].endswith("or more")
    figure = contour_figure([surface], LOG, "light")
    assert "loss too large for a number" in figure.data[0].text[0][0]
    json.loads(figure.to_json())
    assert "has 1 dip" in text(said([surface]))


def test_everything_infinite_still_draws():
    surface = result()
    surface.loss[:] = np.inf
    for quantity in (LOG, CUT, ERROR):
        assert len(contour_figure([surface], quantity, "light").data) == 2
    assert said([surface]).numbers[0][1] == "too large"


@pytest.mark.parametrize("points", [0, 1, 7, 24])
def test_a_part_of_the_coarsest_grid_draws_and_is_counted(points):
    surface = part(result(side=17), points)
    assert known(surface).sum() == points
    for draw in (contour_figure, relief_figure):
        figure = draw([surface], LOG, "light")
        assert figure.layout.annotations[0].text == f"<b>ResNet-56</b><br>{points} of 289 points"
    assert np.isfinite(contour_figure([surface], LOG, "light").data[0].z).sum() == points
    assert f"{points} of 289 points of ResNet-56 are known so far" in text(said([surface]))


def test_dots_show_what_is_known_and_go_when_all_is():
    names = [each.name for each in contour_figure([part(result(), 25)], LOG, "light").data]
    assert names == ["ResNet-56", "points known", "centre"]
    dots = contour_figure([part(result(), 25)], LOG, "light").data[1]
    assert len(dots.x) == 25
    assert dots.marker.coloraxis is None  # shared with contours, plotly.js would never end
    assert len(contour_figure([result()], LOG, "light").data) == 2


def test_between_known_points_the_grid_is_linear_and_known_points_stay():
    rows, columns = np.indices((17, 17))
    plane = 2.0 * rows - 3.0 * columns
    coarse = np.full((17, 17), np.nan)
    coarse[::4, ::4] = plane[::4, ::4]
    np.testing.assert_allclose(filled(coarse), plane)
    coarse[2, 2] = 99
    assert filled(coarse)[2, 2] == 99 and filled(coarse)[2, 4] == plane[2, 4]


def test_steeper_and_rougher_plain_nets_agree_with_the_paper():
    results = [result("plain56", steep=4.0, bumps=3.0), result("resnet56-A", steep=1.5)]
    words = text(said(results))
    assert "plain-56, beside ResNet-56, is the steeper one, as they say, and has more dips" in words
    assert "Li et al. 2018 (Section 6, Figs. 1 and 5)" in words
    assert said(results).numbers[1] == ("ResNet-56", "0.50", "loss at the centre, error 0 %")


def test_smoother_plain_nets_are_said_to_be_so():
    words = text(said([result("plain56", steep=1.5), result("resnet56-A", steep=4.0, bumps=3.0)]))
    assert "is the less steep one, against that, and has fewer dips, against that" in words
    mixed = text(said([result("plain56", steep=4.0), result("resnet56-A", steep=1.5)]))
    assert "as they say, but has as many dips within two, so chaos is not seen" in mixed


def low(net, points, side=9, images=200):
    """A net with so many points of a loss of at most 10."""
    surface = result(net, side=side, images=images)
    surface.loss[:] = 100
    surface.loss.flat[:points] = 1
    return surface


def test_31_points_of_81_against_30_make_no_surface_the_steeper_one():
    words = text(said([low("plain56", 30), low("resnet56-A", 31)]))
    assert "steeper one, as they say" not in words and "the less steep one" not in words
    assert "differs too little in its low points to tell which is the steeper one" in words


def test_planes_that_are_shown_to_be_alike_are_said_to_be(monkeypatch):
    finer = Resolution(deviation=0.01, degrees=8, same=0.1, ratio=False)
    monkeypatch.setattr("resnet.labs.surface.words.LOW", finer)
    words = text(said([low("plain56", 30), low("resnet56-A", 31)]))
    assert "is as steep within 10 % of the points, against that" in words


def test_coarser_grids_tell_less():
    nets = ("plain56", "resnet56-A")
    fine = [low(net, points) for net, points in zip(nets, (5, 55), strict=True)]
    assert "is the steeper one, as they say" in text(said(fine))
    coarse = [low(net, points, side=5) for net, points in zip(nets, (2, 9), strict=True)]
    assert "is the steeper one, as they say" in text(said([low(nets[0], 6), low(nets[1], 29)]))
    words = text(said(coarse))
    assert "differs too little in its low points to tell which is the steeper one" in words
    assert "and differs too little in its dips to tell whether it has more" in words


def test_what_was_kept_of_the_papers_setting_is_said():
    words = said([result()]).sentences[2]
    assert "Kept of the paper: random directions, scaled filter by filter" in words
    assert "Not kept: they train every net for 300 epochs" in words
    assert "by how far they move on other planes and images" in words


def test_different_grids_are_not_held_against_each_other():
    words = text(said([result("plain56", side=17), result("resnet56-A", side=9)]))
    assert "complete on the same grid" in words and "as they say" not in words


def test_a_net_that_only_guesses_is_said_to():
    assert "plain-56 has hardly learned anything yet (guessing gives 90 % error)" in text(
        said([result("plain56", centre=2.29, error=88)])
    )
    assert "hardly learned" not in text(said([result("plain56", centre=1.5, error=50)]))
    few = result("plain56", centre=2.2, error=85, images=20)
    assert "hardly learned" not in text(said([few]))  # 20 images do not show it


def test_dips_and_shares_are_counted():
    assert dips(result()) == 1 and low_share(result(steep=0.1)) == 1
    assert dips(result(bumps=3.0)) == 9  # the even points inside the rim


def test_the_panel_refines_in_place_and_turns_to_three_dimensions():
    page = why_panels.drawn("surface", [part(result("plain56"), 9), result()])
    settings = {"side": 9, "reach": 1.0, "count": 200, "seed": 0}
    assert asked(page)[1] == settings
    page.select_slider(key="why_surface_side").set_value(17).run()
    assert asked(page)[1] == settings | {"side": 17}
    assert "90 of 162 points are known (the dots)" in page.caption[-1].value
    assert charts(page)[0]["data"][0]["type"] == "contour"
    page.button_group(key="why_surface_view").set_value("3-D").run()
    page.button_group(key="why_surface_quantity").set_value("error").run()
    assert not page.exception
    assert charts(page)[0]["data"][0]["type"] == "surface"
