"""A recorded lesson, played back at any speed: nothing is trained, nothing is put in the store."""

import streamlit as st

from explorer.charts.board.component import board
from explorer.files.recordings import Recording, recorded
from explorer.report import verdicts
from explorer.report.formatting import escaped
from explorer.views.train import prediction
from resnet.lessons import LESSONS

REPLAYED = "replayed_lesson"  # session state: the lesson that is played back
CHART_HEIGHT = 450


def offer(lesson: str) -> None:
    """The button that plays a lesson's recording, where one ships with the program."""
    recording = recorded().get(lesson)
    if recording and st.button(
        "Replay a recorded run",
        icon=":material/replay:",
        key="replay_offer",
        help=f"Needs no training here. Made on {recording.machine}, with {recording.data}.",
    ):
        st.session_state[REPLAYED] = lesson
        st.session_state.pop("comparison", None)
        st.rerun()


def replay(name: str) -> None:
    """The recording of a lesson, with its player; the outcome waits behind a button."""
    recording = recorded().get(name)
    lesson = LESSONS.get(name)
    if recording is None or lesson is None:
        st.warning(
            f"There is no recording of {name!r} here; launch the lesson itself with the row above."
        )
        return
    words, buttons = st.columns([8, 2.4], vertical_alignment="center")
    words.markdown(f"**{escaped(lesson.title)}**, recorded. :gray[{escaped(label(recording))}]")
    if buttons.button("Leave the replay", key="leave_replay", width="stretch"):
        del st.session_state[REPLAYED]
        st.rerun()
    predicted = prediction.chosen(name)
    if predicted is None and lesson.choices:
        prediction.ask(lesson)
    board(recording.snapshot, f"replay_{name}", height=CHART_HEIGHT, replay=True)
    with st.expander("The outcome"):
        st.markdown(f"##### {verdicts.verdict_of(recording.snapshot)}")
        came_true = prediction.outcome(lesson, recording.snapshot)
        if predicted is not None and came_true is not None:
            right = "which is what it shows" if predicted == came_true else "but it shows"
            shown = "" if predicted == came_true else f" *{lesson.choices[came_true]}*"
            st.markdown(f"You predicted *{lesson.choices[predicted]}* {right}{shown}")
        st.markdown(lesson.meaning)
        st.markdown(f":gray[{verdicts.evidence(recording.snapshot)}]")
    st.caption("Made by:")
    st.code(recording.command, language=None, wrap_lines=True)


def label(recording: Recording) -> str:
    """What made it: machine, images, seeds."""
    seeds = recording.snapshot.comparison.seeds
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {', '.join(map(str, seeds))}"
    return f"{recording.machine}; {recording.data}; {named}."
