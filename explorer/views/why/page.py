"""Why: experiments on nets, trained or not, that show why residual networks work."""

import streamlit as st

from explorer.report.formatting import escaped
from explorer.server import shared
from explorer.server.worker_status import reported
from explorer.store.jobs.lab_question import Question
from explorer.views.why import choices, state
from explorer.views.why.answers import answers
from explorer.views.why.options import image_sets
from explorer.views.why.progress import ask, show_progress
from explorer.views.why.results import before, board
from explorer.views.why.topics import EXPECTED, PANELS

LIVE = "labs_live"  # session state: labs that have been run, and from then on may ask at once


def _head(lab: str) -> None:
    panel = PANELS[lab]
    source = f" :gray[{escaped(panel.lab.source)}.]" if panel.lab.source else ""
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### {panel.lab.title}", width="content")
            choices.lab_tabs(lab)
        st.markdown(f"{panel.question}{source}")


def _lab(lab: str) -> None:
    """The controls of a lab, how far its jobs are, and what they found."""
    worker = reported(shared.store())
    sets = image_sets(worker)
    if PANELS[lab].choose is None:
        left, middle, right = st.columns([6.2, 1.8, 1.6], vertical_alignment="bottom")
        below = st.container(gap="xsmall")
    else:  # its own controls take more room, beside which these two stand
        left, right = st.columns([7.6, 2], gap="medium")
        middle, below = right, left
    with middle:
        choices.images_of(sets, worker)
    shown = state.images(sets)
    with state.widgets_of(lab):
        with left:
            chosen = choices.nets_of(lab, shown)
        with below:
            settings = choices.settings_of(lab, chosen)
    images = (shown.name, shown.label, shown.fingerprint)
    questions = [Question(lab, source, settings, *images) for source in chosen]
    found = answers(questions)
    open_ones = [answer for answer in found if not answer.done and not answer.active]
    live: list[str] = st.session_state.setdefault(LIVE, [])
    if any(answer.done for answer in found) and lab not in live:
        live.append(lab)
    at_once = EXPECTED[lab].at_once and lab in live and any(each.unasked for each in found)
    if (
        right.button(
            "Run the lab",
            type="primary",
            width="stretch",
            key="labs_run",
            icon=":material/science:",
            disabled=not open_ones,
            help=None if open_ones or not found else "It was asked already; the answer is kept.",
        )
        or at_once
    ) and ask(open_ones):
        live.append(lab)
        st.rerun()
    show_progress(found)
    if not board(lab, found):
        before(lab, chosen, shown, settings)
    state.settled(lab)
    state.write_address(sets)


state.follow_link(image_sets(reported(shared.store())))
for sentence in state.problems():
    st.warning(f"{escaped(sentence)}.")
listed, opened = st.columns([2.3, 9.7], gap="medium")
with listed:
    choices.topic_list()
with opened, st.container(gap="xsmall"):
    _head(state.current_lab())
    _lab(state.current_lab())
