"""A link is an experiment: link to widgets and back, and sentences for broken links."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.store.comparisons import Refused
from explorer.store.launch import launch, lesson_request, own_request
from explorer.views.train import recipe_widgets
from explorer.views.train.link import from_link, link_of
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec, Recipe
from resnet.spec.fields import fields_of


def followed(link):
    """The request that a link leads to."""
    values, wrong = from_link(link)
    assert wrong == []
    recipe = recipe_widgets.own_recipe(values.get("seed", 0))
    given = {
        key.removeprefix("recipe_"): value for key, value in values.items() if "recipe_" in key
    }
    nets = tuple(NetSpec.parse(name) for name in values["nets"])
    return own_request(nets, replace(recipe, **given), values.get("seeds", 1))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"seed": 7},
        {"iterations": 1000, "learning_rate": 0.1, "schedule": "steps", "warmup": "none"},
        {"augment": True, "image_size": 32, "weight_decay": 0.0, "split": "45k/5k"},
        {"responses": True},
    ],
)
def test_a_request_survives_the_way_through_a_link(changes):
    nets = tuple(NetSpec.parse(name) for name in ("plain56", "resnet110-B-pre"))
    recipe = replace(recipe_widgets.own_recipe(0), **changes)
    request = own_request(nets, recipe)
    assert followed(link_of(request)) == request


def test_a_lesson_is_its_name_and_seeds():
    link = {"lesson": "degradation", "seed": "2", "seeds": "3"}
    assert link_of(lesson_request(DEGRADATION, seed=2, seeds=3)) == link
    assert from_link(link) == ({"lesson": "degradation", "seed": 2, "seeds": 3}, [])


def test_each_seed_trains_every_net():
    runs = lesson_request(DEGRADATION, seed=4, seeds=2).runs("generated", 7)
    assert [recipe.seed for _, recipe in runs] == [4] * 4 + [5] * 4
    assert [net.depth for net, _ in runs] == [20, 56, 20, 56] * 2
    assert {net.classes for net, _ in runs} == {7}
    assert {recipe.data for _, recipe in runs} == {"generated"}


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"lesson": "magic"}, "the lesson 'magic', which does not exist"),
        ({"nets": "plain20,resnet21-A"}, "depth 21 is not 6n+2; the nearest are 20 and 26"),
        ({"nets": "plain20,resnet50"}, "which is written imagenet-resnet50-B here"),
        ({"nets": "plain20", "iterations": "many"}, "iterations=many, which is not a value for it"),
        ({"nets": "plain20", "iterations": "-5"}, "iterations -5 is out of range"),
        ({"nets": "plain20", "augment": "maybe"}, "augment=maybe, which is not a value for it"),
        ({"seed": "x"}, "seed=x, which is not a value for it"),
        ({"lesson": "degradation", "seeds": "9"}, "seeds=9; 1 to 5 train in a row"),
    ],
)
def test_a_broken_link_is_answered_in_a_sentence_and_loses_nothing_else(link, sentence):
    values, wrong = from_link(link)
    assert len(wrong) == 1
    assert sentence in wrong[0]
    if "nets" in link:
        assert values["nets"] == ["plain20"]


def test_cifar10_is_offered_with_its_size_until_it_is_there():
    absent = recipe_widgets.data_options({"cifar10": False, "folder": None})
    assert absent == {"cifar10": "CIFAR-10 (download, 170 MB)", "generated": "generated images"}
    there = recipe_widgets.data_options({"cifar10": True, "folder": "my images"})
    assert list(there.items())[:2] == [("folder", "my images"), ("cifar10", "CIFAR-10")]


def test_nets_take_the_number_of_classes_of_the_folder(store):
    nets = tuple(NetSpec.parse(name) for name in ("plain20", "resnet20-A", "plain20-c7"))
    request = own_request(nets, recipe_widgets.own_recipe(0))
    found = store.comparison(launch(store, request, "folder", 5))
    assert [run.spec.classes for run in found.runs] == [5, 5, 7]
    found = store.comparison(launch(store, request, "generated", 5))
    assert [run.spec.classes for run in found.runs] == [10, 10, 7]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"entries": ()}, "no net was chosen; choose at least one"),
        ({"seeds": 0}, "0 seeds were asked for; one is the least"),
        ({"seeds": 6}, "6 seeds were asked for; at most 5 train in a row"),
        ({"nets": 7}, "7 nets were chosen; a comparison holds at most 6"),
    ],
)
def test_limits_are_told_alike_whoever_launches(store, changes, sentence):
    """Pages, commands and lessons come through this one door."""
    nets = [NetSpec(depth=6 * n + 2) for n in range(1, changes.pop("nets", 1) + 1)]
    request = replace(own_request(nets, recipe_widgets.own_recipe(0)), **changes)
    with pytest.raises(Refused, match=sentence):
        launch(store, request, "generated", None)


def test_a_request_without_a_title_is_called_by_its_nets(store):
    nets = [NetSpec.parse(name) for name in ("plain20", "resnet20-A")]
    request = replace(own_request(nets, recipe_widgets.own_recipe(0), seeds=2), title="")
    found = store.comparison(launch(store, request, "folder", 7))
    assert found.title == "plain-20, 7 classes, ResNet-20 A, 7 classes"


def test_only_one_door_queues_what_people_launch():
    """`RunStore.submit` is for `launch` and for tests: nothing else in explorer calls it."""
    root = Path(__file__).parents[4] / "explorer"
    callers = {
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        if re.search(r"store(\(\))?\.submit\(", file.read_text("utf-8"))
    }
    assert callers == {"store/launch.py"}


def test_every_setting_is_a_widget_with_the_words_of_its_field():
    def page():
        from explorer.views.train.recipe_widgets import nets_and_settings

        nets_and_settings(0, folded=False)

    shown = AppTest.from_function(page, default_timeout=30).run()
    assert not shown.exception
    offered = [field for field in fields_of(Recipe).values() if field.offered]
    assert list(recipe_widgets.SETTINGS) == offered
    for field in offered:
        widgets = shown.selectbox if field.choices else shown.number_input
        widget = widgets(key=f"recipe_{field.name}")
        assert (widget.label, widget.help) == (field.label, field.help)
        if field.choices:
            assert widget.options == [field.menu_words(each) for each in field.choices]
        else:
            assert (widget.min, widget.max, widget.step) == (field.low, field.high, field.step)


@pytest.mark.parametrize(("net", "said"), [("resnet1202-A", 1), ("resnet110-A", 0)])
def test_what_the_paper_says_of_1202_layers_stands_under_the_nets(net, said):
    def page(net):
        import streamlit as st

        from explorer.views.train import recipe_widgets

        st.session_state["nets"] = [net]
        recipe_widgets.nets_and_settings(0, False)

    shown = AppTest.from_function(page, default_timeout=30, args=(net,)).run()
    assert not shown.exception
    assert sum("1202-layer net overfits" in each.value for each in shown.markdown) == said
