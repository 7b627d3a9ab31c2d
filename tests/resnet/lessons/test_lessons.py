"""Lessons: nets and recipes that can be trained, and answers that follow from the results."""

from dataclasses import replace

import pytest

from resnet.lessons import DEGRADATION, LESSONS, Entry, RunResult, measures
from resnet.lessons.measures import fade, train_error
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe

NAMES = [
    "degradation",
    "degradation-32",
    "trap",
    "shortcuts",
    "depth",
    "warmup",
    "gradients",
    "activations",
    "figure6-plain",
    "figure6-residual",
]
MAX_NETS = 6  # that train at once (explorer.store.comparisons)


def results(lesson, errors, seeds=(0,)):
    """Runs of every entry, with these errors in the entries' order; on a folder of images."""
    return [
        RunResult(
            Entry(entry.net, replace(entry.recipe, seed=seed, data="folder")),
            train_error=error,
            test_error=error,
        )
        for seed in seeds
        for entry, error in zip(lesson.entries, errors, strict=True)
    ]


def faded(lesson, shares):
    """Runs whose gradients change by these factors from the last convolution to the first."""
    runs = []
    for entry, share in zip(lesson.entries, shares, strict=True):
        layers = plan(entry.net, entry.recipe.image_size).weighted
        norms = (0.5 * share, *[0.5] * (len(layers) - 2), 3.0)
        runs.append(RunResult(entry, first_gradients=norms))
    return runs


BY_ERROR = {
    "degradation": [(30, 25, 5, 3), (30, 80, 5, 8), (30, 80, 5, 60), (30, 35, 5, 60)],
    "degradation-32": [(60, 69, 50, 59), (60, 70, 50, 59), (60, 70, 50, 60), (60, 69, 50, 60)],
    "trap": [(89, 75, 80, 58), (89, 79, 80, 58), (89, 60, 80, 68), (89, 88, 80, 78)],
    "shortcuts": [(57, 3, 1, 9), (57, 20, 9, 8), (57, 1, 3, 36), (57, 1, 3, 50)],
    "depth": [(40, 30, 20, 10), (5, 3, 6, 4), (10, 20, 30, 40), (10, 40, 30, 20)],
    "warmup": [(80, 60), (70, 61), (60, 80)],
    "figure6-plain": [(8, 7, 6, 5), (8, 9, 10, 8.9), (5, 6, 7, 8), (5, 7, 6, 8)],
    "figure6-residual": [
        (8.75, 7.51, 7.17, 6.97, 6.43),
        (8.75, 7.51, 6.4, 6.97, 6.43),
        (8.75, 7.17, 7.51, 6.97, 6.43),
        (6.0, 7.51, 7.17, 6.97, 6.43),
    ],
}
BY_GRADIENT = {
    "gradients": [(1, 0.05, 1, 1, 1), (1, 0.5, 9, 1, 1), (9, 200, 9, 1, 1)],
    "activations": [
        (0.1, 1, 1, 1, 1, 1),
        (1e-9, 0.5, 0.5, 1, 1, 1),
        (1e-9, 1e-4, 0.5, 1, 1, 1),
        (0.1, 0.5, 1e-5, 1, 1, 1),
    ],
}
CASES = [
    (name, made, values, choice)
    for table, made in ((BY_ERROR, results), (BY_GRADIENT, faded))
    for name, rows in table.items()
    for choice, values in enumerate(rows)
]


@pytest.fixture(params=LESSONS.values(), ids=lambda lesson: lesson.name)
def lesson(request):
    return request.param


def test_the_lessons_are_these_and_the_first_is_degradation():
    assert list(LESSONS) == NAMES
    assert all(name == lesson.name for name, lesson in LESSONS.items())
    assert LESSONS["degradation"] is DEGRADATION
    assert len({lesson.title for lesson in LESSONS.values()}) == len(NAMES)


def test_every_entry_can_be_built_and_launched(lesson):
    for entries in (lesson.entries, lesson.gpu):
        assert len(set(entries)) == len(entries) <= MAX_NETS
        for entry in entries:
            assert entry.net.family == "cifar"
            assert plan(entry.net, entry.recipe.image_size).weighted
            assert replace(entry.recipe, seed=2, data="generated").seed == 2
            assert NetSpec.parse(str(entry.net)) == entry.net
            assert Recipe.from_json(entry.recipe.to_json()) == entry.recipe
    assert len(lesson.entries) > 1


def test_curves_of_one_lesson_can_be_told_apart(lesson):
    for entries in (lesson.entries, lesson.gpu):
        assert len({(entry.net, entry.recipe) for entry in entries}) == len(entries)
        assert len({entry.recipe.image_size for entry in entries}) <= 1
        assert len({entry.recipe.iterations for entry in entries}) <= 1


def test_the_gpu_version_trains_longer_on_all_images_of_full_size(lesson):
    assert lesson.gpu or lesson.seconds is None
    for entry in lesson.gpu:
        assert entry.recipe.images is None
        assert entry.recipe.image_size == 32
        assert entry.recipe.iterations > lesson.recipe.iterations
    assert {entry.net for entry in lesson.gpu} <= set(lesson.nets)


