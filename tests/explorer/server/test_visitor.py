"""Who is asking, with and without a browser; the teacher's token; the line and notices they see."""

import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.report import formatting, line
from explorer.report.progress import progress
from explorer.server import connection, guesses, once, queue, teacher, visitor
from explorer.store import states
from explorer.store.curation import Curation
from explorer.store.records import Visitor
from explorer.store.requests import ControlRequests
from explorer.store.snapshots import Feed
from explorer.store.training import TrainingStore
from explorer.views.parts import notices, queue_panel

ADDRESS = "http://127.0.0.1:8501/"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """No cache and no teacher left over from elsewhere."""
    monkeypatch.delenv("RESNET_TEACHER", raising=False)
    once.forget()
    yield
    once.forget()


@pytest.fixture(autouse=True)
def served_here(monkeypatch):
    """The options of a server as the program starts it; a test changes them."""
    options = {
        "server.address": "127.0.0.1",
        "server.allowedHosts": ["localhost", "127.0.0.1", "::1"],
        "server.baseUrlPath": "",
        "server.corsAllowedOrigins": [],
        "server.enableCORS": True,
    }
    known = st.get_option
    monkeypatch.setattr(
        connection.st, "get_option", lambda name: options[name] if name in options else known(name)
    )
    return options


def page_of(host, **more):
    """The headers of a page of this host that asks its own server."""
    return {"Host": host, "Origin": f"http://{host}", **more}


@pytest.fixture
def session(monkeypatch):
    """What Streamlit knows of a session; its parts can be changed."""
    state = {}
    context = SimpleNamespace(
        headers={"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"},
        cookies={},
        ip_address=None,
        url=ADDRESS,
    )
    monkeypatch.setattr(visitor.st, "session_state", state)
    monkeypatch.setattr(visitor.st, "context", context)
    return SimpleNamespace(state=state, context=context)


def test_a_visitor_stays_the_same_within_a_session(session):
    first = visitor.me()
    assert len(first.id) == 12
    assert int(first.id, 16) >= 0
    assert visitor.me() == first
    session.state.clear()
    assert visitor.me().id != first.id


def test_the_cookie_tells_who_it_is_in_the_next_session(session):
    first = visitor.me()
    secret = next(iter(session.state.values()))
    session.state.clear()
    session.context.cookies[visitor.COOKIE] = secret
    assert visitor.me() == first
    assert secret not in json.dumps(first.__dict__)


@pytest.mark.parametrize("cookie", ["", "short", "a" * 65, "with space and; semicolon...."])
def test_a_cookie_that_is_no_secret_is_not_taken(session, cookie):
    session.context.cookies[visitor.COOKIE] = cookie
    assert visitor.me().id != visitor.owner_of(cookie)


def test_the_owner_is_not_the_secret_and_never_changes():
    """Comparisons that are there must stay their owners'."""
    assert visitor.owner_of("q" * 32) == "f97a940cde75"


@pytest.mark.parametrize(
    ("changes", "here"),
    [
        ({}, True),
        ({"url": "http://localhost:8501/", "headers": page_of("localhost:8501")}, True),
        ({"url": "http://[::1]:8501/", "headers": page_of("[::1]:8501")}, True),
        ({"ip_address": "192.168.0.7"}, False),
        ({"ip_address": "127.0.0.1"}, True),
        ({"url": "https://resnet.example.org/"}, False),
        ({"url": None}, False),
        ({"headers": page_of("resnet.example.org")}, False),
        ({"headers": page_of("127.0.0.1:8501", **{"X-Forwarded-For": "192.168.0.7"})}, False),
        ({"headers": page_of("[half")}, False),
        ({"headers": {"Host": "127.0.0.1:8501"}}, False),  # no browser: it can say any Host
        ({"headers": page_of("127.0.0.1:8501", Origin="http://127.0.0.1:9999")}, False),
        ({"headers": page_of("127.0.0.1:8501", Origin="http://evil.example")}, False),
        ({"headers": page_of("127.0.0.1:8501", Origin="null")}, False),
        *[
            ({"headers": page_of("127.0.0.1:8501", **{name: "x"})}, False)
            for name in ("Via", "forwarded", "X-Real-IP", "x-forwarded-proto", "CF-Ray", "X-Proxy")
        ],
        ({"headers": {}, "url": None}, True),  # no connection at all: a script on this machine
    ],
)
def test_only_who_sits_at_the_machine_may_do_everything(session, changes, here):
    for name, value in changes.items():
        setattr(session.context, name, value)
    assert visitor.me().everything is here


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.address", "0.0.0.0"),
        ("server.address", None),
        ("server.allowedHosts", []),
        ("server.allowedHosts", ["localhost", "resnet.example.org"]),
        ("server.baseUrlPath", "resnet"),
        ("server.corsAllowedOrigins", ["https://course.example.org"]),
        ("server.enableCORS", False),
    ],
)
def test_on_a_server_that_serves_others_nobody_is_the_machine(session, served_here, option, value):
    assert visitor.me().everything
    served_here[option] = value
    assert not visitor.me().everything


