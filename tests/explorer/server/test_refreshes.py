"""Fragments that refresh at a bad moment: a server as it is, and one mended, told the same."""

import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).parents[3]
SCRIPT = """
import time
import streamlit as st
from streamlit.runtime import get_instance
{mend}

def page(name):
    time.sleep(0.5)  # a refresh comes meanwhile
    if st.query_params.get("busy"):
        get_instance()._get_async_objs().eventloop.call_soon_threadsafe(time.sleep, 1.0)
        time.sleep(0.1)
    for part in ("first", "second"):
        st.fragment(st.markdown, run_every=60.0)(f"{{name}} {{part}}")

def one(): page("one")
def two(): page("two")
st.navigation([st.Page(one, default=True), st.Page(two)]).run()
"""
MEND = "from explorer.server.refreshes import mend; mend()"


class Session:
    """What a browser tells the server, and what it hears."""

    def __init__(self, socket):
        self.socket, self.heard, self.page, self.pages = socket, [], "", {}

    def ask(self, page="", fragment="", query=""):
        message = BackMsg()
        state = message.rerun_script
        state.page_script_hash, state.query_string = page or self.page, query
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        self.socket.send(message.SerializeToString())

    def hear(self, runs):
        """Everything until so many more runs have ended."""
        heard = []
        while runs:
            message = ForwardMsg.FromString(self.socket.recv(timeout=30))
            heard.append(message)
            if message.HasField("navigation"):
                self.page = message.navigation.page_script_hash
                self.pages = {
                    each.page_name: each.page_script_hash for each in message.navigation.app_pages
                }
            runs -= message.HasField("script_finished")
        self.heard += heard
        return heard

    def fragments(self):
        return [each.auto_rerun.fragment_id for each in self.heard if each.HasField("auto_rerun")]


@pytest.fixture
def server(tmp_path):
    """Starts a server of the script above, and a session with it that has seen its first page."""

    @contextmanager
    def server(mend, port):
        script = tmp_path / f"app{port}.py"
        script.write_text(SCRIPT.format(mend=mend))
        options = ("--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}")
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), *options],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2)
                    break
                except OSError:
                    assert time.monotonic() < deadline and process.poll() is None
                    time.sleep(0.05)
            address = f"ws://127.0.0.1:{port}/_stcore/stream"
            origin = f"http://127.0.0.1:{port}"
            with connect(address, origin=origin, subprotocols=["streamlit"]) as socket:
                session = Session(socket)
                session.ask()
                session.hear(runs=1)
                yield session
        finally:
            process.terminate()
            process.wait(20)

    return server


def texts_of_the_whole_run(heard):
    """What the first run of the whole page sends, from its beginning to its end."""
    kinds = [each.WhichOneof("type") for each in heard]
    run = heard[kinds.index("new_session") : kinds.index("script_finished")]
    return [each.delta.new_element.markdown.body for each in run if each.HasField("delta")]


@pytest.mark.parametrize(("mend", "right"), [(MEND, True), ("", False)], ids=["mended", "as it is"])
def test_a_refresh_of_a_page_that_was_left_does_not_clear_the_next(
    mend, right, server, unused_port
):
    with server(mend, unused_port) as session:
        left, late = session.page, session.fragments()[0]
        session.ask(page=session.pages["two"])
        session.ask(page=left, fragment=late)
        heard = session.hear(runs=2)
        (refresh,) = (each for each in heard if each.metadata.run.fragment_ids and
                      each.HasField("new_session"))  # fmt: skip
        assert session.page == session.pages["two"] != left
        assert (refresh.new_session.page_script_hash == session.page) == right


@pytest.mark.parametrize(("mend", "right"), [(MEND, True), ("", False)], ids=["mended", "as it is"])
def test_what_waits_to_be_sent_when_a_refresh_begins_is_sent(mend, right, server, unused_port):
    with server(mend, unused_port) as session:
        first, second = session.fragments()
        session.ask(query="busy=1")
        session.ask(fragment=second)
        session.ask(fragment=first)
        drawn = texts_of_the_whole_run(session.hear(runs=2))
        assert ({"one first", "one second"} <= set(drawn)) == right


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
