"""Runs: every comparison so far, found again, tidied and held against each other."""

import streamlit as st

from explorer.server import shared, visitor
from explorer.store.records import Visitor
from explorer.views.parts import teacher_button
from explorer.views.parts.queue_panel import line_panel
from explorer.views.runs import actions
from explorer.views.runs.filter import state
from explorer.views.runs.import_button import import_button
from explorer.views.runs.list.list import comparison_list, count_words
from explorer.views.runs.together.section import across

LOOK_EVERY = 2.9  # seconds, while something trains; the line has another period
IDLE = 11.0  # seconds otherwise: others launch, too
VIEW = "runs_shown"  # key of the widget
LIST, TOGETHER = "List", "Compare runs"


def _page(was_busy: bool, by: Visitor | None) -> None:
    if any(shared.store().load()) != was_busy:
        st.rerun()
    together = state.current().runs is not None
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
        import_button(by)
    actions.notice(by)
    if together:
        across(by)
    else:
        comparison_list(by)
    state.write_link()


def _switch() -> None:
    if st.session_state[VIEW] == TOGETHER:
        state.choose_runs(state.kept_runs())
    else:
        state.show_list()


st.html(actions.STYLE)
by = visitor.me()
state.follow_link()
state.show_problems()
teacher_button.popover()
line_panel()
busy = any(shared.store().load())
st.fragment(_page, run_every=LOOK_EVERY if busy else IDLE)(busy, by)
