"""The list: how many of how many, a page of cards, what was deleted."""

from dataclasses import replace

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import shared
from explorer.store.records import Comparison, Visitor
from explorer.views import TRAIN
from explorer.views.runs import cache
from explorer.views.runs.filter.filter import advice, filtered, tags_of
from explorer.views.runs.filter.state import change, current
from explorer.views.runs.filter.widgets import filter_row
from explorer.views.runs.list.card import card
from explorer.views.runs.list.deleted import recently_deleted

PAGE = 12  # comparisons shown at once
PAGES = "runs_page"  # key of the widget


def comparison_list(by: Visitor | None) -> None:
    """All of it; runs again by itself."""
    everything = cache.everything()
    if not everything:
        _nothing_yet()
    else:
        wanted = filter_row(everything)
        found = filtered(everything, wanted, by)
        if found:
            st.empty()
        else:
            st.info(escaped(advice(everything, wanted, by)), icon=":material/filter_alt_off:")
        _cards(everything, found, by)
    recently_deleted(by)


def count_words(by: Visitor | None) -> str:
    """ "7 of 32 comparisons"."""
    everything = cache.everything()
    total, found = len(everything), len(filtered(everything, current().filter, by))
    count = f"{found:,} of {total:,}" if found < total else f"{total:,}"
    return f"**{count}** comparison{'s' if total != 1 else ''}" if total else ""


def _cards(everything: list[Comparison], found: list[Comparison], by: Visitor | None) -> None:
    pages = max(1, -(-len(found) // PAGE))
    page = min(current().page, pages)
    shown = found[PAGE * (page - 1) : PAGE * page]
    outcomes = cache.outcomes(shown)
    line = shared.store().line() if any(each.active for each in shown) else []
    ahead = {identity: place for place, identity in enumerate(line)}
    tags = tags_of(everything)
    for each in shown:
        card(each, outcomes[each.id], ahead.get(each.id), tags, by)
    # Where another fragment's refresh follows at once, Streamlit 1.67 takes this run for
    # interrupted and leaves what it no longer draws: so what was here is drawn over.
    for _ in range(PAGE - len(shown)):
        st.empty()
    if pages == 1:
        st.empty()
    else:
        key = f"{PAGES}_{len(found)}"
        if st.session_state.get(key, page) != page:  # a link, or a filter, says another
            st.session_state[key] = page
        st.pagination(pages, default=page, key=key, on_change=_turn, args=(key,))


def _turn(key: str) -> None:
    change(replace(current(), page=st.session_state[key]))


def _nothing_yet() -> None:
    st.markdown("#### Nothing has been trained yet.")
    st.page_link(
        TRAIN,
        label="Launch the first comparison on the Train page",
        icon=":material/show_chart:",
    )