def test_with_a_teachers_token_only_the_teacher_may_do_everything(session, monkeypatch):
    monkeypatch.setenv("RESNET_TEACHER", "chalk änd board")
    monkeypatch.setattr(guesses, "COSTS", 0.0)
    assert not visitor.me().everything
    assert "No token was entered" in teacher.enter(" ")
    assert "This is not the teacher's token" in teacher.enter("chalk")
    assert not visitor.me().everything
    assert teacher.enter("chalk änd board ") == ""
    assert visitor.me().everything
    teacher.leave()
    assert not visitor.me().everything


def test_a_server_without_a_token_takes_none(session, monkeypatch):
    monkeypatch.setattr(guesses, "COSTS", 0.0)
    session.context.ip_address = "192.168.0.7"
    assert teacher.enter("") and teacher.enter("anything")
    assert not visitor.me().everything


def test_guessing_slows_the_guesser_more_and_more_and_never_the_teacher(session, monkeypatch):
    waited = []
    monkeypatch.setattr(guesses.time, "sleep", waited.append)
    monkeypatch.setenv("RESNET_TEACHER", "chalk")
    for _ in range(7):
        assert "This is not the teacher's token" in teacher.enter("cheese")
    assert waited == [1, 2, 4, 8, 16, 16, 16]
    session.state.clear()  # another session, while that one waits
    assert teacher.enter("chalk") == ""
    assert len(waited) == 7


def test_while_others_guess_the_right_token_is_taken_at_once(session, monkeypatch):
    """Forty guesses hang in their wait, each in a thread of its own, as sessions are."""
    monkeypatch.setenv("RESNET_TEACHER", "chalk")
    hanging, end = threading.Semaphore(0), threading.Event()

    def sleep(seconds):
        hanging.release()
        end.wait(30)

    monkeypatch.setattr(guesses.time, "sleep", sleep)
    guessing = [threading.Thread(target=teacher.enter, args=(f"guess {n}",)) for n in range(40)]
    for each in guessing:
        each.start()
    for _ in guessing:
        assert hanging.acquire(timeout=30)
    assert teacher.enter("chalk") == ""
    end.set()
    for each in guessing:
        each.join(30)


def test_the_machine_itself_has_no_address_and_others_have_one(session):
    assert visitor.me().address == ""
    session.context.url = session.context.headers["Host"] = "class.example"
    session.context.ip_address = "10.0.0.7"
    one = visitor.me().address
    session.context.ip_address = "10.0.0.8"
    assert visitor.me().address not in ("", one)
    assert "10.0.0" not in one
    session.context.ip_address = None  # a proxy that tells no address
    nameless = visitor.me().address
    assert nameless.startswith("@")
    assert len(nameless) <= 24


def test_a_network_of_ipv6_is_one_address(session):
    session.context.headers["Host"] = "class.example"
    named = []
    for given in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "fe80::1%eth0"):
        session.context.ip_address = given
        named.append(visitor.me().address)
    assert named[0] == named[1]
    assert len(set(named)) == 3


