"""Short and long paths through a residual net."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.paths.figures import carried_figure, gradient_figure, lengths_figure
from explorer.views.why.layout import begin, chart, told
from explorer.views.why.panel import Panel, Settings
from resnet.labs import LABS
from resnet.labs.paths.result import Paths
from resnet.labs.paths.words import said


def settings() -> Settings:
    samples = st.slider(
        "Random paths of each length",
        2,
        30,
        step=2,
        key=begin("why_paths_samples", 6),
        width=260,
        help="More paths make the curves smoother and take longer.",
    )
    return {"samples": int(samples)}


@told(said)
def show(results: Sequence[Paths], theme: str) -> None:
    for column, draw, key, heading in zip(
        st.columns(3),
        (lengths_figure, gradient_figure, carried_figure),
        ("why_paths_lengths", "why_paths_gradient", "why_paths_carried"),
        (
            "How many paths there are",
            "What one path carries",
            "Both together (bar: 95 %)",
        ),
        strict=True,
    ):
        with column:
            chart(draw(results, theme), key, heading)


PANEL = Panel(
    LABS["paths"],
    "A residual net is a bundle of paths, through or past every block: on which of them does the "
    "gradient reach the input?",
    show,
    settings,
)
