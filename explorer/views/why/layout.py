"""How every panel draws: headline numbers and sentences, and one chart with its heading."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.charts.figure.component import live_chart
from explorer.report.formatting import unlinked
from resnet.labs.sentences import Said

if TYPE_CHECKING:
    import plotly.graph_objects as go


# What Markdown acts on in a line: emphasis, code, links, colours, icons, bare addresses, lists.
ACTIVE = re.compile(r"[\\`*_\[\]$~<>|&#]|:(?=\S)|(?<=[^\W\d])\.(?=\w)|^[-+]|(?<=^\d)\.(?=\s)")

Results = Sequence[Any]
Show = Callable[[Results, str], None]


def told(say: Callable[[Results], Said]) -> Callable[[Show], Show]:
    """A panel's `show` with what is said of the results around its figures.

    The numbers and what was found stand before them, where a class sees all at once; the source
    and what differs from it, behind.
    """

    def around(show: Show) -> Show:
        @wraps(show)
        def inside(results: Results, theme: str) -> None:
            said = say(results)
            found, *more = said.sentences
            _numbers(said)
            _sentence(found)
            show(results, theme)
            for sentence in more:
                _sentence(sentence)

        return inside

    return around


def _numbers(said: Said) -> None:
    with st.container(horizontal=True):
        for label, value, note in said.numbers:
            st.metric(
                _plain(label),
                _plain(value),
                _plain(note) or None,
                width="content",
                delta_color="off",
                delta_arrow="off",
            )


def _sentence(text: str) -> None:
    st.markdown(_plain(text).replace(" %", "\u00a0%"))


def _plain(text: str) -> str:
    """Words of a lab are plain text, and names of classes in them are anybody's."""
    return ACTIVE.sub(r"\\\g<0>", unlinked(text))


def begin(key: str, value: Any) -> str:
    """The widget's key; it begins at `value` where neither a link nor a person set it before.

    A default given to the widget itself would be warned of where a link sets another.
    """
    st.session_state.setdefault(key, value)
    return key


def chart(figure: go.Figure, key: str, heading: str) -> None:
    """A figure at its own height under a heading, which a screen reader reads as well.

    Drawn like every chart of the app, so that zoom and hidden curves survive a refresh.
    """
    with st.container(gap=None):
        st.markdown(f"**{heading}**")
        live_chart(str(figure.to_json()), key, int(figure.layout.height or 380), heading)
