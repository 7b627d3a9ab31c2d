"""The view of this visitor, as the address of the Runs page has it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.views.parts.address import PageAddress
from explorer.views.parts.link import Query
from explorer.views.runs.filter.filter import MAX_CHOSEN, Filter, View, link_of, view_of

CHOSEN = "runs_chosen"  # key of the session
_ADDRESS = PageAddress("runs_view")
show_problems = _ADDRESS.show_problems


def current() -> View:
    return _view(_ADDRESS.query())[0]


def change(view: View) -> None:
    """After a widget changed."""
    _ADDRESS.change(_query(view))


def change_filter(**fields: Any) -> None:
    """Another filter shows its first page."""
    view = current()
    change(replace(view, filter=replace(view.filter, **fields), page=1))


def clear_filter() -> None:
    change(replace(current(), filter=Filter(), page=1))


def follow_link() -> None:
    """Takes a link that came from outside, and writes the view into the URL."""
    _ADDRESS.follow(_read)
    write_link()


def write_link() -> None:
    """Brings the URL up to what a widget changed."""
    _ADDRESS.write(_query(current()))


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


def _read(link: Query) -> tuple[Query, list[str]]:
    view, wrong = _view(link)
    return _query(view), wrong


def _view(query: Query) -> tuple[View, list[str]]:
    return view_of({name: texts[-1] for name, texts in query.items()})


def _query(view: View) -> dict[str, list[str]]:
    return {name: [text] for name, text in link_of(view).items()}