def test_who_keeps_no_cookie_is_counted_by_address(session):
    session.context.headers["Host"] = "class.example"
    session.context.ip_address = "10.0.0.7"
    stranger = visitor.me()
    assert (stranger.known, stranger.party) == (False, stranger.address)
    session.state[visitor._COMPONENT] = {"known": session.state[visitor._KEY]}
    visitor._adopt()  # the browser says that it keeps it
    assert visitor.me() == Visitor(stranger.id, False, stranger.address, True)
    assert visitor.me().party == stranger.id
    session.state.clear()
    session.context.cookies[visitor.COOKIE] = "a" * 32
    assert visitor.me().known


def test_it_works_without_a_browser():
    def page():
        import streamlit as st

        from explorer.server import visitor

        st.markdown(visitor.me().id)
        st.markdown(str(visitor.me().everything))
        visitor.remember()

    shown = AppTest.from_function(page).run()
    assert not shown.exception
    first, everything = (each.value for each in shown.markdown)
    assert len(first) == 12
    assert everything == "True"
    assert shown.run().markdown[0].value == first


# what the line and the notices say


@pytest.fixture
def launch(store, nets, small):
    def launch(owner, title="small", seeds=1, **changes):
        recipe = replace(small, **changes)
        runs = [(net, replace(recipe, seed=seed)) for seed in range(seeds) for net in nets]
        return store.submit(title, runs, owner=owner)

    return launch


def test_the_line_says_places_and_times(store, training, launch):
    first, second, third = launch("a"), launch("b"), launch("c")
    assert line.read(store).words(second) == "2nd in line"
    training.claim("lane")
    store.report("throughput", {"seconds_per_mac": 1e-7})
    seen = line.read(store)
    assert [each.id for each in seen.training] == [first]
    assert [each.id for each in seen.waiting] == [second, third]
    assert seen.words(first) == ""
    assert seen.words(second) == f"1st in line, starts in {formatting.about(seen.ends[first])}"
    assert seen.starts[third] == pytest.approx(2 * seen.starts[second])
    assert progress(seen.training[0], seen.throughput)[1].startswith("iteration 0 of 40,")


def test_seeds_that_wait_stand_in_the_line_while_one_trains(store, training, launch):
    many = launch("a", seeds=3)
    training.claim("lane")
    seen = line.read(store)
    assert [each.id for each in seen.training] == [each.id for each in seen.waiting] == [many]
    assert "seed 0 \\(1st of 3\\)" in queue_panel.what(seen.active[many], states.RUNNING)
    assert "seed 1 \\(2nd of 3\\)" in queue_panel.what(seen.active[many], states.QUEUED)


def test_a_page_says_of_one_comparison_where_it_stands(store, training, launch):
    first, several = launch("a"), launch("b", seeds=2)
    assert queue_panel.in_line(first) == "Starting: the training processes get ready."
    assert queue_panel.in_line(several) == "Seed 0: 2nd in line."
    training.claim("lane")
    queue.now(fresh=True)
    assert queue_panel.in_line(first) == ""
    assert queue_panel.in_line(several) == "Seed 0: 1st in line."
    assert queue_panel.in_line("nothing") == ""


def test_a_visitor_sees_the_head_of_the_line_and_all_of_their_own(store, launch):
    for number in range(12):
        launch(f"visitor{number}")
    mine, other = launch("me"), launch("last")
    seen = line.read(store)
    rows, more = queue_panel.shown(seen, Visitor("me"))
    assert [each.id for each in rows] == [*seen.order[: queue_panel.SHOWN], mine]
    assert more == 14 - len(rows)
    rows, more = queue_panel.shown(seen, Visitor("me", everything=True))
    assert (rows[-1].id, more) == (other, 0)


def test_nobody_is_named_but_a_teacher_can_tell_visitors_apart(store, launch):
    found = line.read(store).active | {
        each: store.comparison(each) for each in (launch("0123456789ab"), launch(""))
    }
    theirs, nobodys = found.values()
    me, boss = Visitor("ba9876543210"), Visitor("ba9876543210", everything=True)
    assert queue_panel.whose(theirs, Visitor("0123456789ab")) == "yours (0123)"
    assert queue_panel.whose(theirs, me) == "another visitor's"
    assert queue_panel.whose(theirs, boss) == "visitor 0123"
    assert queue_panel.whose(nobodys, me) == "from the command line"


