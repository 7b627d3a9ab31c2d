"""The line as all pages see it: read once a second for all visitors."""

import streamlit as st

from explorer.report.line import Line, read
from explorer.server import shared

FRESH_FOR = 1.0  # seconds; one reading of the store serves everyone who asks meanwhile


def now(fresh: bool = False) -> Line:
    """The line, at most a second old, or read anew if `fresh`; one reading for all visitors."""
    if fresh:
        _shared.clear()
    return _shared()


@st.cache_resource(ttl=FRESH_FOR, show_spinner=False)
def _shared() -> Line:
    return read(shared.store())
