"""What comparisons came to, read once for all visitors: from many threads, and little of it."""

import threading

import pytest

from explorer.report import outcomes
from explorer.report.outcomes import Outcomes
from explorer.store.errors import rows_with_errors


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
