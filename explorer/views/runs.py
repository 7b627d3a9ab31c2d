"""Runs: every comparison so far, found again, tidied and held against each other."""

import streamlit as st

from explorer.line_panel import line_panel
from explorer.report import formatting
from explorer.runs import acts, view_state
from explorer.runs.across import across
from explorer.runs.bringing_in import bring_in_button
from explorer.runs.listed import comparison_list, count_words
from explorer.server import shared, teacher, visitor
from explorer.store.records import Visitor

LOOK_EVERY = 2.9  # seconds, while something trains; the line has another period
IDLE = 11.0  # seconds otherwise: others launch, too
VIEW = "runs_shown"  # key of the widget
LIST, TOGETHER = "List", "Compare runs"


def _page(was_busy: bool, by: Visitor | None) -> None:
    if any(shared.store().load()) != was_busy:
        st.rerun()
    together = view_state.current().runs is not None
    st.session_state[VIEW] = TOGETHER if together else LIST
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "View",
            [LIST, TOGETHER],
            key=VIEW,
            required=True,
            on_change=_switch,
            label_visibility="collapsed",
        )
        st.markdown("" if together else count_words(by), width="stretch")
        bring_in_button(by)
    acts.notice(by)
    if together:
        across(by)
    else:
        comparison_list(by)
    view_state.write_link()


def _switch() -> None:
    if st.session_state[VIEW] == TOGETHER:
        view_state.choose_runs(view_state.kept_runs())
    else:
        view_state.show_list()


st.html(acts.STYLE)
by = visitor.me()
view_state.follow_link()
if view_state.problem():
    st.warning(formatting.escaped(view_state.problem()))
teacher.popover()
line_panel()
busy = any(shared.store().load())
st.fragment(_page, run_every=LOOK_EVERY if busy else IDLE)(busy, by)
