"""What a chart shows of a comparison: groups over seeds, names, marks."""

from array import array
from dataclasses import replace

import pytest

from explorer.report import curves as report_curves
from explorer.store.records import EXTENDED, PAUSED, RATE, Comparison, Event, Run, StoredRow
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe

RECIPE = Recipe(images=5000, image_size=16, iterations=400, log_every=10, test_every=20)


def curves_of(name, errors=(), identity=1, norm=0.5, state="running", **changes):
    """Curves tested every 10 iterations; every layer has the same gradient and weight norm."""
    spec = NetSpec.parse(name)
    recipe = replace(RECIPE, **changes)
    run = Run(identity, "c", spec, recipe, state, None, 0, 0.0, None, 0, "", "", "")
    layers = len(plan(spec, recipe.image_size).weighted)
    rows = [
        StoredRow(
            index,
            identity,
            10 * index,
            1.5 * index,
            None if index == 0 else 0.05,
            None if index == 0 else 2.0 / index,
            None,
            error,
            None if error is None else error + 10,
            array("f", [norm] * (layers if index else 0)),
            array("f", [10 * norm] * (layers if index else 0)),
        )
        for index, error in enumerate(errors)
    ]
    return RunHistory(run, rows)


def snapshot_of(*curves, events=(), version=1):
    runs = tuple(each.run for each in curves)
    comparison = Comparison("c", "two nets", None, 0.0, 0.0, 0, "", None, None, runs)
    return Snapshot(comparison, tuple(curves), version, tuple(events))


def test_the_seeds_of_a_net_are_one_group():
    curves = [
        curves_of(name, identity=10 * seed + place, seed=seed)
        for seed in (0, 1)
        for place, name in enumerate(("plain20", "resnet20-A"))
    ]
    groups = report_curves.grouped(curves)
    assert [group.name for group in groups] == ["plain-20", "ResNet-20"]
    assert [[each.run.recipe.seed for each in group.runs] for group in groups] == [[0, 1], [0, 1]]


def test_a_net_with_two_recipes_is_named_by_what_is_different():
    warm = {"warmup": "linear", "warmup_iterations": 60}
    curves = [curves_of("plain110"), curves_of("plain110", **warm), curves_of("plain20")]
    assert report_curves.curve_names(curves) == [
        "plain-110, no warm-up",
        "plain-110, warm-up",
        "plain-20",
    ]
    rates = [curves_of("resnet20-A", learning_rate=rate) for rate in (0.1, 0.01)]
    assert report_curves.curve_names(rates) == ["ResNet-20, rate 0.1", "ResNet-20, rate 0.01"]


def test_what_differs_in_the_seed_alone_is_named_by_it():
    twins = [curves_of("plain20", seed=seed) for seed in (3, 7)]
    assert report_curves.curve_names(twins) == ["plain-20, seed 3", "plain-20, seed 7"]


def test_shortcuts_keep_their_letter_where_they_differ():
    curves = [curves_of("resnet56-A"), curves_of("resnet56-B"), curves_of("resnet56-A-tanh")]
    assert report_curves.curve_names(curves) == ["ResNet-56 A", "ResNet-56 B", "ResNet-56 A, tanh"]


def test_marks_of_all_nets_are_one_and_carry_no_names():
    both = [curves_of("plain20", identity=1), curves_of("resnet20-A", identity=2)]
    events = [Event(run, 200, RATE, 0.01, 0.0) for run in (1, 2)]
    events += [Event(2, at, PAUSED, None, 0.0) for at in (100, 101, 102, 300)]
    events += [Event(run, 400, EXTENDED, 1200.0, 0.0) for run in (1, 2)]
    snapshot = snapshot_of(*both, events=events)
    assert report_curves.marks(snapshot, report_curves.grouped(both)) == [
        report_curves.Mark(100, "paused", ("ResNet-20",)),
        report_curves.Mark(200, "rate 0.01"),
        report_curves.Mark(300, "paused", ("ResNet-20",)),
        report_curves.Mark(400, "extended to 1,200"),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"images": 5000, "batch": 100}, 50),
        ({"images": None, "data": "cifar10", "batch": 128}, 390.625),
        ({"images": None, "data": "cifar10", "batch": 100, "split": "45k/5k"}, 450),
        ({"images": None, "data": "generated", "batch": 100}, 100),
        ({"images": None, "data": "folder"}, None),
    ],
)
def test_an_epoch_is_one_pass_over_the_images(changes, expected):
    assert report_curves.iterations_per_epoch(replace(RECIPE, **changes)) == expected


def test_an_epoch_is_one_pass_over_the_images_that_there_are():
    assert report_curves.iterations_per_epoch(replace(RECIPE, images=5000, batch=60), 120) == 2


def test_generated_images_are_as_many_as_an_epoch_says():
    from resnet.data.generated import PER_CLASS
    from resnet.spec.recipe import TRAINING_IMAGES

    assert TRAINING_IMAGES["generated"] == 10 * PER_CLASS["train"]
