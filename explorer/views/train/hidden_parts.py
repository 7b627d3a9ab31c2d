"""What of the Train page a link may leave out, so that a class sees what the lesson needs."""

import streamlit as st

PARTS = {
    "launch": "the row that launches",
    "controls": "pause, stop and the other controls",
    "verdict": "the verdict",
    "details": "what is below the charts",
}
_HIDDEN = "train_hidden"


def read_hidden(text: str) -> None:
    """Takes the comma-separated names of a link's `hide`; those it does not know are dropped."""
    st.session_state[_HIDDEN] = [name for name in text.split(",") if name in PARTS]


def hidden() -> list[str]:
    return list(st.session_state.get(_HIDDEN, []))


def shows(part: str) -> bool:
    return part not in hidden()


def in_link() -> dict[str, str]:
    """The query parameter that hides what is hidden now."""
    return {"hide": ",".join(hidden())} if hidden() else {}
