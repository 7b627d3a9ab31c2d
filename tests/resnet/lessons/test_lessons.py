"""Lessons: nets and recipes that can be trained, and answers that follow from the results."""

from dataclasses import replace

import pytest

from resnet.lessons import DEGRADATION, LESSONS, Entry, RunResult, measures
from resnet.lessons.measures import fade, train_errors
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


def results(lesson, errors, seeds=(0, 1, 2), images=50_000):
    """Runs of every entry, with these errors in the entries' order; seeds that agree."""
    return [
        RunResult(
            Entry(entry.net, replace(entry.recipe, seed=seed, data="folder")),
            train_error=error,
            test_error=error,
            train_images=images,
            test_images=images,
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
    "figure6-plain": [(8, 7, 6, 5), (8, 9, 10, 8.3), (5, 6, 7, 8), (5, 7, 6, 8)],
    "figure6-residual": [
        (12, 10, 8, 6, 4),
        (12, 10, 4, 6, 8),
        (12, 8, 10, 6, 4),
        (4, 10, 8, 9, 6),
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
    meanings = [lesson.meaning(outcome) for outcome in (None, *range(len(lesson.choices)))]
    words = (lesson.title, lesson.question, lesson.look_for, *meanings, *lesson.choices)
    assert all(text == text.strip() and len(text) > 10 for text in words)
    assert not any(mark in text for text in words for mark in ("\u2014", "  ", "TO WRITE"))
    assert "?" in lesson.question
    assert all(text.endswith((".", "?")) for text in (lesson.look_for, *meanings))
    assert len(set(meanings)) == len(lesson.choices) + 1 == len(lesson.meanings) + 1
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
    answers = [
        lesson.answer([run for run in runs if (run.entry.net, run.entry.recipe.warmup) != gone])
        for gone in {(run.entry.net, run.entry.recipe.warmup) for run in runs}
    ]
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
        RunResult(
            Entry(entry.net, replace(entry.recipe, seed=seed)),
            train_error=error,
            train_images=50_000,
        )
        for seed in range(3)
        for entry, error in zip(DEGRADATION.gpu, (6.0, 7.2, 2.0, 1.0), strict=True)
    ]
    assert DEGRADATION.answer(runs) == 1
    assert DEGRADATION.answer(runs[:4]) is None  # one seed at this length has no spread on record
    assert DEGRADATION.answer(results(DEGRADATION, (6.0, 7.2, 2.0, 1.0))) == 0


def test_runs_without_an_error_are_left_out():
    runs = results(DEGRADATION, (30, 80, 5, 8), (0, 1))
    runs[0] = replace(runs[0], train_error=None)
    assert train_errors(runs, "plain20").by_seed == {1: 30}
    assert measures.test_errors(runs, "plain56").by_seed == {0: 80, 1: 80}
    assert train_errors(runs, "plain56", seed=1).by_seed == {1: 80}
    assert train_errors(runs, "plain32") is None


def test_one_seed_is_judged_by_the_spread_on_record_unless_it_was_changed_by_hand():
    runs = results(DEGRADATION, (20, 80, 2, 2), (0,), images=2000)
    assert measures.clearly_worse(*(train_errors(runs, net) for net in ("plain20", "plain56")), 1)
    steered = [replace(run, as_planned=False) for run in runs]
    assert DEGRADATION.answer(steered) is None


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("figure6-residual", (7.05, 7.04, 7.03, 7.02, 7.01)),  # no step is more than chance
        ("figure6-plain", (8.0, 8.2, 8.1, 8.9)),  # nearly a point
        ("depth", (5.0, 5.1, 5.2, 14.8)),  # nearly ten
        ("trap", (89, 77, 80, 56)),  # 12 and 24: a half, or a little more
    ],
)
def test_what_lies_too_close_is_not_decided(name, errors):
    assert LESSONS[name].answer(results(LESSONS[name], errors, images=10_000)) is None


def test_seeds_that_do_not_agree_decide_nothing():
    gaps = (0, 5, 24)
    runs = [
        run
        for seed, gap in enumerate(gaps)
        for run in results(DEGRADATION, (30, 80, 5, 5 + gap), (seed,), images=2000)
    ]
    assert DEGRADATION.answer(runs) is None
    apart = [
        run
        for seed, waiting in enumerate((86.1, 65.4, 85.8))
        for run in results(LESSONS["warmup"], ((81.2, 89.8, 89.8)[seed], waiting), (seed,))
    ]
    assert LESSONS["warmup"].answer(apart) is None
    assert LESSONS["warmup"].answer(apart[2:4]) is None  # seed 1 alone: 24 points prove nothing


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


def test_a_difference_is_not_clear_where_it_is_at_most_half_of_the_one_beside_it():
    """8 points, by other seeds up to 21: that is above ten, but below half of the 50 beside it."""
    moved = zip((0, 1, 2), (10.0, 2.0, 12.0), strict=True)
    runs = [
        run
        for seed, gap in moved
        for run in results(DEGRADATION, (30, 80, 5, 5 + gap), (seed,), images=2000)
    ]
    resnet20, resnet56 = (train_errors(runs, net) for net in ("resnet20-A", "resnet56-A"))
    plain = measures.judged(*(train_errors(runs, net) for net in ("plain20", "plain56")), 2)
    assert measures.clearly_worse(resnet20, resnet56, 2) is None
    assert measures.clearly_worse(resnet20, resnet56, 2, plain) is False
    assert DEGRADATION.answer(runs) == 1
