"""A comparison being watched: progress, verdict and live charts, refreshed once a second."""

import streamlit as st

from explorer.charts.board.component import board
from explorer.report import progress, status, verdicts
from explorer.report.formatting import escaped, paragraphs
from explorer.report.meaning import meaning
from explorer.server import queue, shared
from explorer.store.snapshots import Snapshot
from explorer.views.parts.queue_panel import in_line
from explorer.views.train import prediction
from explorer.views.train.control_bar import PINNED, control_bar
from explorer.views.train.details import details
from explorer.views.train.share import shows
from resnet.lessons import LESSONS

CHART_HEIGHT = 400
DETAILS_EVERY = 5.3  # seconds; no multiple of the other period: of two fragments that always run
# one right after the other, Streamlit 1.67 takes the first for interrupted


def watch(comparison: str) -> None:
    """Shows a comparison; while it is active the part that changes runs again every second."""
    snapshot = shared.feed(comparison).snapshot(fresh=True)
    if snapshot is None:
        st.warning(
            f"There is no comparison {escaped(repr(comparison))} here: it was deleted, or the "
            "link belongs to another server. Launch one above, or open another from the Runs page."
        )
        return
    if not prediction.gate(snapshot):
        return
    active = snapshot.comparison.active
    st.fragment(_live, run_every=1.0 if active else None)(comparison, active)
    if shows("details"):
        st.fragment(_details, run_every=DETAILS_EVERY if active else None)(comparison)


def _live(comparison: str, was_active: bool) -> None:
    feed = shared.feed(comparison)
    snapshot = feed.snapshot()
    if snapshot is None or snapshot.comparison.active != was_active:
        st.rerun()
    _head(snapshot)
    if not any(each.rows for each in snapshot.histories) and not was_active:
        return
    board(
        snapshot,
        f"board_{comparison}",
        height=CHART_HEIGHT,
        baseline=_baseline(comparison),
        overlay=verdicts.paper_points(snapshot),
    )
    _words(snapshot)


def _details(comparison: str) -> None:
    """A table costs as much as all the rest of a refresh, so it comes less often."""
    snapshot = shared.feed(comparison).snapshot()
    if snapshot and any(each.rows for each in snapshot.histories):
        details(snapshot)


def _head(snapshot: Snapshot) -> None:
    """Title, progress and controls; the verdict below."""
    comparison = snapshot.comparison
    share, words = progress.progress(comparison, queue.now().throughput)
    title, bar, buttons = st.columns([4.4, 2.6, 5], vertical_alignment="center")
    title.markdown(_title(snapshot))
    bar.progress(min(1.0, share), text=escaped(words))
    if shows("controls"):
        with buttons:
            control_bar(comparison)
    sentence = in_line(comparison.id) or status.state_sentence(comparison, None)
    if shows("verdict"):
        verdict = verdicts.verdict_of(snapshot)
        if verdict:
            st.markdown(
                f"##### {escaped(verdict)}", help=paragraphs(escaped(verdicts.evidence(snapshot)))
            )
        elif not sentence:
            st.markdown("##### The first errors are being measured.")
    if sentence:
        st.info(escaped(sentence), icon=":material/info:")


def _title(snapshot: Snapshot) -> str:
    comparison = snapshot.comparison
    seeds = comparison.seeds
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {', '.join(map(str, seeds))}"
    data = next((run.data for run in comparison.runs if run.data), "")
    return f"**{escaped(comparison.title)}**, {named}" + (f", on {escaped(data)}" if data else "")


def _words(snapshot: Snapshot) -> None:
    """What to look for while the curves grow; then what they mean, and what was predicted."""
    prediction.reveal(snapshot)
    lesson = LESSONS.get(snapshot.comparison.lesson or "")
    if lesson:
        active = snapshot.comparison.active
        st.markdown(lesson.look_for if active else meaning(lesson, snapshot))


def _baseline(comparison: str) -> Snapshot | None:
    """The pinned comparison, unless it is the one that is watched."""
    pinned = st.session_state.get(PINNED)
    return shared.feed(pinned).snapshot() if pinned and pinned != comparison else None
