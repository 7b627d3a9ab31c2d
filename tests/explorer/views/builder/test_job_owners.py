"""What a visitor asks of the worker is theirs: limits count it, and others cannot stop it."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.server import once, visitor
from explorer.store import limits, states
from explorer.store.comparisons import Refused
from explorer.store.jobs.store import JobStore
from explorer.store.records import Visitor

PAGE = Path(__file__).parents[4] / "explorer" / "views" / "builder" / "page.py"
NET = {"net": "resnet56-A"}
KINDS = ("crosscheck", "onnx")
SECTION = {"crosscheck": "check", "onnx": "takeaway"}

EACH = int(limits.JOBS_EACH.default)


@pytest.fixture
def opened(monkeypatch):
    """The Build page at a section, in a session of its own, for a visitor with this id."""

    def me():
        return Visitor(*st.session_state["visitor_for_test"])

    monkeypatch.setattr(visitor, "me", me)

    def opened(kind, visitor_id, everything=False, net="resnet56-A"):
        page = AppTest.from_file(PAGE, default_timeout=60)
        page.session_state["visitor_for_test"] = (visitor_id, everything)
        page.query_params["net"] = [net]
        page.query_params["section"] = SECTION[kind]
        page.run()
        assert not page.exception
        return page

    once.forget()
    yield opened
    once.forget()


def ask(page, kind, net="resnet56-A"):
    page.button(key=f"{kind}_{net}").click().run()
    assert not page.exception
    return page


def has_stop(page):
    return any(button.label == "Stop" for button in page.button)


@pytest.mark.parametrize("kind", KINDS)
def test_who_asks_owns_the_job_and_alone_stops_it(store, opened, kind):
    page = ask(opened(kind, "ada"), kind)
    jobs = JobStore(store)
    look = jobs.look_for(kind, NET)
    assert (look.state, look.owner) == (states.QUEUED, "ada")
    with pytest.raises(Refused, match="another visitor asked this"):
        jobs.stop(look.id, Visitor("bob"))
    assert not has_stop(opened(kind, "bob"))
    assert has_stop(opened(kind, "boss", everything=True))
    assert has_stop(page)
    page.button(key=f"stop_job_{look.id}").click().run()
    assert not page.exception
    assert jobs.look(look.id).state == states.STOPPED


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_of_a_visitor_counts_it(store, opened, kind):
    jobs = JobStore(store)
    for number in range(EACH - 1):
        jobs.submit("lab", {"n": number}, "ada")
    ask(opened(kind, "ada"), kind)
    refused = ask(opened(kind, "ada", net="plain20"), kind, "plain20")
    assert f"{EACH} questions of yours" in refused.warning[0].value
    assert jobs.look_for(kind, {"net": "plain20"}) is None
    ask(opened(kind, "bob", net="plain20"), kind, "plain20")
    assert jobs.look_for(kind, {"net": "plain20"}).owner == "bob"
