"""A real server asked by its own pages, by other sites and by strangers: who is let in, to what."""

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

ROOT = Path(__file__).parents[3]
APP = str(ROOT / "explorer" / "app.py")
CHUNK = 1 << 16

pytestmark = pytest.mark.trains


@contextmanager
def served(home, *options, **settings):
    """The port of a server of the app, with a home of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"RESNET_HOME": str(home), **settings}
    command = [sys.executable, "-m", "streamlit", "run", APP, "--server.headless=true"]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--server.port={port}", *options],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until_healthy(port, process, home / "server.log")
        yield port
    finally:
        process.terminate()
        process.wait(20)
        subprocess.run([sys.executable, "-m", "explorer.worker", "--stop"], env=environment)


def wait_until_healthy(port, process, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(log.read_text())


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with served(tmp_path_factory.mktemp("home")) as port:
        yield port


def texts(port, origin, host=None, **headers):
    """What a page's first run shows, as plain text; connects as a browser does."""
    headers = {"Host": host or f"127.0.0.1:{port}", **headers}
    if origin:
        headers["Origin"] = origin
    with socket.create_connection(("127.0.0.1", port)) as stream:
        uri = f"ws://{headers.pop('Host')}/_stcore/stream"
        options = {"subprotocols": ["streamlit"], "max_size": None, "compression": None}
        with connect(uri, sock=stream, additional_headers=headers, **options) as session:
            message = BackMsg()
            message.rerun_script.context_info.url = f"http://127.0.0.1:{port}/"
            session.send(message.SerializeToString())
            heard = []
            while True:
                heard.append(ForwardMsg.FromString(session.recv(timeout=60)))
                if heard[-1].HasField("script_finished"):
                    return "\n".join(map(str, heard))


REFUSED = "a page of another site may not act for you here"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_its_own_page_is_served(port, host):
    said = texts(port, f"http://{host}:{port}", f"{host}:{port}")
    assert "What do you predict?" in said and REFUSED not in said


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:1",  # another program's page on this machine
        "http://localhost:1",
        "http://0.0.0.0",
        "http://evil.example",
        "null",
    ],
)
def test_a_page_of_another_site_gets_nothing(port, origin):
    try:
        said = texts(port, origin)
    except InvalidStatus as error:  # refused before there is a session
        assert error.response.status_code in (401, 403)
    else:
        assert REFUSED in said and "What do you predict?" not in said


def test_once_a_page_was_shown_other_sites_are_refused_before_they_have_a_session(port):
    texts(port, f"http://127.0.0.1:{port}")
    with pytest.raises(InvalidStatus):
        texts(port, "http://localhost:1")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.0.2.7"])
def test_a_name_that_leads_here_by_another_ones_doing_is_refused(port, host):
    """DNS rebinding: the page's own Origin and Host agree."""
    with pytest.raises(InvalidStatus):
        texts(port, f"http://{host}:{port}", f"{host}:{port}")


def ask(port, method, path, body=b"", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


@pytest.mark.parametrize("path", ["health", "host-config", "metrics", "script-health-check"])
def test_no_end_point_is_readable_by_another_site(port, path):
    answer, _ = ask(port, "GET", f"/_stcore/{path}", Origin="http://evil.example")
    assert answer.getheader("Access-Control-Allow-Origin") in (None, "http://localhost:8501")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/_stcore/agent/interact"), ("POST", "/_stcore/agent/mcp")],
)
def test_no_program_drives_the_pages(port, method, path):
    answer, content = ask(port, method, path, b"{}", Content_Type="application/json")
    assert answer.status in (400, 403, 404), content
    assert b"enableAgentApi" in content


@pytest.mark.parametrize(
    "path",
    [
        "../app.py",
        "%2e%2e/app.py",
        "..%2fapp.py",
        "..%5capp.py",
        "//etc/passwd",
        "%2fetc%2fpasswd",
        "board-0/../../app.py",
        "../.streamlit/config.toml",
    ],
)
def test_static_serving_serves_its_folder_alone(port, path):
    answer, content = ask(port, "GET", f"/app/static/{path}")
    assert b"set_page_config" not in content and b"root:" not in content
    assert b"allowedHosts" not in content
    assert answer.status != 200 or b"<!doctype html>" in content[:200].lower()


def test_an_upload_needs_a_session_and_the_token_of_its_page(port):
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nA\r\n--x--\r\n'
    path, kind = "/_stcore/upload_file/no-session/no-file", "multipart/form-data; boundary=x"
    answer, _ = ask(port, "PUT", path, form, Content_Type=kind)
    assert answer.status == 403  # no token: another site's form
    _, _ = ask(port, "GET", "/_stcore/host-config")
    answer, _ = ask(port, "GET", "/_stcore/health")
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    token = cookie.partition("=")[2]
    answer, _ = ask(port, "PUT", path, form, Content_Type=kind, Cookie=cookie, X_Xsrftoken=token)
    assert answer.status in (400, 403)  # no session


def test_a_proxy_that_says_nothing_makes_nobody_the_machine(tmp_path):
    """Behind a proxy the server goes by another name, which it must be told: a token decides."""
    with served(tmp_path, "--server.allowedHosts=resnet.example.org") as port:
        said = texts(port, "https://resnet.example.org", "resnet.example.org")
        assert "What do you predict?" in said
        with pytest.raises(InvalidStatus):
            texts(port, f"http://127.0.0.1:{port}")


def test_a_class_sees_nothing_before_its_code(tmp_path):
    with served(tmp_path, RESNET_CLASS_CODE="chalk-and-board") as port:
        said = texts(port, f"http://127.0.0.1:{port}")
        assert "The class code" in said
        assert "What do you predict?" not in said and "navigation {" not in said
