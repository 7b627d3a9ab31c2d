"""A real server with its worker, and a real Chromium that fails a test on any console error."""

import functools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
# Streamlit's front end looks for its own end points below the page's path first; Chromium reports
# the 404s although the second look succeeds.
EXPECTED_404 = "/_stcore/"
# The first has no window to draw: a page costs it half as much.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _chromium():
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser():
    executable = _chromium()
    if executable is None:
        reason = f"no Chromium on this machine (looked for {', '.join(BROWSERS)})"
        if os.environ.get("RESNET_BROWSER_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(serve):
    """The address of a server, and its process."""
    with serve() as served:
        yield served


@pytest.fixture(scope="session")
def serve(tmp_path_factory):
    """Starts a server of its own, with ten classes of tiny images; more settings can be given."""

    @contextmanager
    def serve(**settings):
        base = tmp_path_factory.mktemp("server")
        for part, count in (("train", 8), ("test", 2)):
            for label in range(10):
                folder = base / "images" / part / f"class{label}"
                folder.mkdir(parents=True)
                for number in range(count):
                    colour = (25 * label, 255 - 25 * label, 20 * number)
                    Image.new("RGB", (32, 32), colour).save(folder / f"{number}.png")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = os.environ | {
            "RESNET_HOME": str(base / "home"),
            "RESNET_DATA": str(base / "images"),
            "RESNET_DATA_NAME": "tiny images",
            **settings,
        }
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "explorer/app.py",
            "--server.headless",
            "true",
            "--server.port",
            str(port),
        ]
        with (base / "server.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_healthy(address, process, base / "server.log")
            yield address, process
        finally:
            process.terminate()
            process.wait(20)
            subprocess.run([sys.executable, "-m", "explorer.worker", "--stop"], env=environment)

    return serve


def _wait_until_healthy(address, process, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not come up within a minute")


@pytest.fixture
def open_page(open_page_of, server):
    """Opens a path of the app in a browser of its own."""
    return functools.partial(open_page_of, server)


@pytest.fixture
def open_page_of(browser):
    """The same for any server; console errors fail the test at its end."""
    contexts, errors = [], []

    def open_page_of(served, path="/", **options):
        address, _ = served
        context = browser.new_context(viewport={"width": 1280, "height": 720}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console", lambda message: errors.append(message.text) if _is_error(message) else None
        )
        page.goto(address + path)
        page.wait_for_selector("[data-testid=stMainBlockContainer]")
        return page

    yield open_page_of
    for context in contexts:
        context.close()
    assert errors == []


def _is_error(message):
    return message.type == "error" and EXPECTED_404 not in str(message.location.get("url"))
