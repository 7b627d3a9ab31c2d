"""A store that cannot be used is told in a sentence on any page, wherever it was met.

A page is many fragments that are drawn again by themselves; Streamlit 1.67 shows the type of an
error that leaves one, and writes a traceback to the terminal each time.
"""

from functools import cache
from typing import Any

import streamlit as st
from streamlit import error_util

from explorer.report import formatting
from explorer.store.trouble import StoreError


def say(error: BaseException) -> None:
    st.error(formatting.escaped(str(error)))


@cache
def show() -> None:
    """For all sessions of this server; the app calls it at each run."""
    shown, logged = error_util.show_uncaught_app_exception, error_util._log_uncaught_app_exception

    def in_a_sentence(error: BaseException) -> None:
        if isinstance(error, StoreError):
            say(error)
        else:
            shown(error)

    def unless_told(error: BaseException) -> None:
        if not isinstance(error, StoreError):  # the server's thread has said it once
            logged(error)

    mended: Any = error_util
    mended.show_uncaught_app_exception = in_a_sentence
    mended._log_uncaught_app_exception = unless_told
