"""Does what a button wishes of a comparison, and says why where the store refuses."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.server import shared, visitor
from explorer.store.comparisons import Refused
from explorer.store.requests import Wishes


def act(wish: Callable[..., None], comparison: str, *arguments: Any) -> None:
    """Calls a method of Wishes for this visitor, and looks at once at what came of it."""
    try:
        wish(Wishes(shared.store(), visitor.me()), comparison, *arguments)
    except Refused as error:
        st.toast(f"Not done: {error}.", icon=":material/block:", duration="long")
    shared.feed(comparison).snapshot(fresh=True)
