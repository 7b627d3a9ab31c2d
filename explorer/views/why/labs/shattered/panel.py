"""The panel of the lab "shattered"."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.shattered.figures import (
    correlation_figure,
    depth_figure,
    gradient_figure,
)
from explorer.views.why.layout import begin, chart, told
from explorer.views.why.panel import Panel, Settings
from resnet.labs import LABS
from resnet.labs.sentences import names
from resnet.labs.shattered.result import Shattered
from resnet.labs.shattered.words import said
from resnet.spec.checks import listed

POINTS = (64, 128, 256, 512)
REACHES = {1.0: "all the way", 0.5: "half of it", 0.1: "a tenth of it"}


def settings() -> Settings:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        points = st.select_slider(
            "Inputs along the line", POINTS, key=begin("why_shattered_points", 256), width=260
        )
        reach = st.segmented_control(
            "How far from one image to another",
            list(REACHES),
            format_func=REACHES.__getitem__,
            required=True,
            key=begin("why_shattered_reach", 1.0),
        )
        seed = st.number_input(
            "Seed of the lines", 0, 999, key=begin("why_shattered_seed", 0), width=160
        )
    return {"points": points, "reach": reach, "seed": int(seed)}


@told(said)
def show(results: Sequence[Shattered], theme: str) -> None:
    who = listed(names(results))
    chart(
        gradient_figure(results, theme),
        "why_shattered_gradient",
        f"Gradient along a line of inputs: {who}, and noise to compare with",
    )
    by_depth = depth_figure(results, theme)
    columns = st.columns(2 if by_depth else 1)
    with columns[0]:
        chart(
            correlation_figure(results, theme),
            "why_shattered_correlation",
            "Autocorrelation of the gradient by lag",
        )
    if by_depth:
        with columns[1]:
            chart(by_depth, "why_shattered_depth", "Half-life of the autocorrelation by depth")


PANEL = Panel(
    lab=LABS["shattered"],
    question="Do neighbouring inputs still get related gradients, or does depth make noise of "
    "them?",
    settings=settings,
    show=show,
)
