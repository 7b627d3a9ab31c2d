"""Words made from the state of a comparison."""

import csv
from array import array
from dataclasses import replace

import pytest

from explorer.report import estimates, formatting, progress, status
from explorer.report import table as report_table
from explorer.store import states
from explorer.store.curation import Curation
from explorer.store.records import Comparison, Run, StoredRow
from explorer.store.requests import ControlRequests
from explorer.store.snapshots import Feed, RunHistory
from explorer.store.tables import runs
from resnet.cost import cost
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec, Recipe
from resnet.spec.row import Row
from tests.explorer.store.held import held


def comparison(*runs, message="", done=None, total=None):
    return Comparison("id", "title", None, 0.0, 0.0, 0, message, done, total, runs)


def run(name, state, iteration=0, **more):
    blank = Run(
        1,
        "id",
        NetSpec.parse(name),
        DEGRADATION.recipe,
        state,
        None,
        iteration,
        0.0,
        None,
        0,
        "",
        "",
        "",
    )
    return replace(blank, **more)


def row(iteration, **errors):
    return StoredRow(
        iteration, 1, iteration, 1.0, 0.05, 2.0, None, errors.get("train_error"),
        errors.get("test_error"), array("f"),
    )  # fmt: skip


def turns(*states_and_iterations, **more):
    """One plain-20 a seed, in these states."""
    return [
        run(
            "plain20", state, iteration, id=turn + 1, turn=turn,
            recipe=replace(DEGRADATION.recipe, seed=turn), **(more if iteration else {}),
        )
        for turn, (state, iteration) in enumerate(states_and_iterations)
    ]  # fmt: skip


def three_seeds(**more):
    ran = ((states.FINISHED, 400), (states.RUNNING, 240), (states.QUEUED, 0))
    return comparison(*turns(*ran, **more))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(41, "41 s"), (750, "12 min"), (12_000, "3 h 20 min"), (14_399, "4 h 0 min")],
)
def test_durations(seconds, words):
    assert formatting.duration(seconds) == words


def test_progress_weighs_iterations_by_their_cost():
    halfway = comparison(
        run("plain20", states.RUNNING, 400), run("plain20", states.RUNNING, 0, id=2)
    )
    assert progress.progress(halfway) == (0.5, "iteration 0 of 400")
    uneven = comparison(
        run("plain20", states.FINISHED, 400), run("plain56", states.RUNNING, 0, id=2)
    )
    share, words = progress.progress(uneven)
    macs = [cost(each.spec, 16).macs for each in uneven.runs]
    assert share == pytest.approx(macs[0] / sum(macs))
    assert words == "iteration 0 of 400"


def test_progress_is_about_the_seed_that_trains():
    assert progress.progress(three_seeds()) == (
        pytest.approx(1.6 / 3),
        "seed 2 of 3, iteration 240 of 400",
    )
    assert progress.progress(comparison(*turns(*[(states.FINISHED, 400)] * 3))) == (
        1.0,
        "3 seeds, iteration 400 of 400",
    )
    stopped = comparison(*turns((states.FINISHED, 400), (states.STOPPED, 100)))
    assert progress.progress(stopped) == (0.625, "seed 2 of 2, iteration 100 of 400")


def test_progress_counts_an_extension_and_not_what_diverged():
    extended = comparison(run("plain20", states.QUEUED, 400, until=500))
    assert progress.progress(extended) == (0.8, "iteration 400 of 500")
    without = comparison(
        run("plain20", states.RUNNING, 200), run("plain20", states.DIVERGED, 30, id=2)
    )
    assert progress.progress(without) == (pytest.approx(230 / 430), "iteration 200 of 400")


def test_time_left_comes_from_the_throughput_of_this_leg():
    training = comparison(run("plain20", states.RUNNING, 200, active_since=100.0, active_from=100))
    assert estimates.seconds_left(training, now=110.0) == pytest.approx(20.0)
    assert estimates.seconds_left(comparison(run("plain20", states.RUNNING, 0)), now=110.0) is None


