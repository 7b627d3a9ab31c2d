"""Pause, step, go on, another rate, extension, stop of one: what a lane does while it trains."""

import re
import threading
import time
from dataclasses import replace

import pytest

from explorer.lane import in_process, setup, training
from explorer.lane import runs as lane_runs
from explorer.report import status
from explorer.store import room, states, tables
from explorer.store.comparisons import checkpoint_file
from explorer.store.records import EXTENDED, PAUSED, RATE
from explorer.store.requests import ControlRequests
from explorer.store.training import TrainingStore
from explorer.worker import worker
from resnet.train import Trainer, checkpoint

pytestmark = pytest.mark.usefixtures("image_folder")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(training, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(training, "FLUSH_EVERY", 0.0)
    monkeypatch.setattr(training, "WAITED", 0.2)


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def runs(store, comparison):
    return store.comparison(comparison).runs


def are(store, comparison, *wanted):
    return tuple(run.state for run in runs(store, comparison)) == wanted


def iterations(store, comparison):
    table = {run.id: [] for run in runs(store, comparison)}
    for row in store.since(comparison):
        table[row.run].append(row.iteration)
    return list(table.values())


def figures(store, comparison, scheduled=10):
    """{run's place: {iteration: all that a row says but ids and seconds}} of scheduled rows."""
    places = {run.id: place for place, run in enumerate(runs(store, comparison))}
    return {
        (places[row.run], row.iteration): (
            *(row.learning_rate, row.loss, row.batch_error, row.train_error, row.test_error),
            *(tuple(row.gradients), tuple(row.weights)),
        )
        for row in store.since(comparison)
        if row.iteration % scheduled == 0
    }


@pytest.fixture
def lanes(store):
    """Trains what waits in threads of this process, one lane each call; joined at the end."""
    threads = []

    def start(shares=1):
        name = f"claim-{len(threads)}"
        claimed = TrainingStore(store).claim_runs(name)
        for share in worker.shares(claimed, shares):
            mine = f"lane-{len(threads)}"
            TrainingStore(store).hand_over(share, mine)
            thread = threading.Thread(
                target=lane_runs.train, args=(store, mine, share), daemon=True
            )
            threads.append(thread)
            thread.start()
        return threads[-1]

    yield start
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture
def slow(monkeypatch):
    """Steps of 5 ms at least, so that a request meets a run on its way."""
    step = Trainer.step

    def slower(self):
        time.sleep(0.005)
        return step(self)

    monkeypatch.setattr(Trainer, "step", slower)


def pause_midway(store, comparison):
    wait_for(lambda: len(store.since(comparison)) >= 4)
    ControlRequests(store).pause(comparison)
    wait_for(lambda: store.comparison(comparison).paused)


def test_paused_nets_are_saved_shown_and_marked_and_go_on_to_the_undisturbed_rows(
    store, submit, lanes, slow
):
    undisturbed = submit(iterations=100)
    in_process.run_next(store)
    paused = submit(iterations=100)
    lanes()
    pause_midway(store, paused)
    for run in runs(store, paused):
        assert 0 < run.iteration < 100
        assert checkpoint.load(checkpoint_file(run.id))[2]["iteration"] == run.iteration
        last = [row for row in store.since(paused) if row.run == run.id][-1]
        assert last.iteration == run.iteration
        assert last.loss is not None
        assert last.iteration % 10 == 0 or last.test_error is not None
    marks = store.events(paused)
    assert {(each.run, each.iteration, each.kind) for each in marks} == {
        (run.id, run.iteration, PAUSED) for run in runs(store, paused)
    }
    ControlRequests(store).resume(paused)
    wait_for(lambda: are(store, paused, states.FINISHED, states.FINISHED))
    assert figures(store, paused) == figures(store, undisturbed)
    for each in iterations(store, paused):
        assert each == sorted(set(each))
        assert len(each) in (11, 12)


def test_a_step_brings_every_net_to_the_same_iteration_and_shows_it(store, submit, lanes, slow):
    comparison = submit(iterations=1000)
    lanes(shares=2)
    pause_midway(store, comparison)
    furthest = max(run.iteration for run in runs(store, comparison))
    for target, step in ((furthest + 1, 1), (furthest + 8, 7)):
        ControlRequests(store).step(comparison, step)
        wait_for(
            lambda target=target: all(
                (run.state, run.iteration) == (states.PAUSED, target)
                for run in runs(store, comparison)
            )
        )
        for each in iterations(store, comparison):
            assert each[-1] == target
            assert each == sorted(set(each))
    ControlRequests(store).stop(comparison)
    wait_for(lambda: are(store, comparison, states.STOPPED, states.STOPPED))


def test_a_paused_lane_lets_go_where_others_wait_and_is_stepped_from_the_line(
    store, submit, lanes, slow
):
    undisturbed = submit(iterations=60)
    in_process.run_next(store)
    held = submit(iterations=60)
    first = lanes()
    pause_midway(store, held)
    assert first.is_alive()
    other = submit(iterations=10)
    first.join(60)
    assert not first.is_alive()
    assert are(store, held, states.PAUSED, states.PAUSED)
    assert TrainingStore(store).owned("lane-0") == {}
    lanes().join(60)
    assert are(store, other, states.FINISHED, states.FINISHED)
    furthest = max(run.iteration for run in runs(store, held))
    ControlRequests(store).step(held, 3)
    assert are(store, held, states.QUEUED, states.QUEUED)
    lanes()
    wait_for(
        lambda: all(
            (run.state, run.iteration) == (states.PAUSED, furthest + 3) for run in runs(store, held)
        )
    )
    ControlRequests(store).resume(held)
    wait_for(lambda: are(store, held, states.FINISHED, states.FINISHED))
    assert figures(store, held) == figures(store, undisturbed)


def test_a_paused_lane_lets_go_after_a_while_even_if_nobody_waits(
    store, submit, lanes, slow, monkeypatch
):
    monkeypatch.setattr(training, "HELD_FOR", 0.2)
    comparison = submit(iterations=1000)
    thread = lanes()
    pause_midway(store, comparison)
    thread.join(60)
    assert not thread.is_alive()
    assert are(store, comparison, states.PAUSED, states.PAUSED)


def test_a_lane_waits_for_its_neighbour_before_it_lets_go(store, submit, lanes, slow):
    comparison = submit(iterations=10_000)
    lanes(shares=2)
    wait_for(lambda: len(store.since(comparison)) >= 4)
    with store.write() as connection:  # as a step leaves them whose targets are far apart
        first = runs(store, comparison)[0].id
        connection.exec_driver_sql(f"UPDATE runs SET pause_at = 0 WHERE id = {first}")
    wait_for(lambda: are(store, comparison, states.PAUSED, states.RUNNING))
    submit(iterations=10)
    time.sleep(0.5)  # longer than a lane lets others wait
    held = [TrainingStore(store).owned(lane) for lane in ("lane-0", "lane-1")]
    assert any(held)
    assert len({**held[0], **held[1]}) == 2
    ControlRequests(store).stop(comparison)
    wait_for(lambda: are(store, comparison, states.STOPPED, states.STOPPED))


def test_one_net_is_stopped_while_the_other_is_paused_and_that_one_goes_on(
    store, submit, lanes, slow
):
    comparison = submit(iterations=100)
    lanes()
    pause_midway(store, comparison)
    first, _ = runs(store, comparison)
    ControlRequests(store).stop(comparison, first.id)
    wait_for(lambda: are(store, comparison, states.STOPPED, states.PAUSED))
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE runs SET pause_at = NULL")
    wait_for(lambda: are(store, comparison, states.STOPPED, states.FINISHED))
    assert runs(store, comparison)[0].iteration < 100


def test_one_net_is_stopped_while_the_other_trains_on(store, submit, lanes, slow):
    comparison = submit(iterations=60)
    lanes()
    wait_for(lambda: len(store.since(comparison)) >= 4)
    _, second = runs(store, comparison)
    ControlRequests(store).stop(comparison, second.id)
    wait_for(lambda: are(store, comparison, states.FINISHED, states.STOPPED))


def test_a_pause_asked_for_before_the_start_holds_at_the_untrained_net(store, submit, lanes):
    comparison = submit()
    name = "claim"
    share = [run.id for run in TrainingStore(store).claim_runs(name)]
    ControlRequests(store).pause(comparison)
    thread = threading.Thread(target=lane_runs.train, args=(store, name, share), daemon=True)
    thread.start()
    wait_for(lambda: are(store, comparison, states.PAUSED, states.PAUSED))
    assert iterations(store, comparison) == [[0], [0]]
    ControlRequests(store).resume(comparison)
    wait_for(lambda: are(store, comparison, states.FINISHED, states.FINISHED))
    assert iterations(store, comparison) == [[0, 10, 20, 30, 40]] * 2
    thread.join(60)


def test_a_stop_asked_for_before_the_start_ends_before_images_are_decoded(
    store, submit, monkeypatch
):
    comparison = submit()
    share = [run.id for run in TrainingStore(store).claim_runs("claim")]
    ControlRequests(store).stop(comparison)
    monkeypatch.setattr(setup.data, "load", lambda *_: pytest.fail("images were asked for"))
    lane_runs.train(store, "claim", share)
    assert are(store, comparison, states.STOPPED, states.STOPPED)


@pytest.mark.parametrize("request_made", ["stop", "the worker is gone"])
def test_decoding_is_broken_off_where_nobody_wants_it_any_more(
    store, submit, monkeypatch, request_made
):
    comparison = submit()
    share = [run.id for run in TrainingStore(store).claim_runs("claim")]
    gone, told = threading.Event(), []

    def load(_, progress):
        progress("decoding images", 1, 100)
        told.append(store.comparison(comparison).message)
        ControlRequests(store).stop(comparison) if request_made == "stop" else gone.set()
        progress("decoding images", 2, 100)
        pytest.fail("it went on decoding")

    monkeypatch.setattr(setup.data, "load", load)
    monkeypatch.setattr(setup, "TELL_EVERY", 0.0)
    lane_runs.train(store, "claim", share, gone.is_set)
    assert told == ["decoding images"]
    ended = states.STOPPED if request_made == "stop" else states.INTERRUPTED
    assert are(store, comparison, ended, ended)


def test_a_new_rate_is_taken_up_marked_and_survives_a_stop(store, submit, lanes, slow):
    comparison = submit(iterations=200, schedule="constant", warmup="none")
    lanes()
    wait_for(lambda: len(store.since(comparison)) >= 4)
    ControlRequests(store).change_rate(comparison, 0.003)
    wait_for(lambda: len(store.events(comparison)) == 2)
    assert all(run.want_rate is None for run in runs(store, comparison))
    at = {each.run: each.iteration for each in store.events(comparison)}
    wait_for(lambda: min(run.iteration for run in runs(store, comparison)) > max(at.values()))
    ControlRequests(store).stop(comparison)
    wait_for(lambda: are(store, comparison, states.STOPPED, states.STOPPED))
    ControlRequests(store).resume(comparison)
    lanes().join(60)
    assert are(store, comparison, states.FINISHED, states.FINISHED)
    assert {(each.kind, each.value) for each in store.events(comparison)} == {(RATE, 0.003)}
    for row in store.since(comparison):
        if row.iteration:
            assert row.learning_rate == (0.003 if row.iteration > at[row.run] else 0.05)


def test_a_new_rate_is_taken_up_while_paused(store, submit, lanes, slow):
    comparison = submit(iterations=100, schedule="constant", warmup="none")
    lanes()
    pause_midway(store, comparison)
    ControlRequests(store).change_rate(comparison, 0.0)
    wait_for(lambda: all(run.want_rate is None for run in runs(store, comparison)))
    assert store.comparison(comparison).paused
    for run in runs(store, comparison):
        saved = checkpoint.load(checkpoint_file(run.id))[2]
        assert saved["changes"] == [[run.iteration, 0.0, None]]
    ControlRequests(store).resume(comparison)
    wait_for(lambda: are(store, comparison, states.FINISHED, states.FINISHED))
    assert {row.learning_rate for row in store.since(comparison)} == {None, 0.05, 0.0}


def test_finished_nets_are_extended_from_where_they_ended(store, submit):
    comparison = submit()
    in_process.run_next(store)
    before = figures(store, comparison)
    ControlRequests(store).extend(comparison, 25, 0.01)
    in_process.run_next(store)
    assert are(store, comparison, states.FINISHED, states.FINISHED)
    assert iterations(store, comparison) == [[0, 10, 20, 30, 40, 50, 60, 65]] * 2
    after = figures(store, comparison)
    assert {key: after[key] for key in before} == before
    assert {row.learning_rate for row in store.since(comparison) if row.iteration > 40} == {0.01}
    last = [row for row in store.since(comparison) if row.iteration == 65]
    assert all(row.test_error is not None for row in last)
    marks = {(each.iteration, each.kind, each.value) for each in store.events(comparison)}
    assert marks == {(40, EXTENDED, 65.0), (40, RATE, 0.01)}
    assert all(run.want_rate is None for run in runs(store, comparison))


def test_an_extension_whose_checkpoint_is_gone_says_so_and_keeps_the_curve(store, submit):
    comparison = submit()
    in_process.run_next(store)
    checkpoint_file(runs(store, comparison)[0].id).unlink()
    ControlRequests(store).extend(comparison, 10, 0.01)
    in_process.run_next(store)
    assert are(store, comparison, states.FAILED, states.FINISHED)
    message = runs(store, comparison)[0].message
    assert message.startswith("its checkpoint is gone, so it cannot be extended; launch")
    assert iterations(store, comparison)[0] == [0, 10, 20, 30, 40]


def test_a_net_that_diverges_does_not_keep_the_others_from_pausing(store, nets, small, lanes, slow):
    from dataclasses import replace

    from resnet.spec import NetSpec

    wild = replace(small, learning_rate=100.0, warmup="none", momentum=0.99, iterations=2000)
    calm = replace(small, iterations=2000)
    both = [(NetSpec.parse("plain8-nonorm"), wild), (nets[1], calm)]
    comparison = store.submit("together", both)
    lanes()
    wait_for(lambda: are(store, comparison, states.DIVERGED, states.RUNNING))
    ControlRequests(store).pause(comparison)
    wait_for(lambda: are(store, comparison, states.DIVERGED, states.PAUSED))
    ControlRequests(store).step(comparison)
    wait_for(lambda: len(store.events(comparison)) == 2)
    ControlRequests(store).stop(comparison)
    wait_for(lambda: are(store, comparison, states.DIVERGED, states.STOPPED))


def test_a_paused_run_whose_worker_ends_stays_paused_and_goes_on_from_there(store, submit, slow):
    undisturbed = submit(iterations=60)
    in_process.run_next(store)
    comparison = submit(iterations=60)
    gone = threading.Event()
    share = [run.id for run in TrainingStore(store).claim_runs("mine")]
    thread = threading.Thread(target=lane_runs.train, args=(store, "mine", share, gone.is_set))
    thread.start()
    pause_midway(store, comparison)
    gone.set()
    thread.join(60)
    TrainingStore(store).interrupt()  # as the next worker does when it begins
    assert are(store, comparison, states.PAUSED, states.PAUSED)
    assert store.place(comparison) is None
    ControlRequests(store).resume(comparison)
    in_process.run_next(store)
    assert are(store, comparison, states.FINISHED, states.FINISHED)
    assert figures(store, comparison) == figures(store, undisturbed)


def test_a_run_saved_at_its_end_but_not_settled_is_finished_when_resumed(store, submit):
    comparison = submit()
    in_process.run_next(store)
    with store.write() as connection:  # as if it was killed between the two
        connection.exec_driver_sql("UPDATE runs SET state = 'interrupted'")
    ControlRequests(store).resume(comparison)
    in_process.run_next(store)
    assert are(store, comparison, states.FINISHED, states.FINISHED)
    assert iterations(store, comparison) == [[0, 10, 20, 30, 40]] * 2


def test_a_later_turn_waits_for_a_paused_one_but_a_stepped_run_of_it_does_not(
    store, nets, small, lanes
):
    from dataclasses import replace

    both = [(net, replace(small, seed=seed)) for seed in (0, 1) for net in nets]
    comparison = store.submit("two seeds", both)
    share = [run.id for run in TrainingStore(store).claim_runs("mine")]
    assert share == [run.id for run in runs(store, comparison) if run.recipe.seed == 0]
    for run in share:
        TrainingStore(store).hold(run, "mine", 5)
    ControlRequests(store).pause(comparison)
    assert store.line() == []  # the second seed waits for the first, which is paused
    with store.write() as connection:  # one let go and stepped, the other still held
        connection.exec_driver_sql(
            f"UPDATE runs SET lane = NULL, state = 'queued' WHERE id = {share[0]}"
        )
    assert store.line() == [comparison]
    assert [run.id for run in TrainingStore(store).claim_runs("next")] == share[:1]


def test_seeds_train_turn_after_turn(store, nets, small):
    from dataclasses import replace

    both = [(net, replace(small, seed=seed)) for seed in (7, 3) for net in nets]
    comparison = store.submit("two seeds", both)
    ended = []
    while in_process.run_next(store):
        ended.append([run.state for run in runs(store, comparison)])
    assert ended == [
        [states.FINISHED] * 2 + [states.QUEUED] * 2,
        [states.FINISHED] * 4,
    ]


def test_stopping_during_the_first_turn_stops_the_later_ones(store, nets, small):
    from dataclasses import replace

    both = [(net, replace(small, seed=seed)) for seed in (0, 1) for net in nets]
    comparison = store.submit("two seeds", both)
    share = [run.id for run in TrainingStore(store).claim_runs("mine")]
    ControlRequests(store).stop(comparison)
    lane_runs.train(store, "mine", share)
    assert {run.state for run in runs(store, comparison)} == {states.STOPPED}
    assert not in_process.run_next(store)
    ControlRequests(store).resume(comparison)
    while in_process.run_next(store):
        pass
    assert {run.state for run in runs(store, comparison)} == {states.FINISHED}


def test_a_long_turn_lets_others_go_first_and_goes_on_to_the_undisturbed_rows(
    store, submit, small, nets, lanes, slow
):
    undisturbed = submit(iterations=100)
    in_process.run_next(store)
    long = store.submit("long", [(net, replace(small, iterations=100)) for net in nets], None, "a")
    lanes()
    training = TrainingStore(store)
    wait_for(lambda: len(store.since(long)) >= 4)
    assert not training.rotate(long)  # nobody else waits
    store.submit("long", [(nets[0], small)], None, "a")
    assert not training.rotate(long)  # nor does another visitor
    other = store.submit("short", [(nets[0], small)], None, "b")
    assert training.rotate(long)
    wait_for(lambda: are(store, long, states.QUEUED, states.QUEUED))
    assert store.line()[0] == other
    for run in runs(store, long):
        assert 0 < run.iteration <= checkpoint.load(checkpoint_file(run.id))[2]["iteration"] < 100
        size, computed = checkpoint_file(run.id).stat().st_size, room.checkpoint_bytes(run.spec)
        assert computed - 2 * room.CHECKPOINT_BYTES < 2 * size < computed
    words = status.state_sentence(store.comparison(long), 1)
    assert re.fullmatch(r"Waits at iterations? .*, saved, while others have a turn: 1 .*", words)
    for _ in range(3):
        in_process.run_next(store)
    assert are(store, other, states.FINISHED)
    assert are(store, long, states.FINISHED, states.FINISHED)
    assert figures(store, long) == figures(store, undisturbed)


def test_a_turn_that_is_to_pause_pauses(store, small, nets, lanes, slow):
    long = store.submit("long", [(nets[0], replace(small, iterations=100))], None, "a")
    lanes()
    wait_for(lambda: len(store.since(long)) >= 4)
    store.submit("short", [(nets[0], small)], None, "b")
    with store.write() as connection:
        asked = {"want": states.QUEUED, "pause_at": 0}
        connection.execute(tables.runs.update().where(tables.runs.c.comparison == long), asked)
    wait_for(lambda: store.comparison(long).paused)
    assert store.line()[0] != long
