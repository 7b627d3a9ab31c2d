"""The button that imports a comparison from a file."""

import streamlit as st

from explorer.files.format import FILE_ENDING
from explorer.files.importing import import_file
from explorer.report.formatting import escaped
from explorer.server import shared
from explorer.store.records import Visitor
from explorer.views.runs import actions

MOST_MB = 20
TIMES = "runs_imported"  # how many files came in: the next uploader is an empty one


def import_button(by: Visitor | None) -> None:
    key = f"runs_file_{st.session_state.get(TIMES, 0)}"
    with st.popover("Import a file", icon=":material/upload_file:", key=f"{key}_popover"):
        st.markdown(
            "A comparison that somebody downloaded with **All as one file** becomes one of the "
            f"list. Its name ends in `{FILE_ENDING}`."
        )
        st.file_uploader(
            "The file",
            type=["gz"],
            max_upload_size=MOST_MB,
            key=key,
            on_change=_take,
            args=(key, by),
        )


def _take(key: str, by: Visitor | None) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1
    kept = actions.act(import_file, shared.store(), file.getvalue(), by or "")
    found = shared.store().comparison(kept) if kept else None
    if found:
        actions.done(f"Imported **{escaped(found.title)}**.", show=found.id)
