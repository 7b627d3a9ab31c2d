"""The filter as a row of widgets; each rewrites the link."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

import streamlit as st

from explorer.store import states
from explorer.store.records import Comparison
from explorer.views.runs.filter.filter import MAX_TEXT, Filter, lessons_of, tags_of
from explorer.views.runs.filter.state import change_filter, clear_filter, current

KEY = "runs_filter_"
FIELDS = tuple(field.name for field in fields(Filter))


def filter_row(comparisons: Sequence[Comparison]) -> Filter:
    """Draws the widgets as the view has them and returns the filter."""
    wanted = current().filter
    for field in FIELDS:
        st.session_state[KEY + field] = getattr(wanted, field)
    words, state, lesson, tag, more = st.columns([3, 1.7, 2.2, 1.7, 3], vertical_alignment="bottom")
    words.text_input(
        "Search",
        key=KEY + "text",
        placeholder="title, net, tag, note or id",
        max_chars=MAX_TEXT,
        icon=":material/search:",
        on_change=_take,
        args=("text",),
    )
    lessons = lessons_of(comparisons)
    tags = tags_of(comparisons)
    _choice(state, "State", "state", dict.fromkeys(states.WORDS), wanted.state, "any state")
    _choice(lesson, "Lesson", "lesson", lessons, wanted.lesson, "all")
    _choice(tag, "Tag", "tag", dict.fromkeys(tags), wanted.tag, "any tag")
    with more.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.checkbox("Mine only", key=KEY + "mine", on_change=_take, args=("mine",))
        st.checkbox("Archived too", key=KEY + "archived", on_change=_take, args=("archived",))
        if wanted != Filter():
            st.button("Clear", key=f"{KEY}clear", type="tertiary", on_click=clear_filter)
    return wanted


def _choice(
    place: st.delta_generator.DeltaGenerator,
    label: str,
    field: str,
    titles: Mapping[str, str | None],
    now: str,
    nothing: str,
) -> None:
    names = ["", *titles]
    if now not in names:  # a link may name a tag that nothing has any more
        names.append(now)
    place.selectbox(
        label,
        names,
        key=KEY + field,
        format_func=lambda name: (titles.get(name) or name) if name else nothing,
        on_change=_take,
        args=(field,),
    )


def _take(field: str) -> None:
    change_filter(**{field: st.session_state[KEY + field]})
