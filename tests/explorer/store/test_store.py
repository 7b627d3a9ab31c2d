"""The store: the queue, states, rows, limits."""

from types import SimpleNamespace

import pytest

from explorer.store import limits, records, room, states
from explorer.store.comparisons import MAX_NETS, Refused, run_folder
from explorer.store.curation import Curation
from explorer.store.requests import ControlRequests
from resnet.spec import NetSpec


def row(iteration, **more):
    fields = dict.fromkeys((*records.ROW_FIELDS, *records.BY_LAYER))
    return SimpleNamespace(**{**fields, "iteration": iteration, "seconds": 1.0, **more})


def test_a_comparison_comes_back_as_it_was_submitted(store, submit, nets, small):
    found = store.comparison(submit())
    assert found.title == "small"
    assert [run.spec for run in found.runs] == list(nets)
    assert {run.recipe for run in found.runs} == {small}
    assert {run.state for run in found.runs} == {states.QUEUED}


def test_the_queue_is_served_in_order_and_each_knows_its_place(store, training, submit):
    first, second, third = submit(), submit(), submit()
    assert [store.place(each) for each in (first, second, third)] == [0, 1, 2]
    assert training.claim("lane").id == first
    assert [store.place(each) for each in (first, second, third)] == [None, 0, 1]
    assert training.claim("lane").id == second


def test_claiming_from_an_empty_queue_gives_nothing(training):
    assert training.claim("lane") is None


def test_the_load_counts_what_trains_and_what_waits(store, training, submit):
    assert store.load() == (0, 0)
    submit(), submit(), submit()
    training.claim("lane")
    assert store.load() == (1, 2)


def test_two_claims_never_take_the_same_run(store, training, submit):
    submit()
    assert training.claim("one") is not None
    assert training.claim("two") is None


def test_rows_come_once_in_the_order_they_were_written(store, training, submit):
    claimed = training.claim("lane") if submit() else None
    plain, residual = (run.id for run in claimed.runs)
    training.append(
        "lane", [(plain, row(10, loss=2.0, gradients=(0.5, 0.25))), (residual, row(10))]
    )
    seen = store.since(claimed.id)
    assert [(each.run, each.iteration) for each in seen] == [(plain, 10), (residual, 10)]
    assert list(seen[0].gradients) == [0.5, 0.25]
    training.append("lane", [(plain, row(20))])
    assert [each.iteration for each in store.since(claimed.id, seen[-1].id)] == [20]
    assert store.run(plain).iteration == 20


def test_a_loss_that_is_no_number_is_kept_as_nothing(store, training, submit):
    submit()
    claimed = training.claim("lane")
    training.append("lane", [(claimed.runs[0].id, row(10, loss=float("nan")))])
    assert store.since(claimed.id)[0].loss is None


def test_rows_of_a_lane_that_lost_its_run_are_dropped(store, training, submit):
    submit()
    claimed = training.claim("old")
    run = claimed.runs[0].id
    training.hand_over([run], "new")
    training.append("old", [(run, row(10))])
    assert store.since(claimed.id) == []
    training.settle(run, "old", states.FINISHED)
    assert store.run(run).state == states.RUNNING


def test_taking_rows_back_tells_the_pages(store, training, submit):
    submit()
    claimed = training.claim("lane")
    run = claimed.runs[0].id
    training.append("lane", [(run, row(0)), (run, row(10)), (run, row(20))])
    training.rewind(run, "lane", 10)
    assert [each.iteration for each in store.since(claimed.id)] == [0, 10]
    assert store.comparison(claimed.id).generation == claimed.generation + 1
    training.rewind(run, "lane", 0)
    assert store.since(claimed.id) == []


def test_a_cursor_misses_no_row_after_rows_were_taken_back(store, training, submit):
    submit()
    claimed = training.claim("lane")
    run = claimed.runs[0].id
    training.append("lane", [(run, row(10))])
    cursor = store.since(claimed.id)[-1].id
    training.rewind(run, "lane", 0)
    training.append("lane", [(run, row(10))])
    assert [each.iteration for each in store.since(claimed.id, cursor)] == [10]


def test_stopping_ends_what_waits_and_asks_what_trains(store, training, submit):
    waiting = submit()
    ControlRequests(store).stop(waiting)
    assert {run.state for run in store.comparison(waiting).runs} == {states.STOPPED}
    trains = submit()
    claimed = training.claim("lane")
    ControlRequests(store).stop(trains)
    assert {run.state for run in store.comparison(trains).runs} == {states.RUNNING}
    assert {wanted.state for wanted in training.owned("lane").values()} == {states.STOPPED}
    assert set(training.owned("lane")) == {run.id for run in claimed.runs}


def test_resuming_queues_only_what_can_be_resumed(store, training, submit):
    submit()
    claimed = training.claim("lane")
    finished, stopped = (run.id for run in claimed.runs)
    training.settle(finished, "lane", states.FINISHED)
    training.settle(stopped, "lane", states.STOPPED)
    ControlRequests(store).resume(claimed.id)
    assert store.run(finished).state == states.FINISHED
    assert store.run(stopped).state == states.QUEUED
    again = training.claim("other")
    assert [run.id for run in again.runs if run.state == states.RUNNING] == [stopped]


def test_deleting_takes_rows_and_checkpoints_along(store, training, submit):
    submit()
    claimed = training.claim("lane")
    run = claimed.runs[0].id
    training.append("lane", [(run, row(10))])
    run_folder(run).mkdir(parents=True)
    with pytest.raises(Refused, match="'small' is training; stop it first"):
        Curation(store).delete(claimed.id)
    training.interrupt("lane")
    Curation(store).delete(claimed.id)
    assert store.comparison(claimed.id) is None
    Curation(store).purge()
    assert run_folder(run).exists()  # it can still be had back
    Curation(store).purge(older_than=0)
    assert store.since(claimed.id) == []
    assert not run_folder(run).exists()


def test_the_id_of_a_deleted_run_is_never_given_again(store, submit):
    first = submit()
    ids = {run.id for run in store.comparison(first).runs}
    Curation(store).delete(first)
    Curation(store).purge(older_than=0)
    assert ids.isdisjoint(run.id for run in store.comparison(submit()).runs)


def test_limits_say_what_was_asked_and_what_would_work(store, submit, small, monkeypatch):
    with pytest.raises(Refused, match="no net was chosen; choose at least one"):
        store.submit("none", [])
    with pytest.raises(Refused, match=f"7 nets were chosen; a comparison holds at most {MAX_NETS}"):
        store.submit("many", [(NetSpec.parse("plain20"), small)] * 7)
    monkeypatch.setattr(room, "free_disk", lambda: 7 * 2**20)
    with pytest.raises(Refused, match="the disk has 7 MB left and training needs 500 MB"):
        submit()


def test_a_full_queue_is_refused(store, submit, monkeypatch):
    monkeypatch.setenv(limits.WAITING.variable, "2")
    submit(), submit()
    with pytest.raises(Refused, match="2 comparisons are waiting already"):
        submit()


def test_a_report_replaces_the_one_before(store):
    store.report("worker", {"pid": 1})
    store.report("worker", {"pid": 2})
    value, age = store.reported("worker")
    assert value == {"pid": 2}
    assert 0 <= age < 5
    assert store.reported("nobody") is None
