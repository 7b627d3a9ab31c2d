"""The exhibit of this visitor: kept in the session and in the URL, both ways.

In the session it is the query that would stand in the URL, so it survives leaving the page: a link
sets the widgets, a widget rewrites the link.
"""

from urllib.parse import parse_qs, urlencode

import streamlit as st

from explorer.report.formatting import escaped
from explorer.views.builder.exhibit import Exhibit, from_query, parameters, to_query
from explorer.views.parts.link import read_link
from resnet.spec import NetSpec

STATE, PROBLEM = "exhibit", "exhibit_problem"  # keys of the session; strings only
LINK, CHANGED = "exhibit_in_link", "exhibit_changed"


def current() -> Exhibit:
    if STATE not in st.session_state:
        return Exhibit()
    query = parse_qs(st.session_state[STATE])
    nets, edit = tuple(map(NetSpec.parse, query["net"])), int(query.get("edit", ["1"])[0]) - 1
    link = {key: texts[0] for key, texts in query.items() if key != "edit"}
    return Exhibit(nets, edit, **read_link(parameters(nets[edit]), link)[0])


def change(exhibit: Exhibit, problem: str = "") -> None:
    """After a widget changed: the new exhibit, and one sentence if something cannot be."""
    _keep(exhibit, problem)
    st.session_state[CHANGED] = True


def follow_link() -> Exhibit:
    """Takes a link that came from outside, else writes the exhibit into the link.

    A rerun that a widget caused may still carry the link of before; the widget has precedence.
    """
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    changed = st.session_state.pop(CHANGED, False)
    if not query:
        if LINK in st.session_state and not changed:
            st.session_state.pop(PROBLEM, None)  # said when the page was left
    elif _text(query) != st.session_state.get(LINK) and not changed:
        exhibit, wrong = from_query(query, current())
        _keep(exhibit, "\n".join(wrong))
    exhibit = current()
    wanted = to_query(exhibit)
    if query != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[STATE] = st.session_state[LINK] = _text(wanted)
    return exhibit


def show_problem() -> None:
    """The sentences on what was wrong with the link or the last change, if anything was."""
    if st.session_state.get(PROBLEM):
        sentences = st.session_state[PROBLEM].split("\n")
        st.warning("\n\n".join(escaped(sentence) for sentence in sentences))


def _keep(exhibit: Exhibit, problem: str) -> None:
    st.session_state[STATE], st.session_state[PROBLEM] = _text(to_query(exhibit)), problem


def _text(query: dict[str, list[str]]) -> str:
    return urlencode(query, doseq=True)
