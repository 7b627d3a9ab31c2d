"""Words made from the state of a comparison."""

from dataclasses import replace

import pytest

from explorer import states, telling
from explorer.feed import Curves, Feed, Snapshot
from explorer.records import Comparison, Run
from explorer.shelf import Shelf
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec


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


@pytest.mark.parametrize(
    ("seconds", "words"), [(41, "41 s"), (750, "12 min"), (12_000, "3 h 20 min")]
)
def test_durations(seconds, words):
    assert telling.duration(seconds) == words


def test_progress_weighs_iterations_by_their_cost():
    halfway = comparison(
        run("plain20", states.RUNNING, 400), run("plain20", states.RUNNING, 0, id=2)
    )
    assert telling.progress(halfway) == (0.5, "iteration 0 of 400")


def test_time_left_comes_from_the_pace_of_this_leg():
    training = comparison(run("plain20", states.RUNNING, 200, leg_started=100.0, leg_from=100))
    assert telling.seconds_left(training, now=110.0) == pytest.approx(20.0)
    assert telling.seconds_left(comparison(run("plain20", states.RUNNING, 0)), now=110.0) is None


def test_waiting_says_how_many_are_ahead():
    waiting = comparison(run("plain20", states.QUEUED))
    assert telling.state_sentence(waiting, 0) == "Starting: the training processes get ready."
    assert telling.state_sentence(waiting, 2) == "Waiting: 2 comparisons ahead in the line."


def test_preparing_images_shows_how_far_it_is():
    decoding = comparison(
        run("plain20", states.RUNNING), message="decoding images", done=500, total=60_000
    )
    assert telling.state_sentence(decoding, None) == "Decoding images: 500 of 60,000."
    loading = comparison(
        run("plain20", states.RUNNING),
        message="downloading CIFAR-10",
        done=43_000_000,
        total=170_498_071,
    )
    assert telling.state_sentence(loading, None) == "Downloading CIFAR-10: 43 of 170 MB."


def test_endings_are_said_with_their_reasons():
    ended = comparison(
        run("plain20", states.FINISHED, 400),
        run("plain56", states.DIVERGED, 30),
        run("resnet20-A", states.FAILED, message="the disk is full"),
    )
    words = telling.state_sentence(ended, None)
    assert "plain-56 diverged: the loss is no longer a finite number" in words
    assert "ResNet-20 A could not be trained: the disk is full." in words
    assert telling.state_sentence(comparison(run("plain20", states.FINISHED, 400)), None) == ""


def test_every_state_has_words():
    names = {
        value for key, value in vars(states).items() if key.isupper() and isinstance(value, str)
    }
    assert set(states.WORDS) == names


def test_the_verdict_waits_for_all_nets_and_says_so_far(store, submit, image_folder):
    from explorer import worker

    identity = submit()
    feed = Feed(store, identity)
    assert telling.verdict_of(feed.snapshot(fresh=True)) == ""
    worker.run_next(store)
    snapshot = feed.snapshot(fresh=True)
    assert "So far" not in telling.verdict_of(snapshot)
    still = tuple(Curves(replace(c.run, state=states.RUNNING), c.rows) for c in snapshot.curves)
    assert telling.verdict_of(Snapshot(snapshot.comparison, still, 1)).startswith(
        "So far, at iteration 40: "
    )


def test_the_csv_has_the_command_lines_columns(store, submit, image_folder):
    from explorer import worker
    from resnet.commands import COLUMNS

    identity = submit()
    worker.run_next(store)
    lines = telling.csv_text(Feed(store, identity).snapshot(fresh=True)).splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert lines[1].startswith("plain8,0,0,")
    assert len(lines) == 1 + 2 * 5


def test_a_feed_starts_over_when_rows_are_taken_back(store, submit, image_folder):
    from explorer import worker

    identity = submit()
    worker.run_next(store)
    feed = Feed(store, identity)
    before = feed.snapshot(fresh=True)
    assert [row.iteration for row in before.curves[0].rows] == [0, 10, 20, 30, 40]
    store.rewind(before.curves[0].run.id, 20)
    after = feed.snapshot(fresh=True)
    assert [row.iteration for row in after.curves[0].rows] == [0, 10, 20]
    assert after.version > before.version
    Shelf(store).delete(identity)
    assert feed.snapshot(fresh=True) is None
