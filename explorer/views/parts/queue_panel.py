"""The line on the pages: what trains now, what waits and for how long; stop it, or move it ahead.

Every visitor sees the whole line, without names: "yours", and what others launched.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.report import formatting
from explorer.report.formatting import about, ordinal
from explorer.report.line import Line
from explorer.report.progress import progress
from explorer.server import queue, shared, visitor
from explorer.store import states
from explorer.store.comparisons import Refused
from explorer.store.records import Comparison, Visitor
from explorer.store.requests import ControlRequests

# Seconds. Not the period of another fragment on the page: of two that always run one right after
# the other, the first keeps what it no longer draws (Streamlit 1.67 takes it for interrupted).
LOOK_EVERY = 2.3
SHOWN = 6  # waiting comparisons of others that a visitor sees; a teacher sees
SHOWN_TO_A_TEACHER = 60
HEIGHT = 480  # px; of a longer line, which then scrolls


def line_panel() -> None:
    """The panel of the Runs page; nothing where nothing trains or waits."""
    st.fragment(_panel, run_every=LOOK_EVERY)()


def in_line(comparison: str) -> str:
    """One line for the Train page: "2nd in line, starts in about 3 min."; "" where it trains."""
    seen = queue.now()
    found = seen.active.get(comparison)
    if found is None or found.running or not seen.words(comparison):
        return ""
    if not seen.training and seen.order[0] == comparison:
        return "Starting: the training processes get ready."
    waiting = [run.recipe.seed for run in found.runs if run.state == states.QUEUED]
    several = f"seed {waiting[0]}: " if len(found.seeds) > 1 else ""
    return f"{several}{seen.words(comparison)}.".capitalize()


def shown(seen: Line, me: Visitor) -> tuple[list[Comparison], int]:
    """What of the waiting line one visitor sees, and how many more of others wait."""
    most = SHOWN_TO_A_TEACHER if me.everything else SHOWN
    rows = [each for i, each in enumerate(seen.waiting) if i < most or each.owner == me.id]
    return rows, len(seen.waiting) - len(rows)


def whose(comparison: Comparison, me: Visitor) -> str:
    """Whose it is, without saying who; a teacher can tell visitors apart by a few letters."""
    if comparison.owner == me.id:
        return f"yours ({me.id[:4]})"
    if not comparison.owner:
        return "from the command line"
    return f"visitor {comparison.owner[:4]}" if me.everything else "another visitor's"


def what(comparison: Comparison, state: str) -> str:
    """Title, nets and the seed that this is about: what trains, or what waits for its turn."""
    runs = [run for run in comparison.runs if run.state == state]
    turn = min((run.turn for run in runs), default=0)
    mine = [run for run in runs if run.turn == turn]
    nets = list(dict.fromkeys(run.spec.title for run in mine))
    named = ", ".join(nets[:3]) + (f" and {len(nets) - 3} more" if len(nets) > 3 else "")
    seeds = comparison.seeds
    seed = f", seed {mine[0].recipe.seed}" if mine else ""
    if mine and len(seeds) > 1:
        seed += f" ({ordinal(seeds.index(mine[0].recipe.seed) + 1)} of {len(seeds)})"
    return f"**{formatting.escaped(comparison.title)}** :gray[{formatting.escaped(named + seed)}]"


def _panel() -> None:
    seen, me = queue.now(), visitor.me()
    if not seen.training and not seen.waiting:
        return
    rows, more = shown(seen, me)
    height: Any = HEIGHT if len(rows) > SHOWN + 2 else "content"
    with st.container(border=True, height=height, key="line_panel", gap="xsmall"):
        for comparison in seen.training:
            words = progress(comparison, seen.throughput)[1]
            _row("now", comparison, what(comparison, states.RUNNING), me, words)
        for comparison in rows:
            place = seen.order.index(comparison.id)
            _row(
                ordinal(place + 1),
                comparison,
                what(comparison, states.QUEUED),
                me,
                _start(seen, comparison.id),
                place,
            )
        if more:
            st.markdown(f":gray[{more} more of other visitors]")


def _start(seen: Line, comparison: str) -> str:
    seconds = seen.starts.get(comparison)
    return "waits" if seconds is None else f"starts in {about(seconds)}"


def _row(
    head: str,
    comparison: Comparison,
    words: str,
    me: Visitor,
    state: str,
    place: int | None = None,
) -> None:
    """One row. place: in the waiting line, from 0; None where it trains."""
    identity = comparison.id
    key = f"line_{'now' if place is None else 'waits'}_{identity}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
        st.markdown(f"**{head}**", width=46)
        st.markdown(
            f"{words}  \n:gray[{whose(comparison, me)}; {formatting.escaped(state)}]",
            width="stretch",
        )
        if me.everything and place:
            _button("To the front", "vertical_align_top", ControlRequests.move, identity, 0)
            if place > 1:
                _button("Up one place", "arrow_upward", ControlRequests.move, identity, place - 1)
        if me.may_change(comparison) and not (place is not None and comparison.running):
            _button("Stop", "stop", ControlRequests.stop, identity)


def _button(
    label: str, icon: str, request: Callable[..., None], comparison: str, *arguments: Any
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=f"line_{label}_{comparison}",
        type="tertiary",
        on_click=_do,
        args=(request, comparison, *arguments),
    )


def _do(request: Callable[..., None], comparison: str, *arguments: Any) -> None:
    try:
        request(ControlRequests(shared.store(), visitor.me()), comparison, *arguments)
    except Refused as error:
        st.toast(
            formatting.escaped(f"Not done: {error}."), icon=":material/block:", duration="long"
        )
    queue.now(fresh=True)
