"""Which rows of which runs a verdict stands on, and what it says while they still come."""

from array import array
from dataclasses import replace

import pytest

from explorer.report import table, verdicts
from explorer.store import states
from explorer.store.records import RATE, Comparison, Event, Run, StoredRow
from explorer.store.snapshots import Feed, RunHistory, Snapshot
from resnet.__main__ import main
from resnet.lessons import DEGRADATION
from resnet.paper import tables
from resnet.spec import NetSpec, Recipe
from resnet.verdict import standing

NETS = ("plain20", "plain56")
NUMBERS = iter(range(10**9))


@pytest.fixture(autouse=True)
def nothing_on_record(monkeypatch):
    monkeypatch.setattr(standing, "recorded_errors", lambda net, recipe: None)


def curves(name, seed, errors, state=states.FINISHED, recipe=DEGRADATION.recipe, **more):
    """A run with tests as {iteration: training error}; its test error is 10 points higher."""
    last = max(errors, default=0)
    run = Run(
        next(NUMBERS), "c", NetSpec.parse(name), replace(recipe, seed=seed), state, None, last,
        1.0, None, 0, "", "CIFAR-10", "", turn=seed, **more,
    )  # fmt: skip
    rows = [
        StoredRow(
            next(NUMBERS), run.id, at, 1.0, 0.05, 2.0, None, error, error + 10,
            array("f", (at + 1, 2) if at else ()),
        )
        for at, error in errors.items()
    ]  # fmt: skip
    return RunHistory(run, rows)


def snapshot(*members, events=()):
    runs = tuple(each.run for each in members)
    comparison = Comparison("c", "title", None, 0.0, 0.0, 0, "", None, None, runs)
    return Snapshot(comparison, members, 1, tuple(events))


def seed(number, plain20, plain56, state=states.FINISHED):
    pair = zip(NETS, (plain20, plain56), strict=True)
    return [curves(name, number, errors, state) for name, errors in pair]


DONE = (seed(0, {400: 23.1}, {400: 80.2}), seed(1, {400: 27.6}, {400: 77.8}))
THIRD = {0: 90.0, 20: 80.0, 40: 60.0}


def test_all_seeds_done():
    whole = snapshot(*DONE[0], *DONE[1], *seed(2, {400: 29.6}, {400: 77.8}))
    assert verdicts.verdict_of(whole) == (
        "plain-56 trains worse than plain-20 by 52 points (40 to 64, 3 seeds)."
    )
    assert verdicts.evidence(whole).startswith(
        "Training error on 2,000 images, mean ± standard deviation (least to most) over 3 seeds: "
    )


def test_final_errors_of_the_seeds_that_are_done_stand_while_others_train():
    """The third seed's early errors, which would show nothing, are left out."""
    third = seed(2, THIRD, THIRD, states.RUNNING)
    assert verdicts.verdict_of(snapshot(*DONE[0], *DONE[1], *third)) == (
        "So far, with 2 of 3 seeds done: "
        "plain-56 trains worse than plain-20 by 54 points (10 to 98, 2 seeds)."
    )
    stopped = seed(2, THIRD, THIRD, states.STOPPED)
    assert verdicts.verdict_of(snapshot(*DONE[0], *stopped)).startswith("With 1 of 2 seeds done: ")


def test_nets_are_compared_at_the_same_iteration():
    ahead = {**THIRD, 60: 30.0}
    early = snapshot(*seed(0, ahead, THIRD, states.RUNNING), *seed(1, {}, {}, states.QUEUED))
    assert verdicts.verdict_of(early) == (
        "So far, at iteration 40: "
        "in this one run, plain-56 and plain-20 end within 7 points of training error."
    )
    assert verdicts.evidence(early).startswith("Training error on 500 images: plain-20 60.0 %, ")