def test_a_live_lesson_takes_minutes_and_figure_6_has_not_been_timed(lesson):
    full = lesson.name.startswith("figure6")
    assert (lesson.seconds is None) == full
    assert full or 30 <= lesson.seconds <= 240
    assert (lesson.recipe.iterations == 64_000) == full


def test_the_words_are_there_and_the_choices_differ(lesson):
    words = (lesson.title, lesson.question, lesson.look_for, lesson.meaning, *lesson.choices)
    assert all(text == text.strip() and len(text) > 10 for text in words)
    assert not any(mark in text for text in words for mark in ("\u2014", "  ", "TO WRITE"))
    assert "?" in lesson.question
    assert all(text.endswith((".", "?")) for text in (lesson.look_for, lesson.meaning))
    assert 3 <= len(set(lesson.choices)) == len(lesson.choices) <= 4


def test_every_choice_of_every_lesson_has_a_case(lesson):
    assert {choice for name, _, _, choice in CASES if name == lesson.name} == set(
        range(len(lesson.choices))
    )


@pytest.mark.parametrize("name, made, values, choice", CASES)
def test_the_answer_follows_from_the_results(name, made, values, choice):
    assert LESSONS[name].answer(made(LESSONS[name], values)) == choice


@pytest.mark.parametrize("name", BY_ERROR)
def test_the_answer_takes_the_mean_over_seeds(name):
    lesson = LESSONS[name]
    for choice, errors in enumerate(BY_ERROR[name]):
        runs = [
            replace(run, train_error=run.train_error + shift, test_error=run.test_error + shift)
            for seed, shift in ((0, -2.0), (1, 0.0), (2, 2.0))
            for run in results(lesson, errors, (seed,))
        ]
        assert lesson.answer(runs) == choice


def test_without_results_there_is_no_answer(lesson):
    assert lesson.answer([]) is None
    assert lesson.answer([RunResult(entry) for entry in lesson.entries]) is None


@pytest.mark.parametrize("name, made, values, choice", CASES)
def test_with_a_net_missing_that_it_needs_there_is_no_answer(name, made, values, choice):
    lesson = LESSONS[name]
    runs = made(lesson, values)
    answers = [lesson.answer([*runs[:i], *runs[i + 1 :]]) for i in range(len(runs))]
    assert None in answers
    assert {*answers} <= {None, choice}


def test_the_classes_of_the_images_make_no_difference():
    runs = [
        replace(run, entry=run.entry._replace(net=replace(run.entry.net, classes=3)))
        for run in results(DEGRADATION, (30, 80, 5, 8))
    ]
    assert DEGRADATION.answer(runs) == 1


def test_at_the_papers_length_a_point_is_a_clear_gap():
    runs = [
        RunResult(entry, train_error=error)
        for entry, error in zip(DEGRADATION.gpu, (6.0, 7.2, 2.0, 1.0), strict=True)
    ]
    assert DEGRADATION.answer(runs) == 1
    assert DEGRADATION.answer(results(DEGRADATION, (6.0, 7.2, 2.0, 1.0))) == 0


def test_a_mean_leaves_out_runs_without_an_error():
    runs = results(DEGRADATION, (30, 80, 5, 8), (0, 1))
    runs[0] = replace(runs[0], train_error=None)
    assert train_error(runs, "plain20") == 30
    assert measures.test_error(runs, "plain56") == 80
    assert train_error(runs, "plain56", seed=1) == 80
    assert train_error(runs, "plain32") is None


def test_fading_is_the_first_convolution_over_the_last_that_is_on_no_shortcut():
    entry = Entry(NetSpec.parse("resnet8-C"), Recipe())
    layers = plan(entry.net, 32).weighted
    norms = [
        {True: 100.0, False: 4.0}[".shortcut." in layer.name or layer.kind == "fc"]
        for layer in layers
    ]
    norms[0] = 1.0
    assert fade([RunResult(entry, first_gradients=tuple(norms))], "resnet8-C") == 0.25


def test_fading_over_seeds_is_the_geometric_mean():
    runs = [
        run for share in (0.1, 10.0) for run in faded(LESSONS["gradients"], (1, share, 1, 1, 1))
    ]
    assert fade(runs, "plain56") == pytest.approx(1.0)
    assert fade(faded(LESSONS["gradients"], (1, 0.0, 1, 1, 1)), "plain56") == 0.0


def test_the_trap_is_the_papers_rate_and_the_warm_up_waits_for_the_error():
    trap, warmup = LESSONS["trap"], LESSONS["warmup"]
    assert [entry.recipe.learning_rate for entry in trap.entries] == [0.1, 0.1, 0.05, 0.05]
    assert [entry.recipe.warmup for entry in warmup.entries] == ["none", "error"]
    assert [len({each.recipe for each in lesson.entries}) for lesson in (trap, warmup)] == [2, 2]
    assert len({entry.recipe for entry in DEGRADATION.entries}) == 1


def test_figure_6_is_the_papers_recipe():
    for name in ("figure6-plain", "figure6-residual"):
        for entry in LESSONS[name].entries:
            wanted = Recipe(warmup="error") if entry.net.depth == 110 else Recipe()
            assert entry.recipe == wanted