def test_time_left_holds_the_seeds_to_come_and_the_extension():
    """40 iterations in 10 s; 160 of this seed and 400 of the next are left: 140 s."""
    runs = three_seeds(active_since=100.0, active_from=200).runs
    assert estimates.seconds_left(comparison(*runs), now=110.0) == pytest.approx(140.0)
    extended = replace(runs[1], until=500)
    assert estimates.seconds_left(comparison(extended), now=110.0) == pytest.approx(65.0)


def test_two_lanes_at_different_speeds_add_up():
    """10 and 30 iterations a second, 200 and 100 to go: 300 / 40."""
    first = run("plain20", states.RUNNING, 200, active_since=100.0, active_from=100)
    second = run("plain20", states.RUNNING, 300, active_since=105.0, active_from=150, id=2)
    assert estimates.seconds_left(comparison(first, second), now=110.0) == pytest.approx(7.5)


def test_waiting_says_how_many_are_ahead():
    waiting = comparison(run("plain20", states.QUEUED))
    assert status.state_sentence(waiting, 0) == "Starting: the training processes get ready."
    assert status.state_sentence(waiting, 2) == "Waiting: 2 comparisons ahead in the line."


def test_a_seed_that_waits_is_named():
    waiting = comparison(*turns((states.FINISHED, 400), (states.QUEUED, 0)))
    assert status.state_sentence(waiting, 1) == (
        "Seed 2 of 2 waits: 1 comparison ahead in the line."
    )


def test_a_pause_says_where_and_whether_the_machine_is_free():
    held = [run("plain20", states.PAUSED, 243, held=True)]
    held.append(run("plain56", states.PAUSED, 243, id=2, held=True))
    assert status.state_sentence(comparison(*held), None) == "Paused at iteration 243."
    apart = [replace(held[0], iteration=1240), held[1]]
    assert status.state_sentence(comparison(*apart), None) == ("Paused at iterations 243 to 1,240.")
    let_go = [replace(each, held=False) for each in held]
    assert status.state_sentence(comparison(*let_go), None) == (
        "Paused at iteration 243 and saved; the machine works for others. "
        "Resume puts it back in line."
    )


def test_the_store_says_whether_a_lane_holds_a_run(store, training, submit):
    identity = submit()
    assert not any(each.held for each in store.comparison(identity).runs)
    ids = [each.id for each in training.claim("a lane").runs]
    assert all(each.held for each in store.comparison(identity).runs)
    for each in ids:
        training.hold(each, "a lane", 7)
    assert status.state_sentence(store.comparison(identity), None) == "Paused at iteration 7."
    ControlRequests(store).pause(identity)
    with store.write() as connection:
        connection.execute(runs.update().values(pause_at=0))
    assert all(training.let_go(each, "a lane") for each in ids)
    assert "Resume puts it back" in status.state_sentence(store.comparison(identity), None)


def test_preparing_images_shows_how_far_it_is():
    decoding = comparison(
        run("plain20", states.RUNNING), message="decoding images", done=500, total=60_000
    )
    assert status.state_sentence(decoding, None) == "Decoding images: 500 of 60,000."
    loading = comparison(
        run("plain20", states.RUNNING),
        message="downloading CIFAR-10",
        done=43_000_000,
        total=170_498_071,
    )
    assert status.state_sentence(loading, None) == "Downloading CIFAR-10: 43 of 170 MB."


def test_endings_are_said_with_their_reasons():
    ended = comparison(
        run("plain20", states.FINISHED, 400),
        run("plain56", states.DIVERGED, 30),
        run("resnet20-A", states.FAILED, message="the disk is full"),
    )
    words = status.state_sentence(ended, None)
    assert "plain-56 diverged: the loss is no longer a finite number" in words
    assert "ResNet-20 A could not be trained: the disk is full." in words
    assert status.state_sentence(comparison(run("plain20", states.FINISHED, 400)), None) == ""


def test_what_ended_early_is_said_while_others_train():
    active = comparison(
        run("plain20", states.RUNNING, 60), run("plain56", states.STOPPED, 40, id=2)
    )
    assert status.state_sentence(active, None) == "plain-56 stopped at iteration 40."
    everyone = [replace(each, state=states.STOPPED) for each in active.runs]
    assert status.state_sentence(comparison(*everyone), None) == (
        "All nets stopped at iterations 40 to 60."
    )


