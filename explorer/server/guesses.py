"""Words that only some know, and what guessing them costs: the guesser alone."""

import hmac
import time

import streamlit as st

COSTS = 1.0  # seconds that the first wrong word costs the session that entered it
COSTS_AT_MOST = 16.0  # each further one costs it twice as much


def right(text: str, word: str, of: str) -> bool:
    """Whether this is the word; where it is not, the session that asks waits, and nobody else.

    The right word is taken at once, whoever guesses meanwhile. Sessions cost a guesser nothing, so
    what keeps a word safe is its length.

    of  what the word opens, for which its wrong guesses are counted
    """
    key = f"wrong_guesses_{of}"
    if word and hmac.compare_digest(text.strip().encode(), word.encode()):
        st.session_state.pop(key, None)
        return True
    wrong = st.session_state.get(key, 0)
    st.session_state[key] = wrong + 1
    time.sleep(min(COSTS * 2 ** min(wrong, 10), COSTS_AT_MOST))
    return False
