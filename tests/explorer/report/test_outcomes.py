"""What comparisons came to, read once for all visitors: from many threads, and little of it."""

import re
import threading

import pytest
import sqlalchemy as sa

from explorer.report import outcomes, verdicts
from explorer.report.outcomes import Outcomes
from explorer.store import states
from explorer.store.errors import last_errors, rows_with_errors
from explorer.store.records import BY_LAYER, RATE
from explorer.store.snapshots import Feed
from explorer.store.tables import rows
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec
from resnet.spec.row import Row


@pytest.fixture
def three(store, submit):
    for _ in range(3):
        submit()
    return store.comparisons()


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_what_others_dropped_meanwhile_is_no_error(store, three, monkeypatch, kept):
    """Another visitor's list pushes out what this one has just found there."""
    monkeypatch.setattr(outcomes, "KEPT", kept)
    asked = Outcomes(store)
    asked.of(three[:2])
    among = []

    def read(*given):
        if not among:
            among.append(True)
            asked.of(three[2:])
            asked.of(three[1:2])
        return rows_with_errors(*given)

    monkeypatch.setattr(outcomes, "rows_with_errors", read)
    assert set(asked.of(three)) == {each.id for each in three}
    assert len(asked._kept) <= kept


def test_many_threads_ask_for_more_than_is_kept(store, three, monkeypatch):
    monkeypatch.setattr(outcomes, "KEPT", 1)
    asked, wrong = Outcomes(store), []

    def ask(first):
        try:
            for turn in range(20):
                some = [three[(first + turn) % 3], three[(first + turn + 1) % 3]]
                assert set(asked.of(some)) == {each.id for each in some}
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_nothing_is_read_that_a_list_does_not_show(store, training, submit):
    """What a row says by layer, up to a kilobyte of each, is read by no list of comparisons."""
    blobs = {each.name for each in rows.columns if isinstance(each.type, sa.LargeBinary)}
    assert blobs == set(BY_LAYER)
    comparison = store.comparison(submit(responses=True))
    run = comparison.runs[0]
    training.claim("lane")
    norms = (1.0,) * 8
    row = Row(20, 1.0, 0.1, 2.0, 80.0, 70.0, 75.0, gradients=norms, weights=norms, responses=norms)
    training.append("lane", [(run.id, row)])
    selected = []

    def note(_connection, _cursor, statement, *_):
        selected.extend(re.findall(r"rows\.(\w+)", statement.partition("FROM")[0]))

    sa.event.listen(store.engine, "before_cursor_execute", note)
    assert Outcomes(store).of(store.comparisons())[comparison.id].results[run.id].test_error == 75.0
    assert last_errors(store)[run.id] == (70.0, 75.0)
    assert "test_error" in selected
    assert not blobs & set(selected)
    read = rows_with_errors(store, [run.id])[run.id][0]
    assert not any(len(getattr(read, name)) for name in BY_LAYER)


def test_a_rate_set_by_hand_is_known_here_as_on_the_page_of_the_comparison(store, training, submit):
    """One seed whose rate was changed is told as one run, whatever is on record of its recipe."""
    nets = [NetSpec.parse(name) for name in ("plain20", "plain56")]
    identity = store.submit("two", [(net, DEGRADATION.recipe) for net in nets])
    for run, error in zip(training.claim("lane").runs, (23.0, 80.0), strict=True):
        training.append("lane", [(run.id, Row(400, 1.0, 0.1, 1.0, 1.0, error, error))])
        training.mark(run.id, "lane", 200, RATE, 0.2)
        training.settle(run.id, "lane", states.FINISHED)
    comparison = store.comparison(identity)
    found = Outcomes(store).of([comparison])[identity].verdict
    assert found == verdicts.verdict_of(Feed(store, identity).snapshot(fresh=True))
    assert "in this one run" in found.lower()
