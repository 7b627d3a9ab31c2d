"""Every page opened at a changed address, as a browser opens it: no exception, whatever it says.

Streamlit's AppTest runs the whole app in this process, on an empty store, without a worker.
"""

import os
import tempfile
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from tests.fuzz.parser import Fault, Parser
from tests.fuzz.parsers.words import draw_query, known_queries

ADDRESS = {"build": "build", "train": "home", "runs": "runs", "why": "why"}
SECONDS = 60
BROKE = ("Infinity", "NaN", "1e999", "9" * 30, "[" * 190 + "]" * 190, "\0", '"\\ud800"')


@cache
def _server() -> Any:
    """The app's own shared parts, with a home of their own and no worker."""
    import streamlit as st

    home = tempfile.TemporaryDirectory(prefix="fuzz")
    os.environ.update(RESNET_HOME=home.name, RESNET_SHIPPED=f"{home.name}/no nets")
    from explorer.server import shared
    from explorer.store.comparisons import RunStore

    store = RunStore()
    store.report("worker", {"folder": "", "folder_classes": None, "free_disk": 2**40})
    shared.start, shared.store = (lambda: None), (lambda: store)  # type: ignore[assignment]
    st.cache_resource.clear()
    return home


def open_page(page: str, query: dict[str, str]) -> bool:
    """Whether the page had nothing to say against the address."""
    _server()
    from tests.explorer.views.pages import app_at

    app = app_at(ADDRESS[page])
    app._default_timeout = SECONDS
    for name, text in query.items():
        app.query_params[name] = text
    app.run()
    if app.exception:
        raise Fault(f"an exception on the page: {app.exception[0].value}")
    urlencode(dict(app.query_params), doseq=True).encode()
    return not app.warning


PARSERS = tuple(
    Parser(
        f"page.{page}",
        known_queries(page, BROKE),
        partial(draw_query, page),
        partial(open_page, page),
        seconds=20,
        memory=500,
        short=12,
        share=0.004,
    )
    for page in ADDRESS
)
