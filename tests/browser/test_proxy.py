"""Behind a proxy that strips a path, as on JupyterHub: the board, its scripts and charts load."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.stripping_proxy import stripping

PREFIX = "/user/ann/proxy/8501"


@pytest.fixture
def proxied(server):
    address, process = server
    with stripping(urlsplit(address).port, PREFIX) as below:
        yield below, process


@pytest.mark.parametrize("path", ["/", "/train"])
def test_a_recorded_lesson_is_drawn(proxied, open_page_of, path):
    page = open_page_of(proxied, f"{path}?replay=degradation")
    expect(page.locator(".board .plotly").first).to_be_visible(timeout=60_000)
    loaded = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    ours = [url for url in loaded if "/app/static/" in url]
    assert any("plotly-" in url for url in ours) and any("board.js" in url for url in ours)
    assert all(urlsplit(url).path.startswith(f"{PREFIX}/app/static/") for url in ours)
