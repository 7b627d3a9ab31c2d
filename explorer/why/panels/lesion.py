"""Remove a block: one, several, or change their order."""

from collections.abc import Sequence

import streamlit as st

from explorer.why.figures.lesion import deleted_figure, single_figure, swapped_figure
from explorer.why.panel import Panel
from explorer.why.panels.drawn import chart, told
from explorer.why.words.lesion import said
from resnet.labs import LABS
from resnet.labs.results.blocks import Lesion


@told(said)
def show(results: Sequence[Lesion], theme: str) -> None:
    chart(
        single_figure(results, theme),
        "why_lesion_single",
        "One block off: bars begin at the whole net's error, the line",
    )
    left, right = st.columns(2)
    with left:
        chart(
            deleted_figure(results, theme),
            "why_lesion_deleted",
            "Several blocks off: median, least and most",
        )
    with right:
        chart(
            swapped_figure(results, theme),
            "why_lesion_swapped",
            "Blocks swapped within their stage",
        )


PANEL = Panel(
    LABS["lesion"],
    "Take a trained net and switch blocks off: which net still knows what it saw, and which one "
    "is left guessing?",
    show,
)
