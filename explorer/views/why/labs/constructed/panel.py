"""A deeper net that cannot be worse, built from a shallow one and trained beside a random start."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.constructed.figures import loss_figure, training_figure
from explorer.views.why.layout import begin, chart, told
from explorer.views.why.panel import Panel, Settings
from resnet.labs import LABS
from resnet.labs.constructed.result import Constructed
from resnet.labs.constructed.words import said, title

DEPTHS = (14, 20, 26, 32, 44, 56)
ITERATIONS = (40, 80, 160, 320, 640)
USUAL = 80  # iterations of the lab's own recipe


def settings() -> Settings:
    """The depth, and changes to the lab's recipe where there are any."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        depth = st.selectbox(
            "Depth of the deep net",
            DEPTHS,
            key=begin("why_constructed_depth", 56),
            width=180,
            help="Built from the chosen net, so it must be deeper than that.",
        )
        iterations = st.select_slider(
            "Iterations of training",
            ITERATIONS,
            key=begin("why_constructed_iterations", USUAL),
            width=260,
            help="More take longer, and tell better whether a gap is only a matter of time.",
        )
    chosen: Settings = {"depth": int(depth)}
    if iterations != USUAL:
        chosen["recipe"] = {"iterations": int(iterations)}
    return chosen


@told(said)
def show(results: Sequence[Constructed], theme: str) -> None:
    for number, result in enumerate(results):
        error, loss = st.columns(2)
        with error:
            chart(
                training_figure(result, theme),
                f"why_constructed_error_{number}",
                f"{title(result)}: error while it trains",
            )
        with loss:
            chart(
                loss_figure(result, theme),
                f"why_constructed_loss_{number}",
                f"{title(result)}: training loss",
            )


PANEL = Panel(
    LABS["constructed"],
    "Build a deep net that answers exactly as a shallow one does, and train on. Then start the "
    "same deep net at random: does training find anything as good?",
    show,
    settings,
    most=2,
)