def test_a_title_cannot_bring_markdown_of_its_own(store, launch):
    identity = launch("a", title="![x](http://example.org/x.png) **loud**")
    found = store.comparison(identity)
    assert r"\!\[x\]\(http" in queue_panel.what(found, states.QUEUED)
    assert r"\!\[x\]\(http" in notices.sentence(Feed(store, identity).snapshot(), "/")


def opened(page, visitor_id="me", everything=False):
    """A page in a session of its own, for a visitor with this id."""
    shown = AppTest.from_function(page)
    shown.session_state["visitor_for_test"] = (visitor_id, everything)
    return shown


@pytest.fixture
def known(monkeypatch):
    """Sessions say who they are; the pages share the store of the test."""

    def me():
        return Visitor(*st.session_state["visitor_for_test"])

    monkeypatch.setattr(visitor, "me", me)


def panel_page():
    from explorer.views.parts.queue_panel import line_panel

    line_panel()


def words(shown):
    return "\n".join(each.value for each in shown.markdown)


def buttons(shown):
    return [each.label for each in shown.button]


def test_the_panel_is_not_there_where_nothing_waits(known, store):
    assert not opened(panel_page).run().markdown


def test_a_visitor_stops_their_own_only_and_a_teacher_moves_all(known, store, training, launch):
    launch("other")
    mine = launch("me")
    third = launch("third")
    training.claim("lane")
    shown = opened(panel_page).run()
    assert not shown.exception
    assert "another visitor's" in words(shown) and "yours (me)" in words(shown)
    assert buttons(shown) == ["Stop"]
    boss = opened(panel_page, "boss", everything=True).run()
    assert buttons(boss) == ["Stop", "Stop", "To the front", "Stop"]
    boss.button[2].click().run()
    assert store.line() == [third, mine]
    shown.button[0].click().run()
    assert {run.state for run in store.comparison(mine).runs} == {states.STOPPED}


def test_a_request_that_is_refused_says_why(known, store, launch):
    launch("other")
    last = launch("last")
    boss = opened(panel_page, "boss", everything=True).run()
    ControlRequests(store).stop(last)
    next(each for each in boss.button if each.label == "To the front").click().run()
    assert [each.value for each in boss.toast] == [
        formatting.escaped("Not done: it does not wait any more, so it cannot be moved.")
    ]


def notices_page():
    from explorer.views.parts.notices import notices

    notices()


def finish(store, claimed):
    for run in claimed.runs:
        TrainingStore(store).settle(run.id, "lane", states.FINISHED)


def test_the_end_of_ones_own_is_told_once_with_a_link(known, store, training, launch):
    launch("other")
    mine = launch("me", title="A [title]")
    shown = opened(notices_page).run()
    finish(store, training.claim("lane"))
    assert not shown.run().toast  # another visitor's
    finish(store, training.claim("lane"))
    shown.run()
    assert [each.value for each in shown.toast] == [
        rf"[A \[title\]](/?comparison={mine}) has finished."
    ]
    assert not shown.run().toast
    assert not opened(notices_page).run().toast  # a session that never saw it active


def test_an_end_before_its_time_is_told_in_its_own_words(known, store, training, launch):
    launch("me")
    shown = opened(notices_page).run()
    claimed = training.claim("lane")
    for run in claimed.runs:
        training.settle(run.id, "lane", states.DIVERGED)
    shown.run()
    assert "has ended. All nets diverged" in shown.toast[0].value


def test_what_was_deleted_is_not_told(known, store, launch):
    mine = launch("me")
    shown = opened(notices_page).run()
    Curation(store).delete(mine)
    assert not shown.run().toast


def test_who_waits_for_nothing_asks_the_store_nothing(session, monkeypatch):
    monkeypatch.setattr(notices.queue, "now", lambda fresh: pytest.fail("it asked"))
    notices._look()
