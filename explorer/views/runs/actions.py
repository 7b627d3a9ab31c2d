"""What a person does to comparisons on the Runs page: each act is said in one line, some undone.

The line stays until the next act, so that whoever looks up a minute later can still undo.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import shared
from explorer.store.comparisons import Refused
from explorer.store.curation import UNDO_FOR, Curation
from explorer.store.records import Comparison, Visitor
from explorer.views.runs import cache
from explorer.views.runs.filter import state
from resnet.spec.checks import capitalised

KEYS = DONE, PROBLEM, UNDO, SHOW = "runs_done", "runs_refused", "runs_undo", "runs_show"
STYLE = Path(__file__).with_name("actions.css")


def act(action: Callable[..., Any], *arguments: Any) -> Any:
    """What it gives, True for nothing; False where it was refused, and the line says why."""
    _forget()
    try:
        result = action(*arguments)
    except Refused as error:
        st.session_state[PROBLEM] = f"{capitalised(error)}."
        return False
    finally:
        cache.changed()
    return True if result is None else result


def request(action: Callable[[str], None], comparison: str) -> None:
    """Does what a button requests of a comparison."""
    act(action, comparison)


def delete(comparison: Comparison, by: Visitor | None) -> None:
    if act(Curation(shared.store(), by).delete, comparison.id):
        st.session_state[DONE] = f"Deleted **{escaped(comparison.title)}**."
        st.session_state[UNDO] = comparison.id
        if st.session_state.get("comparison") == comparison.id:  # what the Train page shows
            del st.session_state["comparison"]


def restore(comparison: str, by: Visitor | None) -> None:
    if act(Curation(shared.store(), by).restore, comparison):
        st.session_state[DONE] = "It is back in the list."


def archive(comparison: Comparison, archived: bool, by: Visitor | None) -> None:
    if act(Curation(shared.store(), by).archive, comparison.id, archived):
        where = "Archived" if archived else "Taken out of the archive:"
        more = "; “Archived too” shows it." if archived else "."
        st.session_state[DONE] = f"{where} **{escaped(comparison.title)}**{more}"


def done(words: str, show: str) -> None:
    """Says what was done, with a button that shows the comparison alone."""
    st.session_state[DONE], st.session_state[SHOW] = words, show


def notice(by: Visitor | None) -> None:
    """The line about the last act, with its undo."""
    problem, said = st.session_state.get(PROBLEM), st.session_state.get(DONE)
    if not problem and not said:
        st.empty()  # in its place, so that what is below keeps its own
        return
    undo = st.session_state.get(UNDO)
    with st.container(horizontal=True, vertical_alignment="center", key="runs_notice"):
        if problem:
            st.error(escaped(problem), icon=":material/block:")
        else:
            minutes = f" It can be had back for {UNDO_FOR / 60:.0f} minutes." if undo else ""
            st.success(f"{said}{minutes}", icon=":material/check:")
        if undo:
            icon = ":material/undo:"
            st.button("Undo", icon=icon, key="undo", on_click=restore, args=(undo, by))
        if show := st.session_state.get(SHOW):
            st.button("Show it", key="show_it", on_click=_show, args=(show,))
        st.button("Close", type="tertiary", key="close_notice", on_click=_forget)


def _show(comparison: str) -> None:
    state.show_list()
    state.clear_filter()
    state.change_filter(text=comparison, archived=True)


def _forget() -> None:
    for key in KEYS:
        st.session_state.pop(key, None)
