"""The class code: on a server that has one (RESNET_CLASS_CODE), nothing is shown without it."""

import os
import threading

import streamlit as st

from explorer.server import guesses

MOST = 10_000  # visitors that are remembered; of more, the first are asked again
_KEY = "class_code"  # in the session: the code with which it was let in
_let_in: dict[tuple[str, str], None] = {}  # code and visitor, in order; until the server ends
_lock = threading.Lock()


def code() -> str:
    """The server's code; "" where it has none, and nobody is asked for one."""
    return os.environ.get("RESNET_CLASS_CODE", "").strip()


def let_in(visitor: str) -> bool:
    """Whether this visitor's session may see the pages."""
    return (
        not code()
        or st.session_state.get(_KEY) == code()
        or (code(), visitor) in _let_in  # a reload, as long as the browser keeps its cookie
    )


def enter(text: str, visitor: str) -> str:
    """Takes a code; returns "" if it is right, else a sentence that says what is wrong."""
    if not text.strip():
        return "No code was entered; your teacher has it."
    if not guesses.right(text, code(), _KEY):
        return "This is not the class code; your teacher has it."
    st.session_state[_KEY] = code()
    with _lock:
        _let_in[code(), visitor] = None
        while len(_let_in) > MOST:
            del _let_in[next(iter(_let_in))]
    return ""
