"""What a page shows as its address: kept in the session and in the URL, both ways.

The session keeps the query that would stand in the URL, so what is shown survives leaving the page:
a link sets the widgets, a widget rewrites the link.
"""

from collections.abc import Callable, Sequence
from urllib.parse import parse_qs, urlencode

import streamlit as st

from explorer.report.formatting import escaped
from explorer.views.parts.link import Query


class PageAddress:
    """The address of one page for this visitor; `name` begins its keys of the session."""

    def __init__(self, name: str) -> None:
        self._shown, self._written, self._changed, self._wrong = (
            f"{name}_address_{what}" for what in ("shown", "written", "changed", "wrong")
        )

    def query(self) -> dict[str, list[str]]:
        """The query of what is shown; empty before anything was."""
        return parse_qs(st.session_state.get(self._shown, ""), keep_blank_values=True)

    def change(self, query: Query, problem: str = "") -> None:
        """After a widget changed: what is shown now, and one sentence if something cannot be."""
        self._keep(query, [problem] if problem else [])
        st.session_state[self._changed] = True

    def follow(self, read: Callable[[Query], tuple[Query, Sequence[str]]]) -> None:
        """Takes a link that came from outside; `read` says what it shows, and what is wrong.

        A rerun that a widget caused may still carry the link of before; the widget has precedence.
        """
        link = self._in_url()
        changed = st.session_state.pop(self._changed, False)
        if changed or _text(link) == st.session_state.get(self._written, ""):
            return
        if link:
            self._keep(*read(link))
        else:
            st.session_state.pop(self._wrong, None)  # said when the page was left

    def write(self, query: Query) -> None:
        """Brings the URL up to what is shown."""
        if self._in_url() != query:
            st.query_params.from_dict(query)
        st.session_state[self._shown] = st.session_state[self._written] = _text(query)
        st.session_state.pop(self._changed, None)

    def show_problems(self) -> None:
        """The sentences on what was wrong with the link or the last change, if anything was."""
        if sentences := st.session_state.get(self._wrong):
            st.warning("\n\n".join(map(escaped, sentences)))

    def _keep(self, query: Query, wrong: Sequence[str]) -> None:
        st.session_state[self._shown], st.session_state[self._wrong] = _text(query), list(wrong)

    def _in_url(self) -> dict[str, list[str]]:
        return {name: st.query_params.get_all(name) for name in st.query_params}


def _text(query: Query) -> str:
    return urlencode(query, doseq=True)
