"""A lesson explains what its own recipe showed, and says where something else was trained."""

from dataclasses import replace

import pytest

from explorer.report.meaning import meaning
from explorer.store import states
from explorer.store.records import EXTENDED, RATE, Comparison, Event, Run
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec, Recipe

OWN = DEGRADATION.recipe
FULL = replace(Recipe(), data="folder")


def trained(recipe=OWN, state=states.FINISHED, iteration=None, events=()):
    """The lesson's four nets after `iteration` mini-batches."""
    reached = recipe.iterations if iteration is None else iteration
    runs = tuple(
        Run(
            number, "c", NetSpec.parse(name), recipe, state, None, reached, 1.0, None, 0, "", "", ""
        )
        for number, name in enumerate(("plain20", "plain56", "resnet20-A", "resnet56-A"))
    )
    comparison = Comparison("c", "title", "degradation", 0.0, 0.0, 0, "", None, None, runs)
    return Snapshot(comparison, tuple(RunHistory(run, []) for run in runs), 1, tuple(events))


@pytest.mark.parametrize("changes", [{}, {"seed": 2}, {"data": "generated"}])
def test_the_lessons_own_recipe_is_explained(changes):
    assert meaning(DEGRADATION, trained(replace(OWN, **changes))) == DEGRADATION.meaning(None)


def test_another_recipe_is_named_and_not_explained():
    said = meaning(DEGRADATION, trained(FULL))
    assert said == (
        "The lesson's explanation is about 400 iterations on 5,000 images of 16x16 pixels and is "
        "left out here: the nets had another recipe than the lesson's, 64,000 iterations on all "
        "images of 32x32 pixels. The curves and the errors above stand as they were measured."
    )


def test_fewer_images_than_the_lesson_asks_for_are_named_and_not_explained():
    whole = trained()
    few = tuple(replace(run, images=120) for run in whole.comparison.runs)
    said = meaning(DEGRADATION, replace(whole, comparison=replace(whole.comparison, runs=few)))
    assert (
        "5,000 images of 16x16 pixels and is left out here: there are 120 images to train" in said
    )
    enough = tuple(replace(run, images=5000) for run in whole.comparison.runs)
    said = meaning(DEGRADATION, replace(whole, comparison=replace(whole.comparison, runs=enough)))
    assert said == DEGRADATION.meaning(None)


@pytest.mark.parametrize("state", [states.STOPPED, states.INTERRUPTED, states.DIVERGED])
def test_what_ended_early_is_told(state):
    said = meaning(DEGRADATION, trained(state=state, iteration=150))
    assert (
        "left out here: plain-20, plain-56, ResNet-20 A and ResNet-56 A ended after 150 of 400 "
        "iterations." in said
    )


@pytest.mark.parametrize("kind", [RATE, EXTENDED])
def test_what_was_changed_by_hand_is_told(kind):
    said = meaning(DEGRADATION, trained(events=[Event(0, 200, kind, 0.01, 0.0)]))
    assert "left out here: rate or length was changed by hand." in said


def test_each_outcome_has_its_own_words(monkeypatch):
    for outcome in (None, *range(len(DEGRADATION.choices))):
        lesson = replace(DEGRADATION, answer=lambda results, outcome=outcome: outcome)
        said = meaning(lesson, trained())
        own = lesson.unclear if outcome is None else lesson.meanings[outcome]
        assert said == f"{own} {lesson.beside}"
