"""The view of this visitor: kept in the session and in the URL, both ways.

In the session it is the query that would stand in the URL, so it survives leaving the page: a link
sets the widgets, a widget rewrites the link.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from explorer.views.runs.filter.filter import MAX_CHOSEN, Filter, View, link_of, view_of

STATE, PROBLEM = "runs_view", "runs_problem"  # keys of the session; strings only
LINK, CHANGED = "runs_view_in_link", "runs_view_changed"
CHOSEN = "runs_chosen"


def current() -> View:
    text = st.session_state.get(STATE, "")
    return view_of(dict(parse_qsl(text, keep_blank_values=True)))[0]


def change(view: View) -> None:
    """After a widget changed."""
    st.session_state[STATE] = urlencode(link_of(view))
    st.session_state[CHANGED] = True
    st.session_state.pop(PROBLEM, None)


def change_filter(**fields: Any) -> None:
    """Another filter shows its first page."""
    view = current()
    change(replace(view, filter=replace(view.filter, **fields), page=1))


def clear_filter() -> None:
    change(replace(current(), filter=Filter(), page=1))


def follow_link() -> None:
    """Takes a link that came from outside, else writes the view into the link.

    A rerun that a widget caused may still carry the link of before; the widget has precedence.
    """
    query = st.query_params.to_dict()
    changed = st.session_state.pop(CHANGED, False)
    if query and not changed and urlencode(query) != st.session_state.get(LINK):
        view, wrong = view_of(query)
        st.session_state[STATE] = urlencode(link_of(view))
        st.session_state[PROBLEM] = "\n\n".join(wrong)
    write_link()


def write_link() -> None:
    """Brings the URL up to what a widget changed."""
    wanted = link_of(current())
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[LINK] = urlencode(wanted)
    st.session_state.pop(CHANGED, None)


def problem() -> str:
    """The sentences on what was wrong with the link; "" where nothing was."""
    return str(st.session_state.get(PROBLEM, ""))


def compare_runs(runs: Sequence[int]) -> None:
    """Shows these runs together, beside those that were chosen before, as many as there may be."""
    view = current()
    chosen = list(dict.fromkeys([*(view.runs or kept_runs()), *runs]))[:MAX_CHOSEN]
    choose_runs(chosen)


def choose_runs(runs: Sequence[int]) -> None:
    st.session_state[CHOSEN] = ",".join(map(str, runs))
    change(replace(current(), runs=tuple(runs)))


def show_list() -> None:
    """Goes back to the list; the runs that were chosen stay so."""
    change(replace(current(), runs=None))


def kept_runs() -> tuple[int, ...]:
    """The runs that were chosen last, while the list is shown."""
    return tuple(int(text) for text in st.session_state.get(CHOSEN, "").split(",") if text)
