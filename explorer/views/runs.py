"""Runs: every comparison so far; open, resume, download, delete."""

from datetime import datetime

import streamlit as st

from explorer import keeper, states, teacher, telling, visitor
from explorer.line_panel import line_panel
from explorer.records import Comparison
from explorer.shelf import Shelf
from explorer.store import Refused
from explorer.wishes import Wishes

PAGE = 12  # comparisons shown at once


@st.dialog("Delete this comparison?")
def _ask_to_delete(comparison: Comparison) -> None:
    st.markdown(
        f"**{comparison.title}** of {_when(comparison)}: its curves and its checkpoints "
        "will be gone for everybody."
    )
    yes, no = st.columns(2)
    if yes.button("Delete", type="primary", width="stretch", key="delete_yes"):
        try:
            Shelf(keeper.store()).delete(comparison.id)
        except Refused as error:
            st.error(f"It was not deleted: {error}.")
            return
        if st.session_state.get("comparison") == comparison.id:
            del st.session_state["comparison"]
        st.rerun()
    if no.button("Keep it", width="stretch", key="delete_no"):
        st.rerun()


def _when(comparison: Comparison) -> str:
    return datetime.fromtimestamp(comparison.created).strftime("%d %b %Y, %H:%M")


def _outcome(comparison: Comparison) -> str:
    snapshot = keeper.feed(comparison.id).snapshot()
    words = telling.verdict_of(snapshot) if snapshot else ""
    return words or telling.state_sentence(comparison, keeper.store().place(comparison.id))


def _states(comparison: Comparison) -> str:
    kinds = {run.state for run in comparison.runs}
    if len(kinds) == 1:
        return states.WORDS[kinds.pop()].split(":")[0]
    return ", ".join(
        f"{sum(run.state == kind for run in comparison.runs)} {kind}"
        for kind in states.WORDS
        if kind in kinds
    )


def _card(comparison: Comparison) -> None:
    with st.container(border=True, key=f"card_{comparison.id}"):
        words, buttons = st.columns([6, 5], vertical_alignment="center")
        _share, progress = telling.progress(comparison)
        words.markdown(
            f"**{comparison.title}**, seed {comparison.runs[0].recipe.seed}  \n"
            f"{', '.join(run.spec.title for run in comparison.runs)}  \n"
            f":gray[{_when(comparison)}. {_states(comparison).capitalize()}, {progress}.]"
        )
        outcome = _outcome(comparison)
        if outcome:
            words.markdown(outcome)
        cells = buttons.columns(4)
        if cells[0].button("Open", key=f"open_{comparison.id}", width="stretch"):
            st.session_state["comparison"] = comparison.id
            st.switch_page("views/train.py", query_params={"comparison": comparison.id})
        if comparison.active:
            cells[1].button(
                "Stop",
                key=f"stop_{comparison.id}",
                width="stretch",
                on_click=Wishes(keeper.store(), visitor.me()).stop,
                args=(comparison.id,),
            )
        else:
            cells[1].button(
                "Resume",
                key=f"resume_{comparison.id}",
                width="stretch",
                disabled=not comparison.resumable,
                on_click=Wishes(keeper.store()).resume,
                args=(comparison.id,),
            )
        cells[2].download_button(
            "CSV",
            lambda: _csv(comparison.id),
            f"{comparison.id}.csv",
            "text/csv",
            key=f"csv_{comparison.id}",
            width="stretch",
            on_click="ignore",
        )
        if cells[3].button(
            "Delete", key=f"delete_{comparison.id}", width="stretch", disabled=comparison.running
        ):
            _ask_to_delete(comparison)


def _csv(identity: str) -> str:
    snapshot = keeper.feed(identity).snapshot(fresh=True)
    return telling.csv_text(snapshot) if snapshot else ""


def _list() -> None:
    found = keeper.store().comparisons()
    if not found:
        st.markdown("#### Nothing has been trained yet.")
        st.page_link(
            "views/train.py",
            label="Launch the first comparison on the Train page",
            icon=":material/show_chart:",
        )
        return
    shown = st.session_state.setdefault("runs_shown", PAGE)
    for comparison in found[:shown]:
        _card(comparison)
    if len(found) > shown and st.button(f"Show {min(PAGE, len(found) - shown)} more", key="more"):
        st.session_state["runs_shown"] = shown + PAGE
        st.rerun(scope="fragment")


teacher.popover()
line_panel()
busy = any(keeper.store().load())
st.fragment(_list, run_every=2.0 if busy else None)()
