"""Title, tags and note of one comparison, edited where it stands in the list."""

import streamlit as st

from explorer.server import shared
from explorer.store.curation import MAX_NOTE, MAX_TAGS, MAX_TITLE, Curation
from explorer.store.records import Comparison, Visitor
from explorer.views.runs import actions

EDITED = "runs_edited"  # the id of the comparison whose form is open


def is_edited(comparison: Comparison) -> bool:
    return bool(st.session_state.get(EDITED) == comparison.id)


def edit(comparison: str) -> None:
    st.session_state[EDITED] = comparison


def editor(comparison: Comparison, known_tags: list[str], by: Visitor | None) -> None:
    """The form; what it says is kept with Save."""
    key = f"edit_{comparison.id}"
    names = [f"{key}_{part}" for part in ("title", "tags", "note")]
    with st.form(key, border=False, enter_to_submit=False):
        first, second = st.columns([1, 1])
        first.text_input("Title", comparison.title, max_chars=MAX_TITLE, key=names[0])
        second.multiselect(
            "Tags",
            list(dict.fromkeys([*comparison.tags, *known_tags])),
            list(comparison.tags),
            max_selections=MAX_TAGS,
            accept_new_options=True,
            placeholder="Choose, or type a new one and press Enter",
            key=names[1],
        )
        st.text_area("Note", comparison.note, max_chars=MAX_NOTE, height=110, key=names[2])
        with st.container(horizontal=True):
            st.form_submit_button(
                "Save",
                type="primary",
                on_click=_save,
                args=(comparison, names, by),
                key=f"save_{key}",
            )
            st.form_submit_button("Cancel", on_click=_close, key=f"cancel_{key}")


def _save(comparison: Comparison, names: list[str], by: Visitor | None) -> None:
    title, tags, note = (st.session_state[name] for name in names)
    if actions.act(Curation(shared.store(), by).describe, comparison.id, title, tags, note):
        _close()


def _close() -> None:
    st.session_state.pop(EDITED, None)
