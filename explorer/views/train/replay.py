"""A recorded lesson, played back at any speed: nothing is trained, nothing is put in the store."""

import streamlit as st

from explorer.charts.board.component import board
from explorer.files.recordings import Recording, of_lesson, recorded
from explorer.report import verdicts
from explorer.report.formatting import escaped, paragraphs
from explorer.report.meaning import meaning
from explorer.views.train import prediction
from resnet.lessons import LESSONS

REPLAYED = "replayed_lesson"  # session state: the lesson that is played back
CHART_HEIGHT = 450


def offer(lesson: str) -> None:
    """The buttons that play a lesson's recordings, where any ship with the program."""
    found = of_lesson(lesson)
    columns = st.columns([2.4, 4.4, 5.2]) if found else []
    for column, (name, recording) in zip(columns, found.items(), strict=False):
        title = recording.snapshot.comparison.title
        words = "Replay a recorded run" if name == lesson else f"Replay: {escaped(title)}"
        if column.button(
            words,
            icon=":material/replay:",
            key="replay_offer" if name == lesson else f"replay_offer_{name}",
            help="Needs no training here. "
            + escaped(f"Made on {recording.machine}, with {recording.data}."),
            width="stretch",
        ):
            st.session_state[REPLAYED] = name
            st.session_state.pop("comparison", None)
            st.rerun()


def lesson_of(name: str) -> str:
    """The lesson of a recording; what is no recording's name is taken for a lesson's."""
    recording = recorded().get(name)
    return recording.lesson if recording else name


def replay(name: str) -> None:
    """The recording of a lesson, with its player; the outcome waits behind a button."""
    recording = recorded().get(name)
    lesson = LESSONS.get(lesson_of(name))
    if recording is None or lesson is None:
        st.warning(
            f"There is no recording of {escaped(repr(name))} here; "
            "launch the lesson itself with the row above."
        )
        return
    words, buttons = st.columns([8, 2.4], vertical_alignment="center")
    title = f"**{escaped(recording.snapshot.comparison.title)}**, recorded."
    words.markdown(f"{title} :gray[{escaped(label(recording))}]")
    if buttons.button("Leave the replay", key="leave_replay", width="stretch"):
        del st.session_state[REPLAYED]
        st.rerun()
    predicted = prediction.chosen(lesson.name)
    if predicted is None and lesson.choices:
        prediction.ask(lesson)
    board(recording.snapshot, f"replay_{name}", height=CHART_HEIGHT, replay=True)
    with st.expander("The outcome"):
        st.markdown(f"##### {escaped(verdicts.verdict_of(recording.snapshot))}")
        came_true = prediction.outcome(lesson, recording.snapshot)
        if predicted is not None and came_true is not None:
            right = "which is what it shows" if predicted == came_true else "but it shows"
            shown = "" if predicted == came_true else f" *{lesson.choices[came_true]}*"
            st.markdown(f"You predicted *{lesson.choices[predicted]}* {right}{shown}")
        st.markdown(meaning(lesson, recording.snapshot))
        grey = [
            f":gray[{escaped(line)}]" for line in verdicts.evidence(recording.snapshot).splitlines()
        ]
        st.markdown(paragraphs("\n".join(grey)))
    st.caption("Made by:")
    st.code(recording.command, language=None, wrap_lines=True)


def label(recording: Recording) -> str:
    """What made it: machine, images, seeds, and the program's commit where that is known."""
    seeds = recording.snapshot.comparison.seeds
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {', '.join(map(str, seeds))}"
    commit = f"; commit {recording.commit}" if recording.commit else ""
    return f"{recording.machine}; {recording.data}; {named}{commit}."
