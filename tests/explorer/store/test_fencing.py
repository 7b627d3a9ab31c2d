"""A lane that lost a run while it was suspended changes nothing of it when it returns."""

import pytest

from explorer.lane import runs as lane_runs
from explorer.lane import setup
from explorer.store import states
from explorer.store.comparisons import checkpoint_file
from explorer.store.jobs import files
from explorer.store.jobs.store import JobStore
from explorer.store.records import RATE
from explorer.store.training import Lost, TrainingStore
from resnet.spec.row import Row

LATE = {
    "rewind": lambda training, run: training.rewind(run, "late", 0),
    "mark": lambda training, run: training.mark(run, "late", 10, RATE, 0.5),
    "describe": lambda training, run: training.describe(run, "late", "late", "late", 9),
}


@pytest.fixture
def taken_over(store, training, submit):
    """(comparison, run) that "late" had; "now" has it, with a row."""
    identity = submit()
    run = training.claim("late").runs[0].id
    training.interrupt()
    training.hand_over([run], "late")  # too late: it is nobody's
    assert training.owned("late") == {}
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE runs SET state = 'running', lane = 'now'")
    training.append("now", [(run, Row(10, 1.0, 0.1, 1.0, 1.0, None, None))])
    return identity, run


@pytest.mark.parametrize("what", LATE)
def test_whatever_a_late_lane_would_write_is_not_written(store, training, taken_over, what):
    identity, run = taken_over
    before = store.comparison(identity), store.since(identity), store.events(identity)
    with pytest.raises(Lost):
        LATE[what](training, run)
    assert (store.comparison(identity), store.since(identity), store.events(identity)) == before


def test_a_lane_suspended_between_its_last_check_and_the_lock_takes_nothing_back(
    store, training, submit, image_folder, monkeypatch
):
    """Another lane had the run, and let go of its folder, before this one got the lock."""
    identity = submit()
    ids = [run.id for run in training.claim_runs("late")]
    locked = setup._locked

    def late(*arguments):
        monkeypatch.setattr(setup, "_locked", locked)
        training.interrupt()
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE runs SET state = 'running', lane = 'now'")
        lane_runs.train(store, "now", ids)
        return locked(*arguments)

    monkeypatch.setattr(setup, "_locked", late)
    lane_runs.train(store, "late", ids)
    assert {run.state for run in store.comparison(identity).runs} == {states.FINISHED}
    for run in ids:
        seen = [row.iteration for row in store.since(identity) if row.run == run]
        assert seen == [0, 10, 20, 30, 40]


def test_a_lane_that_lost_its_runs_with_no_row_to_write_saves_no_checkpoint(
    store, submit, image_folder, monkeypatch
):
    identity = submit()

    def too_late(self, active_runs, needed=False):
        self._training.interrupt()
        self.pending.clear()
        return set()

    monkeypatch.setattr("explorer.lane.keeping.Keeping.flush", too_late)
    claimed = [run.id for run in TrainingStore(store).claim_runs("late")]
    lane_runs.train(store, "late", claimed)
    assert {run.state for run in store.comparison(identity).runs} == {states.INTERRUPTED}
    assert not any(checkpoint_file(run).exists() for run in claimed)


def test_a_late_answer_does_not_write_over_the_file_of_the_one_that_counts(store, monkeypatch):
    monkeypatch.setattr(files, "LARGE", 10)
    jobs = JobStore(store)
    identity = jobs.submit("lab", {"question": 1})
    jobs.claim("late")
    jobs.ask_again()
    jobs.claim("now")
    jobs.finish(identity, "now", {"answer": "the one that counts"})
    jobs.finish(identity, "late", {"answer": "too late to be of use"})
    jobs.show(identity, "late", {"answer": "too late to be of use"})
    assert jobs.job(identity).result == {"answer": "the one that counts"}
