"""What exists once: under many threads, through reruns, and whatever a browser sends."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer.report.line import Line
from explorer.server import once, queue, shared
from explorer.views.runs import cache
from explorer.views.train import prediction

ROOT = Path(__file__).parents[3]
THREADS = 30
MESSAGES = 40
PAGES = ("", "runs", "build")
COUNTED = {"threads": "task", "descriptors": "fd"}


def in_thirty_threads(ask):
    """What thirty threads that ask at one moment are told; what any raises is raised here."""
    ready, answers, errors = threading.Barrier(THREADS), [], []

    def asks():
        ready.wait()
        try:
            answers.append(ask())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=asks) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return answers


def test_it_is_made_once_however_many_ask_at_once():
    made = []
    thing = once.Once(lambda: made.append(1) or object())
    assert len(set(map(id, in_thirty_threads(thing)))) == 1
    assert made == [1]
    once.forget()
    thing()
    assert made == [1, 1]


def test_an_error_is_not_kept():
    answers = iter([None, 7])
    thing = once.Once(lambda: 1 / 0 if next(answers) is None else 7)
    with pytest.raises(ZeroDivisionError):
        thing()
    assert thing() == 7


def test_of_many_keys_the_one_unasked_for_longest_goes():
    made = []
    each = once.OnceEach(lambda key: made.append(key) or key, most=2)
    for key in "ababcba":
        assert each(key) == key
    assert made == ["a", "b", "c", "a"]


def test_what_is_fresh_is_read_again_after_its_time_or_a_change(monkeypatch):
    now, readings = 100.0, []
    monkeypatch.setattr(once.time, "monotonic", lambda: now)
    fresh = once.Fresh(lambda: readings.append(now) or len(readings), 2.0)
    assert [fresh(), fresh()] == [1, 1]
    now = 102.0
    assert fresh() == 2
    fresh.changed()
    assert fresh() == 3


def test_pages_poll_from_thirty_threads_while_what_they_read_grows_old(store, submit, monkeypatch):
    identity = submit()
    monkeypatch.setattr(shared, "store", lambda: store)
    for polled in (queue._line, cache._listing):
        monkeypatch.setattr(polled, "_seconds", 0.0)  # every look is the moment at which it ends
    monkeypatch.setattr(prediction, "FRESH_FOR", 0.0)

    def polls():
        seen = []
        for _ in range(20):
            seen.append(queue.now(fresh=True))
            cache.changed()
            assert [each.id for each in cache.everything()] == [identity]
            assert prediction._all(identity)() == {}
            assert shared.feed(identity).snapshot().comparison.id == identity
        return seen

    for seen in in_thirty_threads(polls):
        assert all(isinstance(each, Line) and each.order == (identity,) for each in seen)


def test_no_cache_of_streamlit_is_used_anywhere():
    """A visitor's browser empties them all; one with a lifetime fails when threads race for it."""
    for file in (ROOT / "explorer").rglob("*.py"):
        found = re.search(
            r"@st\.cache|st\.cache_(data|resource)\(|caching", file.read_text("utf-8")
        )
        assert not found, f"{file}: {found}"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts in /proc, as Linux has it")
def test_a_browser_that_empties_the_caches_makes_nothing_anew(home):
    with a_server(home) as (address, process), connected(address) as browser:
        browser.open("")
        before = counts(process)
        for number in range(MESSAGES):
            browser.send(clear_cache=True)
            browser.open(PAGES[number % len(PAGES)])
        after = counts(process)
    # What Streamlit keeps warm beside; a keeper and its store a message were 40 and 80 more.
    assert after["threads"] <= before["threads"] + 8
    assert after["descriptors"] <= before["descriptors"] + 12


def counts(process):
    """How many threads and descriptors a server has."""
    seen = Path(f"/proc/{process.pid}")
    return {name: len(list((seen / of).iterdir())) for name, of in COUNTED.items()}


@contextmanager
def a_server(home):
    """The address of the real program at a free port, with a home of its own; and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"RESNET_HOME": str(home), "PYTHONPATH": str(ROOT)}
    options = ["--server.headless", "true", "--server.port", str(port)]
    command = [sys.executable, "-m", "streamlit", "run", "explorer/app.py", *options]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/_stcore/health"))
        yield f"127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(20)
        stop = [sys.executable, "-m", "explorer.worker", "--stop"]
        subprocess.run(stop, cwd=ROOT, env=environment, capture_output=True)


@contextmanager
def connected(address):
    from websockets.sync.client import connect

    url, origin = f"ws://{address}/_stcore/stream", f"http://{address}"
    with connect(url, subprotocols=["streamlit"], origin=origin, max_size=None) as socket:
        yield Browser(socket)


class Browser:
    """As the server sees one: a WebSocket and Streamlit's messages."""

    def __init__(self, socket):
        self.socket = socket

    def send(self, **message):
        from streamlit.proto.BackMsg_pb2 import BackMsg

        self.socket.send(BackMsg(**message).SerializeToString())

    def open(self, page):
        """Asks for a page and waits until it is drawn; what fails on it fails the test."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = BackMsg()
        message.rerun_script.page_name = page
        self.socket.send(message.SerializeToString())
        while True:
            told = ForwardMsg.FromString(self.socket.recv(timeout=60))
            kind = told.WhichOneof("type")
            assert not told.delta.new_element.HasField("exception"), told.delta
            if kind == "script_finished":
                return


def until(true, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False
