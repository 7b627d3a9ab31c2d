"""What was deleted a while ago and can still be had back."""

import time
from collections.abc import Sequence

import streamlit as st

from explorer.report import formatting
from explorer.report.names import when
from explorer.server import shared
from explorer.store.curation import UNDO_FOR
from explorer.store.records import Comparison, Visitor
from explorer.views.runs import actions

SHOWN = 20


def returnable(
    gone: Sequence[Comparison], by: Visitor | None, now: float
) -> list[tuple[Comparison, float]]:
    """What this visitor may have back, and for how many seconds yet; the last deleted first."""
    found = [
        (each, (each.deleted or 0.0) + UNDO_FOR - now)
        for each in gone
        if by is None or by.may_change(each)
    ]
    return sorted((each for each in found if each[1] > 0), key=lambda each: -each[1])


def recently_deleted(by: Visitor | None) -> None:
    """An expander with a button for each; nothing where there is nothing."""
    found = returnable(shared.store().comparisons(deleted=True), by, time.time())
    if not found:
        st.empty()
        return
    with st.expander(f"Recently deleted ({len(found)})", icon=":material/delete:"):
        for comparison, seconds in found[:SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"**{formatting.escaped(comparison.title)}** of {when(comparison)}, "
                    f"for another {formatting.duration(seconds)}",
                    width="stretch",
                )
                st.button(
                    "Bring back",
                    key=f"back_{comparison.id}",
                    on_click=actions.restore,
                    args=(comparison.id, by),
                )
        if len(found) > SHOWN:
            st.caption(f"{len(found) - SHOWN} more were deleted before these.")
