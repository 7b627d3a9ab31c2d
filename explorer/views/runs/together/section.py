"""Runs of any comparisons looked at together: chosen, drawn, in a table, and two held together."""

from collections.abc import Sequence

import streamlit as st

from explorer.charts.board.component import board
from explorer.report.formatting import escaped
from explorer.report.names import run_name
from explorer.report.outcomes import result_of
from explorer.store.records import Comparison, Run, Visitor
from explorer.store.snapshots import Snapshot
from explorer.views.runs import cache
from explorer.views.runs.filter.filter import MAX_CHOSEN, Filter, filtered
from explorer.views.runs.filter.state import choose_runs, current
from explorer.views.runs.filter.widgets import filter_row
from explorer.views.runs.table import best_and_last, show_table
from explorer.views.runs.together.pair import pair_words
from explorer.views.runs.together.snapshot import gathered

MOST_OPTIONS = 600  # runs; a longer list is slow in a browser
CHART_HEIGHT = 430
CHOICE = "runs_together"  # key of the widget
PAIR = ("runs_first", "runs_second")


def across(by: Visitor | None) -> None:
    """Runs again by itself while one of the chosen trains."""
    everything = cache.everything()
    known = cache.runs_by_id(everything)
    wanted = current().filter
    options = cache.runs_by_id(filtered(everything, wanted, by))
    asked = current().runs or ()
    chosen = [run for run in asked if run in known]
    _choose(known, list(options), chosen)
    with st.expander("Offer fewer runs", type="compact", expanded=wanted != Filter()):
        filter_row(everything)
        if len(options) > MOST_OPTIONS:
            st.caption(
                f"The newest {MOST_OPTIONS} of {len(options):,} runs are offered; "
                "the filter leads to the others."
            )
    gone = len(asked) - len(chosen)
    if gone:
        st.warning(
            f"{gone} of the runs that the link names {'is' if gone == 1 else 'are'} not here: "
            "deleted, or of another server."
        )
    if not chosen:
        st.info(
            "Choose runs of any comparisons above: their curves are drawn together, with a table "
            "of best and last, and the difference of any two in words.",
            icon=":material/stacked_line_chart:",
        )
        return
    snapshot = gathered(chosen)
    board(snapshot, f"across_{snapshot.comparison.id}", height=CHART_HEIGHT)
    named = [(run_name(*known[each.run.id]), each.run) for each in snapshot.histories]
    results = [result_of(each.tests) for each in snapshot.histories]
    show_table(best_and_last(named, results), "across_table")
    if len(chosen) > 1:
        _pair(known, chosen, snapshot)


def _choose(
    known: dict[int, tuple[Run, Comparison]], options: Sequence[int], chosen: list[int]
) -> None:
    names = {run: run_name(*known[run]) for run in [*chosen, *options[:MOST_OPTIONS]]}
    st.session_state[CHOICE] = chosen
    st.multiselect(
        f"Runs, up to {MAX_CHOSEN}",
        list(names),
        key=CHOICE,
        format_func=names.__getitem__,
        max_selections=MAX_CHOSEN,
        placeholder="Type a part of a name, or open the list",
        on_change=lambda: choose_runs(st.session_state[CHOICE]),
    )


def _pair(
    known: dict[int, tuple[Run, Comparison]], chosen: Sequence[int], snapshot: Snapshot
) -> None:
    """What two of them do not share; the first two unless others are picked."""
    for key, run in zip(PAIR, chosen, strict=False):
        if st.session_state.get(key) not in chosen:
            st.session_state[key] = run
    left, right = st.columns(2)
    first, second = (
        place.selectbox(label, list(chosen), key=key, format_func=lambda run: run_name(*known[run]))
        for place, label, key in zip((left, right), ("Difference of", "against"), PAIR, strict=True)
    )
    if first == second:
        st.markdown("Pick two different runs to see what they do not share.")
        return
    sentences = pair_words(known[first][0], known[second][0], snapshot.events)
    st.markdown(f"##### {escaped(sentences[0])}")
    if sentences[1:]:
        st.markdown(escaped(" ".join(sentences[1:])))
