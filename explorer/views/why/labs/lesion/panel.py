"""Remove a block: one, several, or change their order."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.lesion.figures import deleted_figure, single_figure, swapped_figure
from explorer.views.why.layout import chart, told
from explorer.views.why.panel import Panel
from resnet.labs import LABS
from resnet.labs.lesion.result import Lesion
from resnet.labs.lesion.words import said


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