def test_seeds_that_ended_early_are_named_and_those_that_never_began():
    first = turns((states.FINISHED, 400), (states.STOPPED, 240), (states.STOPPED, 0))
    second = [replace(each, id=each.id + 3, spec=NetSpec.parse("plain56")) for each in first]
    assert status.state_sentence(comparison(*first, *second), None) == (
        "All nets of seed 1 stopped at iteration 240. Seed 2 was not begun."
    )
    one = [*first, second[0], replace(second[1], state=states.FINISHED)]
    assert status.state_sentence(comparison(*one), None).startswith(
        "plain-20 (seed 1) stopped at iteration 240."
    )


def test_every_state_has_words():
    names = {
        value for key, value in vars(states).items() if key.isupper() and isinstance(value, str)
    }
    assert set(states.WORDS) == names


def test_the_numbers_hold_the_last_and_the_best_test_error():
    plain = RunHistory(run("plain20", states.RUNNING, 60))
    plain.rows = [row(each, test_error=error) for each, error in ((20, 70.0), (40, 55.0))]
    plain.rows += [row(60, test_error=58.0), row(65)]
    (line,) = report_table.numbers([plain])
    assert (line["net"], line["test error, %"]) == ("plain-20", 58.0)
    assert (line["best test error, %"], line["best at iteration"]) == (55.0, 40)
    (empty,) = report_table.numbers([RunHistory(run("plain20", states.QUEUED))])
    assert empty["best test error, %"] is None and empty["loss"] is None


def test_the_numbers_tell_recipes_of_one_net_apart():
    rate = replace(DEGRADATION.recipe, learning_rate=0.1)
    twins = [
        RunHistory(run("resnet20-A", states.QUEUED)),
        RunHistory(run("resnet20-A", states.QUEUED, id=2, recipe=rate)),
        RunHistory(run("plain20", states.QUEUED, id=3)),
    ]
    assert [line["net"] for line in report_table.numbers(twins)] == [
        "ResNet-20 at a rate of 0.05",
        "ResNet-20 at a rate of 0.1",
        "plain-20",
    ]


def test_the_csv_has_the_command_lines_columns(store, submit, image_folder):
    from explorer.lane import in_process
    from resnet.spec.row import CSV_COLUMNS

    identity = submit()
    in_process.run_next(store)
    lines = report_table.csv_text(Feed(store, identity).snapshot(fresh=True)).splitlines()
    assert lines[0] == ",".join(CSV_COLUMNS)
    assert lines[1].startswith("plain8,0,0,")
    assert len(lines) == 1 + 2 * 5


def test_the_csv_tells_two_recipes_of_one_net_apart(store, training, nets, small):
    own = [(nets[0], small), (nets[0], replace(small, learning_rate=0.1)), (nets[1], small)]
    identity = store.submit("small", own)
    rates = {run.id: run.recipe.learning_rate for run in training.claim("lane").runs}
    training.append("lane", [(run, Row(0, 1.0)) for run in rates])
    table = list(
        csv.DictReader(report_table.csv_text(Feed(store, identity).snapshot()).splitlines())
    )
    recipes = [Recipe.parse(row["recipe"]) for row in table]
    assert recipes == [replace(recipe, seed=0) for _, recipe in own]
    assert len(set(recipes)) == 2


def test_a_feed_starts_over_when_rows_are_taken_back(store, training, submit, image_folder):
    from explorer.lane import in_process

    identity = submit()
    in_process.run_next(store)
    feed = Feed(store, identity)
    before = feed.snapshot(fresh=True)
    assert [row.iteration for row in before.histories[0].rows] == [0, 10, 20, 30, 40]
    run = before.histories[0].run.id
    with held(store, run) as lane:
        training.rewind(run, lane, 20)
    after = feed.snapshot(fresh=True)
    assert [row.iteration for row in after.histories[0].rows] == [0, 10, 20]
    assert after.version > before.version
    Curation(store).delete(identity)
    assert feed.snapshot(fresh=True) is None
