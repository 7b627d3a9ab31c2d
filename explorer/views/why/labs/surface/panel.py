"""The panel of the lab "surface"."""

from collections.abc import Sequence

import streamlit as st

from explorer.views.why.labs.surface.contours import contour_figure
from explorer.views.why.labs.surface.heights import CUT, LOG, QUANTITIES
from explorer.views.why.labs.surface.relief import relief_figure
from explorer.views.why.layout import begin, chart, told
from explorer.views.why.panel import Panel, Settings
from resnet.labs import LABS
from resnet.labs.sentences import names
from resnet.labs.surface.result import Surface, begun, known
from resnet.labs.surface.words import said
from resnet.spec.checks import listed

SIDES = (5, 9, 17, 33, 65)
REACHES = (0.25, 0.5, 1.0)
COUNTS = (50, 100, 200, 500, 1000)
CONTOURS, RELIEF = "contours", "3-D"


def settings() -> Settings:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = st.select_slider(
            "Finer: points along a side",
            SIDES,
            format_func=lambda side: f"{side} x {side}",
            key=begin("why_surface_side", 9),
            width=300,
            help="Each step to the right has four times the points; those known are kept.",
        )
        reach = st.segmented_control(
            "How far from the net",
            REACHES,
            format_func=lambda reach: f"{reach:g}",
            required=True,
            key=begin("why_surface_reach", 1.0),
            help="1 changes every filter by as much as it is large.",
        )
        count = st.select_slider(
            "Images of each point",
            COUNTS,
            key=begin("why_surface_count", 200),
            width=200,
            help="More images take longer and make the loss steadier.",
        )
        seed = st.number_input(
            "Seed of the plane", 0, 999, key=begin("why_surface_seed", 0), width=160
        )
    return {"side": side, "reach": reach, "count": count, "seed": int(seed)}


@told(said)
def show(results: Sequence[Surface], theme: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control(
            "View", [CONTOURS, RELIEF], required=True, key=begin("why_surface_view", CONTOURS)
        )
        quantity = st.segmented_control(
            "Height",
            list(QUANTITIES),
            format_func=QUANTITIES.__getitem__,
            required=True,
            key=begin("why_surface_quantity", LOG),
        )
    view, quantity = view or CONTOURS, quantity or LOG
    who = listed(names(results))
    draw = relief_figure if view == RELIEF else contour_figure
    chart(
        draw(results, quantity, theme),
        f"why_surface_{view}_{len(results)}",
        f"{QUANTITIES[quantity].capitalize()} around {who}, on one scale",
    )
    st.caption(_caption(results, view, quantity))


def _caption(results: Sequence[Surface], view: str, quantity: str) -> str:
    mark = "pole stands on" if view == RELIEF else "star marks"
    words = [f"The {mark} the net as it is."]
    if quantity in (LOG, CUT):
        words.append("Where the loss is beyond the scale, or too large for a number, it is cut.")
    missing = [each for each in results if not known(each).all()]
    if missing:
        done = sum(int(known(each).sum()) for each in results)
        total = sum(each.error.size for each in results)
        words.append(
            f"{done:,} of {total:,} points are known"
            + (" (the dots)" if view == CONTOURS else "")
            + ("; between them the figure is filled in." if any(map(begun, missing)) else ".")
        )
    return " ".join(words)


PANEL = Panel(
    lab=LABS["surface"],
    question="What does the loss look like around a trained net, and what do shortcuts change?",
    settings=settings,
    show=show,
)
