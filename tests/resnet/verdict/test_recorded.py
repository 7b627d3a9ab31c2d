"""Errors of recorded seeds: looked up by net and recipe, read without torch."""

from dataclasses import replace

import pytest

from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry
from resnet.verdict import recorded
from resnet.verdict.recorded import RecordedCurve, recorded_curve, recorded_errors

NET = NetSpec.parse("plain20")
RECIPE = replace(DEGRADATION.recipe, data="folder")
ERRORS = {0: (30.75, 59.8), 1: (24.4, 58.65)}


def curve(name="degradation", net=NET, recipe=RECIPE, errors=ERRORS, iteration=400):
    made = ("0954303", "two cores", "CIFAR-10 (JPEG)")
    return RecordedCurve(name, Entry(net, recipe), iteration, (2000, None), errors, *made)


@pytest.fixture
def ships(tmp_path, monkeypatch):
    """Has these curves ship, and no others."""

    def put(*curves):
        (tmp_path / recorded.FILE_NAME).write_text(recorded.text_of(curves), "utf-8")
        monkeypatch.setattr(recorded, "ships", lambda name: tmp_path)
        forget()

    yield put
    forget()


def forget():
    recorded.recorded_curves.cache_clear()
    recorded._whole_curves.cache_clear()


def test_what_is_written_is_read_again(tmp_path):
    curves = (
        curve(),
        curve(net=NetSpec.parse("resnet110-A"), recipe=replace(RECIPE, warmup="error")),
        curve("degradation-full", recipe=Recipe(data="folder"), iteration=58_000),
    )
    file = tmp_path / recorded.FILE_NAME
    file.write_text(recorded.text_of(curves), "utf-8")
    assert recorded.read(file) == curves
    assert len(file.read_text("utf-8").splitlines()) == 2 + 2 * 7 + 3


def test_seed_and_images_do_not_matter(ships):
    ships(curve())
    assert recorded_errors(NET, RECIPE) == ERRORS
    assert recorded_errors(NET, replace(RECIPE, seed=7, data="cifar10")) == ERRORS


def test_another_net_or_recipe_is_not_recorded(ships):
    ships(curve())
    assert recorded_errors(NetSpec.parse("plain56"), RECIPE) is None
    assert recorded_errors(NET, replace(RECIPE, iterations=500)) is None
    assert recorded_errors(replace(NET, classes=5), RECIPE) is None


def test_of_several_it_is_that_of_the_same_images_then_that_of_most_seeds(ships):
    one = {0: (5.0, 40.0)}
    drawn = replace(RECIPE, data="generated")
    ships(curve("depth", errors=one), curve(), curve("generated", recipe=drawn, errors=one))
    assert recorded_curve(NET, RECIPE).recording == "degradation"
    assert recorded_curve(NET, drawn).recording == "generated"
    assert recorded_curve(NET, replace(RECIPE, data="cifar10")).recording == "degradation"


def test_what_was_cut_short_has_no_final_errors(ships):
    ships(curve(iteration=380))
    assert recorded_errors(NET, RECIPE) is None


def test_where_nothing_ships_nothing_is_known(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "ships", lambda name: tmp_path / name)
    forget()
    assert recorded_errors(NET, RECIPE) is None
    forget()


def test_what_ships_knows_every_entry_of_the_lesson():
    for entry in DEGRADATION.entries:
        errors = recorded_errors(entry.net, entry.recipe)
        assert sorted(errors) == [0, 1, 2]
        assert all(0 <= error <= 100 for pair in errors.values() for error in pair)
