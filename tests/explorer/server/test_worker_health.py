"""What pages say where nets cannot be trained or saved, and what they offer."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.server import shared, worker_health
from explorer.server.worker_health import MAKE_ROOM, STARTS_WITHIN, TRY_AGAIN, Trouble, told
from explorer.store import limits
from explorer.worker.control import lock
from tests.explorer.views.pages import app_at

LONG = STARTS_WITHIN + 120
JARGON = ("worker ", "lane", "SQLite", "sqlite", "process", "torch", "None")


@pytest.mark.parametrize(
    "said, silent, running, unsaved, words, offer",
    [
        ({}, LONG, False, "", "does not start", TRY_AGAIN),
        ({"pid": 7}, LONG, True, "", "has not answered for about 3 min", ""),
        ({"problem": "x"}, 0.0, True, "", "cannot begin to train", ""),
        ({"free_disk": 2**20}, 0.0, True, "", "1 MB are left", MAKE_ROOM),
        ({}, 0.0, True, "database or disk is full", "disk is full", MAKE_ROOM),
        ({}, 0.0, True, "database is locked", "another program holds", ""),
        ({}, 0.0, True, "disk I/O error", "Nothing can be saved", ""),
    ],
)
def test_each_trouble_has_its_sentence(said, silent, running, unsaved, words, offer):
    found = told(said, silent, running, unsaved)
    assert found is not None and words in found.found and found.offer == offer
    assert found.do.endswith(".")
    assert not any(word in found.found for word in JARGON)


@pytest.mark.parametrize(
    "said, silent",
    [
        ({}, 5.0),
        ({"free_disk": limits.FREE_DISK.value * 2**20, "problem": ""}, 0.0),
        ({"problem": "of one that is gone"}, 5.0),
    ],
)
def test_what_starts_or_is_well_is_no_trouble(said, silent):
    assert told(said, silent, False, "") is None


def test_slower_training_is_told_where_it_is_known():
    assert "slower" in worker_health.slower({"compiled": False})
    assert worker_health.slower({"compiled": True}) == worker_health.slower({}) == ""


def test_one_that_hangs_is_told_from_one_that_is_gone(store, monkeypatch):
    monkeypatch.setattr(worker_health, "_silent_since", [-LONG])
    monkeypatch.setattr(worker_health.time, "monotonic", lambda: 0.0)
    with lock():
        assert "has not answered" in worker_health._look(store, "").found
    assert "does not start" in worker_health._look(store, "").found
    store.report("worker", {})
    assert worker_health._look(store, "") is None


def notice():
    from explorer.views.parts.health_notice import _notice

    _notice()


def test_the_page_shows_it_with_what_can_be_done(monkeypatch):
    started = []
    monkeypatch.setattr(shared, "trouble", lambda: "")
    monkeypatch.setattr(
        "explorer.worker.control.start_detached", lambda *_: started.append("a worker")
    )
    monkeypatch.setattr(worker_health, "now", lambda: Trouble("It is ill.", "Do this.", TRY_AGAIN))
    page = AppTest.from_function(notice).run()
    assert page.warning[0].value == "It is ill. Do this."
    page.button[0].click().run()
    assert started == ["a worker"]


def test_there_is_a_way_to_the_runs_on_every_page(home, monkeypatch):
    """Streamlit links to pages once it knows them, and not before."""
    monkeypatch.setattr(worker_health, "now", lambda: Trouble("It is full.", "Do.", MAKE_ROOM))
    monkeypatch.setattr("explorer.worker.control.start_detached", lambda *_: None)
    page = app_at("runs").run()
    assert not page.exception and page.warning[0].value == "It is full. Do."
    assert "To the runs" in [each.proto.label for each in page.get("page_link")]


def test_where_all_is_well_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(worker_health, "now", lambda: None)
    assert not AppTest.from_function(notice).run().warning
