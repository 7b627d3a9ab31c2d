"""Below the charts: the figures as a table, and what the paper says beside what came out."""

import streamlit as st

from explorer.files.format import FILE_ENDING, pack
from explorer.report import table, verdicts
from explorer.report.formatting import escaped
from explorer.store.snapshots import Snapshot
from resnet.paper import tables

SECTIONS = ("numbers", "paper says, you got", "about gradients")


def details(snapshot: Snapshot) -> None:
    """One section at a time, chosen by the reader."""
    choice = st.segmented_control(
        "More", SECTIONS, default=SECTIONS[0], key="detail", label_visibility="collapsed"
    )
    if choice == SECTIONS[0]:
        _numbers(snapshot)
    elif choice == SECTIONS[1]:
        _paper(snapshot)
    elif choice == SECTIONS[2]:
        st.markdown(tables.GRADIENT_POSITION)


def _numbers(snapshot: Snapshot) -> None:
    error = st.column_config.NumberColumn(format="%.2f")
    st.dataframe(
        table.numbers(snapshot.histories),
        hide_index=True,
        column_config={
            "training error, %": error,
            "test error, %": error,
            "best test error, %": error,
            "loss": st.column_config.NumberColumn(format="%.3f"),
            "parameters": st.column_config.NumberColumn(format="%,d"),
            "seconds": st.column_config.NumberColumn(format="%.0f"),
        },
    )
    identity = snapshot.comparison.id
    with st.container(horizontal=True):
        st.download_button(
            "All rows as CSV",
            lambda: table.csv_text(snapshot),
            f"{identity}.csv",
            "text/csv",
            icon=":material/download:",
        )
        st.download_button(
            "The comparison as one file",
            lambda: pack(snapshot),
            f"{identity}{FILE_ENDING}",
            "application/gzip",
            icon=":material/archive:",
            help="To send, or to import on another machine on its Runs page.",
        )


def _paper(snapshot: Snapshot) -> None:
    for sentence in verdicts.paper_says(snapshot):
        st.markdown(f"- {escaped(sentence)}")
