"""The teacher: whoever has entered the token that the server was started with (RESNET_TEACHER).

A teacher may reorder the line, and stop, rename or delete what others launched.
"""

import os

import streamlit as st

from explorer.server import guesses

_KEY = "teacher"  # in the session


def token() -> str:
    """The server's token; "" where it has none, and nobody is asked for one."""
    return os.environ.get("RESNET_TEACHER", "").strip()


def entered() -> bool:
    """Whether this session has entered the token."""
    return bool(token()) and st.session_state.get(_KEY, False)


def enter(text: str) -> str:
    """Takes a token; returns "" if it is the teacher's, else a sentence that says what is wrong."""
    if not text.strip():
        return "No token was entered; it is the value of RESNET_TEACHER on the server."
    if guesses.right(text, token(), _KEY):
        st.session_state[_KEY] = True
        return ""
    return (
        "This is not the teacher's token; it is the value of RESNET_TEACHER with which the server "
        "was started."
    )


def leave() -> None:
    """From now on this session acts for its own visitor only."""
    st.session_state.pop(_KEY, None)
