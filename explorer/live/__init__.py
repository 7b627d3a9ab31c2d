"""The live chart: one plotly figure on one DOM node, redrawn by `Plotly.react`.

Zoom, hidden curves and hover survive a refresh, which `st.plotly_chart` does not give.
"""

import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import plotly
import streamlit as st
from plotly.offline import get_plotlyjs_version

_HERE = Path(__file__).parent
_STATIC = _HERE.parent / "static"


def live_chart(figure: str, key: str, height: int, label: str) -> None:
    """Shows a figure (plotly JSON) that later calls with the same key redraw in place.

    label  says to a screen reader what the chart shows
    """
    _component()(
        key=key,
        data={"figure": figure, "height": height, "label": label, "source": _source()},
        height=height,
    )


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component(
        "resnet_explorer_live_chart",
        html='<div class="live-chart" role="img" tabindex="0"></div>\n',
        css=(_HERE / "chart.css").read_text("utf-8"),
        js=(_HERE / "chart.js").read_text("utf-8"),
        isolate_styles=False,
    )


@lru_cache(maxsize=1)
def _source() -> str:
    """URL of plotly.js, copied once out of the installed plotly package to where it is served."""
    name = f"plotly-{get_plotlyjs_version()}.min.js"
    if not (_STATIC / name).exists():
        _STATIC.mkdir(exist_ok=True)
        fresh = _STATIC / f"{name}.part"
        shutil.copyfile(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", fresh)
        fresh.replace(_STATIC / name)
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}/app/static/{name}"