def test_there_is_no_verdict_before_every_net_has_been_tested():
    for plain56 in ({}, {0: 90.0}):
        assert verdicts.verdict_of(snapshot(*seed(0, THIRD, plain56, states.RUNNING))) == ""
        assert verdicts.evidence(snapshot(*seed(0, THIRD, plain56, states.RUNNING))) == ""


def test_a_stopped_comparison_says_where():
    stopped = snapshot(*seed(0, {40: 40.0}, {40: 80.0}, states.STOPPED))
    assert verdicts.verdict_of(stopped) == (
        "At iteration 40: in this one run, "
        "plain-56 has 40 points more training error than plain-20."
    )


def test_a_net_that_ended_early_does_not_hold_the_others_back():
    stopped = curves("plain32", 0, {20: 85.0}, states.STOPPED)
    diverged = curves("plain44", 0, {20: 85.0}, states.DIVERGED)
    expected = "n this one run, plain-56 has 57 points more training error than plain-20"
    assert verdicts.verdict_of(snapshot(*DONE[0], stopped, diverged)) == (
        f"I{expected}; plain-44 diverged."
    )
    running = snapshot(*seed(0, {40: 20.0}, {40: 77.0}, states.RUNNING), stopped)
    assert verdicts.verdict_of(running) == f"So far, at iteration 40: i{expected}."


def test_one_net_that_was_extended_alone_is_compared_where_both_have_been():
    longer = curves("plain20", 0, {400: 23.1, 500: 5.0}, until=500)
    assert verdicts.verdict_of(snapshot(longer, DONE[0][1])) == (
        "At iteration 400: in this one run, "
        "plain-56 has 57 points more training error than plain-20."
    )
    both = snapshot(longer, curves("plain56", 0, {400: 80.2, 500: 75.0}, until=500))
    assert verdicts.verdict_of(both) == (
        "In this one run, plain-56 has 70 points more training error than plain-20."
    )


def test_recipes_of_different_length_are_compared_at_their_ends():
    short = replace(DEGRADATION.recipe, iterations=300)
    longer = curves("plain20", 0, {300: 35.0, 400: 20.0})
    ends = snapshot(curves("plain20", 0, {300: 40.0}, recipe=short), longer)
    assert verdicts.verdict_of(ends) == (
        "In this one run, plain-20 for 400 iterations has 20 points less training error than "
        "plain-20 for 300 iterations."
    )


def test_the_results_of_a_lesson_are_those_of_every_run():
    whole = snapshot(*DONE[0], *seed(1, THIRD, {400: 77.8}, states.STOPPED))
    found = verdicts.results(whole)
    first, second = found[:2], found[2:]
    assert [each.train_error for each in first] == [23.1, 80.2]
    assert [each.test_error for each in first] == [33.1, 90.2]
    assert first[0].entry.net == NetSpec.parse("plain20")
    assert first[0].entry.recipe.seed == 0
    assert [each.train_error for each in second] == [None, None]  # stopped: no final error
    assert second[0].first_gradients == (21.0, 2.0)


def test_the_paper_stands_beside_what_is_comparable():
    full = curves("resnet20-A", 0, {64_000: 0.5}, recipe=Recipe())
    assert verdicts.paper_says(snapshot(full)) == [
        "ResNet-20 A, test error. Paper: 8.75 % (Table 6). You got: 10.50 %."
    ]
    assert [point.value for point in verdicts.paper_points(snapshot(full))] == [8.75]
    second = curves("resnet20-A", 1, {1000: 30.0}, states.RUNNING, recipe=Recipe())
    assert verdicts.paper_says(snapshot(full, second))[0].endswith("You got: 10.50 %.")
    assert len(verdicts.paper_points(snapshot(full, second))) == 1


def test_a_rate_changed_by_hand_is_not_the_papers_recipe():
    full = curves("resnet20-A", 0, {64_000: 0.5}, recipe=Recipe())
    changed = snapshot(full, events=[Event(full.run.id, 100, RATE, 0.2, 0.0)])
    assert verdicts.paper_points(changed) == []
    (sentence,) = verdicts.paper_says(changed)
    assert sentence.endswith("this run is not comparable: the learning rate was changed by hand.")


