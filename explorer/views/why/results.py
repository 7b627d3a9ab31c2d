"""What a lab found, drawn by its panel; and before that, what there will be to see."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.report.formatting import duration, escaped
from explorer.server import shared
from explorer.store.jobs.lab_question import Question
from explorer.store.jobs.net_source import Source, SourceError, spec_of
from explorer.views import TRAIN
from explorer.views.why import state
from explorer.views.why.answers import Answer, answers
from explorer.views.why.options import Images
from explorer.views.why.panel import Settings
from explorer.views.why.topics import EXPECTED, PANELS, seconds_for
from resnet.spec import NetSpec

GROWS_EVERY = 1.1  # seconds
LAST = "labs_last"  # session state: what was last drawn for a lab that asks at once, as payloads


def board(lab: str, found: Sequence[Answer]) -> bool:
    """Draws the answers that are there, growing ones again and again; False where there are none.

    A lab that asks at once keeps its last picture until the next is there, so nothing jumps.
    """
    drawn = [answer for answer in found if answer.found]
    waits = any(answer.active for answer in found)
    if EXPECTED[lab].at_once:
        last: dict[str, list[dict[str, Any]]] = st.session_state.setdefault(LAST, {})
        if waits and len(drawn) < len(found) and lab in last:
            before = answers([Question.from_payload(each) for each in last[lab]])
            drawn = [answer for answer in before if answer.found]
        elif drawn:
            last[lab] = [answer.payload for answer in drawn]
    if PANELS[lab].lab.grows and waits:
        st.fragment(_growing, run_every=GROWS_EVERY)(lab, list(found))
    elif drawn:
        _draw(lab, drawn)
    elif waits:
        _coming(lab)
    return waits or bool(drawn)


def _growing(lab: str, found: list[Answer]) -> None:
    fresh = answers([answer.question for answer in found])
    if drawn := [answer for answer in fresh if answer.found]:
        _draw(lab, drawn)
    else:
        _coming(lab)


def _coming(lab: str) -> None:
    st.markdown(f":gray[**You will see:** {EXPECTED[lab].words}]")


def _draw(lab: str, drawn: Sequence[Answer]) -> None:
    for note in dict.fromkeys(answer.note for answer in drawn if answer.note):
        st.warning(f"{escaped(note)}.", icon=":material/image:")
    for said in dict.fromkeys(answer.images_note for answer in drawn if answer.images_note):
        st.caption(f"{escaped(said)}.")
    theme = st.context.theme.type or "light"
    with state.widgets_of(lab, figures=True):
        PANELS[lab].show([answer.result for answer in drawn], theme)


def before(lab: str, sources: Sequence[Source], shown: Images, settings: Settings) -> None:
    """In place of results: what will be seen, how long it takes, and what stands in the way."""
    expected, panel = EXPECTED[lab], PANELS[lab]
    specs = _specs(sources)
    if specs:
        time = duration(max(2.0, seconds_for(lab, specs, settings)))
        st.info(
            f"**You will see:** {expected.words} Press **Run the lab**: it takes about {time} "
            "on two cores, and its answer is kept.",
            icon=":material/science:",
        )
        return
    st.info(f"**You will see:** {expected.words}", icon=":material/science:")
    if panel.choose is not None or not panel.lab.trained:
        st.markdown("Choose one net or more above.")
        return
    if shown.suit_shipped:
        st.markdown("Choose one net or more above; this lab needs trained ones.")
        return
    st.warning(
        f"This lab needs trained nets, and none was trained on {escaped(shown.label)} here yet. "
        "The nets that ship with the program were trained on CIFAR-10: choose it under "
        "**Images**, or train nets of your own on these images.",
        icon=":material/model_training:",
    )
    st.page_link(TRAIN, label="Train nets", icon=":material/play_arrow:")


def _specs(sources: Sequence[Source]) -> list[NetSpec]:
    specs = []
    for source in sources:
        try:
            specs.append(spec_of(source, shared.store()))
        except SourceError:
            continue
    return specs
