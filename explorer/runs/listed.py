"""The list: how many of how many, a page of cards, what was deleted."""

from dataclasses import replace

import streamlit as st

from explorer import keeper
from explorer.records import Comparison, Visitor
from explorer.runs import acts, listing
from explorer.runs.bringing_in import bring_in_button
from explorer.runs.card import card
from explorer.runs.deleted import recently_deleted
from explorer.runs.filter import advice, filtered, tags_of
from explorer.runs.filter_row import filter_row
from explorer.runs.view_state import change, current

PAGE = 12  # comparisons shown at once
PAGES = "runs_page"  # key of the widget


def comparison_list(by: Visitor | None) -> None:
    """All of it; runs again by itself while something trains."""
    everything = listing.everything()
    acts.notice(by)
    if not everything:
        _nothing_yet()
    else:
        wanted = filter_row(everything)
        found = filtered(everything, wanted, by)
        _head(len(found), len(everything), by)
        if not found:
            st.info(advice(everything, wanted, by), icon=":material/filter_alt_off:")
        _cards(everything, found, by)
    recently_deleted(by)


def _head(found: int, total: int, by: Visitor | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        count = f"{found:,} of {total:,}" if found < total else f"{total:,}"
        st.markdown(f"**{count}** comparison{'s' if total != 1 else ''}", width="stretch")
        bring_in_button(by)


def _cards(everything: list[Comparison], found: list[Comparison], by: Visitor | None) -> None:
    pages = max(1, -(-len(found) // PAGE))
    page = min(current().page, pages)
    shown = found[PAGE * (page - 1) : PAGE * page]
    outcomes = listing.outcomes(shown)
    line = keeper.store().line() if any(each.active for each in shown) else []
    ahead = {identity: place for place, identity in enumerate(line)}
    tags = tags_of(everything)
    for each in shown:
        card(each, outcomes[each.id], ahead.get(each.id), tags, by)
    if pages > 1:
        st.session_state[PAGES] = page
        st.pagination(pages, key=PAGES, on_change=_turn)


def _turn() -> None:
    change(replace(current(), page=st.session_state[PAGES]))


def _nothing_yet() -> None:
    st.markdown("#### Nothing has been trained yet.")
    st.page_link(
        "views/train.py",
        label="Launch the first comparison on the Train page",
        icon=":material/show_chart:",
    )
