"""Layer responses, as in Fig. 7 of the paper."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.responses.figures import in_order_figure, ranked_figure
from explorer.views.why.layout import chart, told
from explorer.views.why.panel import Panel
from resnet.labs import LABS
from resnet.labs.responses.result import Responses
from resnet.labs.responses.words import said


@told(said)
def show(results: Sequence[Responses], theme: str) -> None:
    left, right = st.columns(2)
    with left:
        chart(in_order_figure(results, theme), "why_responses_in_order", "Layer by layer")
    with right:
        chart(ranked_figure(results, theme), "why_responses_ranked", "Sorted by size")


PANEL = Panel(
    LABS["responses"],
    "How strongly does each 3x3 layer answer? See whether residual layers change the signal less "
    "than plain ones, and less still in a deeper net.",
    show,
)
