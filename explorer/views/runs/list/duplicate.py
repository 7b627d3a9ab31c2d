"""The button that opens a comparison's nets and recipe on the Train page, to be changed there."""

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import shared
from explorer.store.records import Comparison
from explorer.views import TRAIN
from explorer.views.runs.list.copying import Copy, copied
from explorer.views.train.recipe_widgets import data_options

SECOND_LOOK = "runs_duplicated"  # the id of the comparison whose copy leaves something out


def duplicate_button(comparison: Comparison) -> None:
    if st.button(
        "Duplicate",
        key=f"duplicate_{comparison.id}",
        help="Opens the Train page with these nets and this recipe, to be changed and launched.",
    ):
        copy = copied(comparison)
        if not copy.left_out:
            _open(copy)
        st.session_state[SECOND_LOOK] = comparison.id


def second_look(comparison: Comparison) -> None:
    """Where the copy is not the same: what it leaves out, and the button that opens it all the
    same."""
    if st.session_state.get(SECOND_LOOK) != comparison.id:
        return
    copy = copied(comparison)
    st.info("  \n".join(escaped(sentence) for sentence in copy.left_out))
    with st.container(horizontal=True):
        if st.button("Open the copy", type="primary", key=f"copy_{comparison.id}"):
            _open(copy)
        st.button("Not now", key=f"no_copy_{comparison.id}", on_click=_close)


def _open(copy: Copy) -> None:
    _close()
    worker = shared.store().reported("worker")
    if copy.data in data_options(worker[0] if worker else {}):
        st.session_state["data"] = copy.data  # the key of the Train page's widget
    st.switch_page(TRAIN, query_params=copy.link)


def _close() -> None:
    st.session_state.pop(SECOND_LOOK, None)
