"""The panel of the lab "confusion"."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.confusion.figures import confusion_figure
from explorer.views.why.labs.sees.pictures import gallery
from explorer.views.why.layout import chart, told
from explorer.views.why.panel import Panel
from resnet.labs import LABS
from resnet.labs.sees.confusion_words import said
from resnet.labs.sees.result import Confusion
from resnet.labs.sentences import names

FIRST = 6  # mistakes that are shown at once


@told(said)
def show(results: Sequence[Confusion], theme: str) -> None:
    named = names(results)
    columns = st.columns(min(2, len(results)))
    for place, (name, each) in enumerate(zip(named, results, strict=True)):
        with columns[place % len(columns)]:
            chart(
                confusion_figure(each, theme),
                f"why_confusion_{place}_of_{len(results)}",
                f"{name}: images by what they are and what it said (shade: share of the row)",
            )
    for name, each in zip(named, results, strict=True):
        st.markdown(f"**The mistakes that {name} is surest of**")
        if not each.mistakes:
            st.markdown(f"{name} makes none on these images.")
            continue
        st.html(gallery(each.mistakes[:FIRST]))
        if rest := each.mistakes[FIRST:]:
            with st.expander(f"{len(rest)} more"):
                st.html(gallery(rest))


PANEL = Panel(
    lab=LABS["confusion"],
    question="Which classes does a net take for which, and how sure is it when it is wrong?",
    show=show,
)
