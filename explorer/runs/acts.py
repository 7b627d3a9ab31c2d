"""What a person does to comparisons on the Runs page: each act is said in one line, some undone.

The line stays until the next act, so that whoever looks up a minute later can still undo.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer import keeper
from explorer.records import Comparison, Visitor
from explorer.runs import listing
from explorer.shelf import UNDO_FOR, Shelf
from explorer.store import Refused
from explorer.telling import escaped

DONE, PROBLEM, UNDO = "runs_done", "runs_refused", "runs_undo"  # keys of the session


def act(action: Callable[..., Any], *arguments: Any) -> bool:
    """Does it, and says why where it was refused; whether it was done."""
    for key in (DONE, PROBLEM, UNDO):
        st.session_state.pop(key, None)
    try:
        action(*arguments)
    except Refused as error:
        st.session_state[PROBLEM] = f"{str(error)[:1].upper()}{str(error)[1:]}."
        return False
    finally:
        listing.changed()
    return True


def wish(action: Callable[[str], None], comparison: str) -> None:
    """Does what a button wishes of a comparison."""
    act(action, comparison)


def delete(comparison: Comparison, by: Visitor | None) -> None:
    if act(Shelf(keeper.store(), by).delete, comparison.id):
        st.session_state[DONE] = f"Deleted **{escaped(comparison.title)}**."
        st.session_state[UNDO] = comparison.id
        if st.session_state.get("comparison") == comparison.id:  # what the Train page shows
            del st.session_state["comparison"]


def bring_back(comparison: str, by: Visitor | None) -> None:
    if act(Shelf(keeper.store(), by).bring_back, comparison):
        st.session_state[DONE] = "It is back in the list."


def archive(comparison: Comparison, archived: bool, by: Visitor | None) -> None:
    if act(Shelf(keeper.store(), by).archive, comparison.id, archived):
        where = "Archived" if archived else "Taken out of the archive:"
        more = "; “Archived too” shows it." if archived else "."
        st.session_state[DONE] = f"{where} **{escaped(comparison.title)}**{more}"


def done(words: str) -> None:
    """Says what was done, where it was not by one of these."""
    st.session_state[DONE] = words


def notice(by: Visitor | None) -> None:
    """The line about the last act, with its undo."""
    if st.session_state.get(PROBLEM):
        st.error(escaped(st.session_state[PROBLEM]), icon=":material/block:")
    if not st.session_state.get(DONE):
        return
    undo = st.session_state.get(UNDO)
    with st.container(horizontal=True, vertical_alignment="center", key="runs_notice"):
        minutes = f" It can be had back for {UNDO_FOR / 60:.0f} minutes." if undo else ""
        st.success(f"{st.session_state[DONE]}{minutes}", icon=":material/check:")
        if undo:
            st.button(
                "Undo",
                icon=":material/undo:",
                key="runs_undo_button",
                on_click=bring_back,
                args=(undo, by),
            )
