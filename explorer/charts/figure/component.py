"""The live chart: one plotly figure on one DOM node, redrawn by `Plotly.react`.

Zoom, hidden curves and hover survive a refresh, which `st.plotly_chart` does not give.
"""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.charts.static_files import plotly_source

_HERE = Path(__file__).parent


def live_chart(figure: str, key: str, height: int, label: str) -> None:
    """Shows a figure (plotly JSON) that later calls with the same key redraw in place.

    label  says to a screen reader what the chart shows
    """
    _component()(
        key=key,
        data={"figure": figure, "height": height, "label": label, "source": plotly_source()},
        height=height,
    )


@cache
def _component() -> Any:
    return st.components.v2.component(
        "resnet_explorer_live_chart",
        html='<div class="live-chart" role="img" tabindex="0"></div>\n',
        css=(_HERE / "figure.css").read_text("utf-8"),
        js=(_HERE / "figure.js").read_text("utf-8"),
        isolate_styles=False,
    )
