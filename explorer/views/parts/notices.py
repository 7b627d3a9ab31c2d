"""Notices: says on whatever page a visitor is that a comparison of theirs has ended, and how."""

import streamlit as st

from explorer.report import formatting, status, verdicts
from explorer.server import queue, shared, visitor
from explorer.store import states
from explorer.store.snapshots import Snapshot

LOOK_EVERY = 3.1  # seconds; as in explorer.views.parts.queue_panel, no other fragment's period
_KEY = "noticed"  # in the session: the ids of this visitor's comparisons that were seen active


def notices() -> None:
    """Called once on every page. Looks again only where something of this visitor's is active."""
    _look(fresh=True)
    st.fragment(_look, run_every=LOOK_EVERY if _expected() else None)()


def sentence(snapshot: Snapshot, link: str) -> str:
    """What came of a comparison that has ended, in Markdown; its title leads to it."""
    comparison = snapshot.comparison
    if all(run.state == states.FINISHED for run in comparison.runs):
        end, outcome = "has finished", verdicts.verdict_of(snapshot)
    else:
        end, outcome = "has ended", status.state_sentence(comparison, None)
    said = formatting.escaped(outcome)
    return f"[{formatting.escaped(comparison.title)}]({link}) {end}. {said}".rstrip()


def _expected() -> list[str]:
    """Those that were active when this session last looked; an end is told once, and they go."""
    return st.session_state.setdefault(_KEY, [])


def _look(fresh: bool = False) -> None:
    """Tells what has ended; a page whose visitor waits for nothing any more asks nothing."""
    if not fresh and not _expected():
        return
    me, active = visitor.me(), queue.now(fresh).active
    for comparison in [each for each in _expected() if each not in active]:
        snapshot = shared.feed(comparison).snapshot(fresh=True)
        if snapshot is not None:  # None: it was deleted, by someone who knows
            _tell(snapshot)
    st.session_state[_KEY] = [each.id for each in active.values() if each.owner == me.id]


def _tell(snapshot: Snapshot) -> None:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    link = f"{'/' + base if base else ''}/?comparison={snapshot.comparison.id}"
    st.toast(sentence(snapshot, link), icon=":material/flag:", duration="long")
