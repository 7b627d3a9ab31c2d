"""One comparison in the list: what it is, what came of it, and what can be done with it."""

import streamlit as st

from explorer.report import names
from explorer.report.formatting import escaped, paragraphs
from explorer.report.outcomes import Outcome
from explorer.report.status import state_sentence
from explorer.server import shared
from explorer.store.records import Comparison, Visitor
from explorer.store.requests import ControlRequests
from explorer.views import TRAIN
from explorer.views.runs import actions
from explorer.views.runs.filter.filter import MAX_CHOSEN
from explorer.views.runs.filter.state import compare_runs
from explorer.views.runs.list.details import details
from explorer.views.runs.list.duplicate import duplicate_button, second_look
from explorer.views.runs.list.editing import edit, editor, is_edited

NOT_YOURS = "This comparison is another visitor's; it can be opened, duplicated and downloaded."
EDIT, COMPARE, ARCHIVE, UNARCHIVE = (
    "Edit title, tags and note",
    "Compare its runs",
    "Archive",
    "Take out of the archive",
)


def card(
    comparison: Comparison,
    outcome: Outcome,
    ahead: int | None,
    known_tags: list[str],
    by: Visitor | None,
) -> None:
    """`ahead`: how many comparisons are before it in the line; None where it does not wait."""
    with st.container(border=True, key=f"card_{comparison.id}", gap="xsmall"):
        if is_edited(comparison):
            editor(comparison, known_tags, by)
            return
        said, buttons = st.columns([6, 5], vertical_alignment="top")
        said.markdown(_head(comparison, by))
        with buttons.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            _buttons(comparison, by)
        outcome_words = _outcome(comparison, outcome, ahead)
        if outcome_words:
            st.markdown(outcome_words, help=paragraphs(escaped(outcome.evidence)) or None)
        second_look(comparison)
        details(comparison, outcome)


def _head(comparison: Comparison, by: Visitor | None) -> str:
    """Title, seeds and tags; nets; when and how far. Markdown in which nobody's text commands."""
    badges = [f":blue-badge[{escaped(tag)}]" for tag in comparison.tags]
    if comparison.archived:
        badges.append(":gray-badge[archived]")
    return (
        f"**{escaped(comparison.title)}**, {names.seeds(comparison)} {' '.join(badges)}  \n"
        f"{escaped(names.nets(comparison))}  \n"
        f":gray[{escaped(names.standing(comparison, by))}]"
    )


def _outcome(comparison: Comparison, outcome: Outcome, ahead: int | None) -> str:
    """The verdict, or what stands in its way; and the note's first line."""
    said = outcome.verdict or state_sentence(comparison, ahead)
    note = names.first_line(comparison.note)
    lines = [escaped(said), f":material/notes: *{escaped(note)}*" if note else ""]
    return "  \n".join(line for line in lines if line)


def _buttons(comparison: Comparison, by: Visitor | None) -> None:
    identity = comparison.id
    requests = ControlRequests(shared.store(), by)
    may = by is None or by.may_change(comparison)
    why_not = None if may else NOT_YOURS
    if st.button("Open", key=f"open_{identity}"):
        st.session_state["comparison"] = identity
        st.switch_page(TRAIN, query_params={"comparison": identity})
    moves = comparison.active and not comparison.paused
    st.button(
        "Stop" if moves else "Resume",
        key=f"{'stop' if moves else 'resume'}_{identity}",
        disabled=not may or not (comparison.active or comparison.resumable),
        help=why_not,
        on_click=actions.request,
        args=(requests.stop if moves else requests.resume, identity),
    )
    duplicate_button(comparison)
    st.button(
        "Delete",
        key=f"delete_{identity}",
        disabled=not may,
        help=why_not,
        on_click=actions.delete,
        args=(comparison, by),
    )
    others = [COMPARE]
    if may:
        others = [EDIT, COMPARE, UNARCHIVE if comparison.archived else ARCHIVE]
    st.menu_button(
        "More",
        others,
        key=f"more_{identity}",
        on_click=_chosen,
        args=(comparison, by),
    )


def _chosen(comparison: Comparison, by: Visitor | None) -> None:
    """What was chosen of the menu."""
    what = st.session_state[f"more_{comparison.id}"]
    if what == EDIT:
        edit(comparison.id)
    elif what == COMPARE:
        compare_runs([run.id for run in comparison.runs][:MAX_CHOSEN])
    else:
        actions.archive(comparison, what == ARCHIVE, by)
