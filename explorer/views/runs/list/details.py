"""Below a comparison in the list, on demand: best and last of every run, the note, the files."""

import streamlit as st

from explorer.files.format import FILE_ENDING
from explorer.files.importing import export_file
from explorer.report.names import short_name
from explorer.report.outcomes import Outcome
from explorer.report.table import csv_text
from explorer.server import shared
from explorer.store.jobs.net_source import has_weights
from explorer.store.records import Comparison
from explorer.views import WHY
from explorer.views.runs.table import best_and_last, show_table


def details(comparison: Comparison, outcome: Outcome) -> None:
    opened = st.expander(
        "Best and last, note, files",
        type="compact",
        key=f"details_{comparison.id}",
        on_change="rerun",
    )
    if not opened.open:  # a table each would double the time of the page
        return
    with opened:
        named = [(short_name(run), run) for run in comparison.runs]
        results = [outcome.results[run.id] for run in comparison.runs]
        show_table(best_and_last(named, results), f"table_{comparison.id}")
        if comparison.note:
            st.text(comparison.note)
        _look_into(comparison)
        with st.container(horizontal=True):
            st.download_button(
                "Rows as CSV",
                lambda: _csv(comparison.id),
                f"{comparison.id}.csv",
                "text/csv",
                icon=":material/download:",
                key=f"csv_{comparison.id}",
                on_click="ignore",
            )
            st.download_button(
                "All as one file",
                lambda: _file(comparison.id),
                f"{comparison.id}{FILE_ENDING}",
                "application/gzip",
                icon=":material/download:",
                key=f"file_{comparison.id}",
                on_click="ignore",
                help="Rows, recipes, marks, tags and note, without the nets' weights: to be sent "
                "on, and imported again with “Import a file”.",
            )
        st.caption(f"Comparison {comparison.id}.")


def _look_into(comparison: Comparison) -> None:
    """Links to the Why page, for the nets whose weights are here."""
    with st.container(horizontal=True):
        for run in comparison.runs if not comparison.origin else ():
            if has_weights(run):
                st.page_link(
                    WHY,
                    label=f"Look into {short_name(run)}",
                    icon=":material/science:",
                    query_params={"lab": "responses", "nets": f"run:{run.id}"},
                    width="content",
                )


def _csv(identity: str) -> str:
    snapshot = shared.feed(identity).snapshot(fresh=True)
    return csv_text(snapshot) if snapshot else ""


def _file(identity: str) -> bytes:
    snapshot = shared.feed(identity).snapshot(fresh=True)
    return export_file(snapshot) if snapshot else b""
