"""Predict, then reveal: a class chooses what will happen before the curves show."""

from collections import Counter

import streamlit as st

from explorer.report import verdicts
from explorer.server import shared, visitor
from explorer.server.once import Fresh, OnceEach
from explorer.store.predictions import Predictions
from explorer.store.snapshots import Snapshot
from resnet.lessons import CLEARLY, LESSONS, Lesson

FRESH_FOR = 2.0  # seconds; one reading of what a class predicts serves all of it
PREDICTION = "prediction"  # session state: the choice for the lesson that is about to be launched


def ask(lesson: Lesson) -> None:
    """The question and its choices, before a launch."""
    st.markdown(f"#### {lesson.question}")
    _choices(lesson, f"{PREDICTION}_{lesson.name}")


def chosen(lesson: str | None) -> int | None:
    """What this visitor has predicted of a lesson that is not launched yet."""
    return st.session_state.get(f"{PREDICTION}_{lesson}") if lesson else None


def keep(comparison: str, lesson: str | None) -> None:
    """Keeps the prediction made before the launch with what was launched."""
    choice = chosen(lesson)
    if choice is not None:
        _keep(comparison, choice)


def gate(snapshot: Snapshot) -> bool:
    """For a link that asks first: the question in place of the curves, until it is answered.

    Returns whether the curves may show.
    """
    comparison = snapshot.comparison
    lesson = LESSONS.get(comparison.lesson or "")
    wanted = st.session_state.get("predict_first") == comparison.id
    if lesson is None or not wanted or _mine(comparison.id) is not None:
        return True
    st.markdown(f"#### {lesson.question}")
    key = f"{PREDICTION}_{comparison.id}"
    choice = _choices(lesson, key)
    with st.container(horizontal=True):
        if st.button("Show the curves", type="primary", disabled=choice is None, key="show_curves"):
            _keep(comparison.id, int(choice or 0))
            st.rerun()
        if st.button("Without a prediction", type="tertiary", key="skip_prediction"):
            del st.session_state["predict_first"]
            st.rerun()
    return False


def reveal(snapshot: Snapshot) -> None:
    """What this visitor and the class predicted; once it has finished, what came true."""
    lesson = LESSONS.get(snapshot.comparison.lesson or "")
    if lesson is None:
        return
    mine, everybody = _mine(snapshot.comparison.id), _all(snapshot.comparison.id)()
    if mine is None and not everybody:
        return
    came_true = outcome(lesson, snapshot)
    sentences = []
    if mine is not None:
        sentences.append(f"You predicted: *{_quoted(lesson, mine)}*.")
    if came_true is not None:
        right = mine == came_true
        sentences.append(
            "That is what these runs show."
            if right
            else f"These runs show: *{_quoted(lesson, came_true)}*."
        )
    elif not snapshot.comparison.active:
        sentences.append("These runs cannot tell which of the choices is true.")
    if len(everybody) > 1:
        counts = Counter(everybody.values())
        votes = ", ".join(
            f"{count} said “{_quoted(lesson, choice)}”" for choice, count in counts.most_common()
        )
        sentences.append(f"Of {len(everybody)} who predicted, {votes}.")
    st.markdown(":gray[" + " ".join(sentences) + "]")


def outcome(lesson: Lesson, snapshot: Snapshot) -> int | None:
    """The choice that came true, over all seeds; None before the end or where they cannot tell."""
    if snapshot.comparison.active:
        return None
    return lesson.answer(verdicts.results(snapshot))


def _choices(lesson: Lesson, key: str) -> int | None:
    """The choices; what was chosen is kept under `key` when they are no longer on the page."""
    choices = range(len(lesson.choices))
    widget = f"{key}_choice"

    def remember() -> None:
        st.session_state[key] = st.session_state[widget]

    st.radio(
        "What do you predict?",
        choices,
        index=st.session_state.get(key),
        format_func=lesson.choices.__getitem__,
        key=widget,
        on_change=remember,
        help=CLEARLY if any("clear" in choice for choice in lesson.choices) else None,
    )
    return st.session_state.get(key)


def _quoted(lesson: Lesson, choice: int) -> str:
    known = 0 <= choice < len(lesson.choices)
    return lesson.choices[choice].rstrip(".") if known else "something else"


def _keep(comparison: str, choice: int) -> None:
    Predictions(shared.store()).predict(comparison, visitor.me().id, choice)
    _all(comparison).changed()  # or this visitor would be asked again


def _mine(comparison: str) -> int | None:
    return _all(comparison)().get(visitor.me().id)


def _read(comparison: str) -> Fresh[dict[str, int]]:
    return Fresh(lambda: Predictions(shared.store()).all(comparison), FRESH_FOR)


_all = OnceEach(_read, most=64)