def test_a_short_run_has_words_and_no_line():
    (sentence,) = verdicts.paper_says(snapshot(curves("resnet20-A", 0, {400: 2.0})))
    assert "not comparable: 400 of 64,000 iterations, 5,000 of 50,000 images" in sentence
    assert verdicts.paper_points(snapshot(curves("resnet20-A", 0, {400: 2.0}))) == []


def test_a_comparison_that_was_trained_has_a_verdict(store, submit, image_folder):
    from explorer.lane import in_process

    identity = submit()
    feed = Feed(store, identity)
    assert verdicts.verdict_of(feed.snapshot(fresh=True)) == ""
    in_process.run_next(store)
    trained = feed.snapshot(fresh=True)
    assert "So far" not in verdicts.verdict_of(trained)
    assert verdicts.evidence(trained).startswith("Training error on 20 images: plain-8 ")
    still = tuple(
        RunHistory(replace(c.run, state=states.RUNNING), c.rows) for c in trained.histories
    )
    runs = tuple(each.run for each in still)
    active = Snapshot(replace(trained.comparison, runs=runs), still, 1)
    assert verdicts.verdict_of(active).startswith("So far, at iteration 40: ")
    found = verdicts.results(trained)
    assert all(len(each.first_gradients) > 1 and each.train_images == 20 for each in found)


def test_the_papers_position_on_gradients_is_at_hand():
    assert "Section 4.1" in tables.GRADIENT_POSITION
    assert "unlikely" in tables.GRADIENT_POSITION


def test_one_seed_is_judged_by_the_spread_on_record_at_its_end_alone(monkeypatch):
    known = {"plain20": (20.0, 22.0, 21.0), "plain56": (80.0, 78.0, 80.0)}

    def on_record(net, recipe):
        return {seed: (error, error) for seed, error in enumerate(known[str(net)])}

    monkeypatch.setattr(standing, "recorded_errors", on_record)
    ended = "plain-56 trains worse than plain-20 by 57 points (48 to 66, one seed)."
    assert verdicts.verdict_of(snapshot(*DONE[0])) == ended
    rate = [Event(DONE[0][0].run.id, 100, RATE, 0.2, 0.0)]
    for other in (
        snapshot(*DONE[0], events=rate),
        snapshot(*seed(0, {40: 20.0, 400: 1.0}, {40: 80.0}, states.STOPPED)),
    ):
        assert "in this one run" in verdicts.verdict_of(other).lower()


def test_errors_are_judged_by_the_images_that_were_tested():
    small, large = (
        [
            RunHistory(each.run, [replace(row, train_images=images) for row in each.rows])
            for each in seed(0, {400: 8.0}, {400: 9.5})
        ]
        for images in (300, 50_000)
    )
    assert "within" in verdicts.verdict_of(snapshot(*small))
    assert "1.5 points more" in verdicts.verdict_of(snapshot(*large))
    assert verdicts.evidence(snapshot(*small)).startswith("Training error on 300 images")


def test_the_command_says_of_the_csv_what_the_page_says_of_the_comparison(tmp_path, capsys):
    whole = (
        snapshot(*DONE[0], *DONE[1], *seed(2, {400: 29.6}, {400: 77.8})),
        snapshot(*DONE[0], *seed(1, THIRD, THIRD, states.STOPPED)),
        snapshot(*seed(0, {40: 40.0}, {40: 80.0}, states.STOPPED)),
    )
    for each in whole:
        file = tmp_path / "rows.csv"
        file.write_text(table.csv_text(each))
        assert main(["verdict", str(file)]) == 0
        printed = capsys.readouterr().out.splitlines()
        assert printed[0] == verdicts.verdict_of(each)
        evidence = verdicts.evidence(each)
        assert all(line.strip().rstrip(".") in evidence for line in printed[1:])
