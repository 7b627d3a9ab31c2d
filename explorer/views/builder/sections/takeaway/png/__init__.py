"""A button that turns an SVG into a PNG in the visitor's browser, and downloads it.

The server draws no pixels: the browser has the fonts and the renderer already.
"""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def png_button(label: str, picture: str, name: str, key: str) -> None:
    """Offers `picture`, a self-contained SVG, as the PNG file `name`, two pixels a unit."""
    _component()(
        key=key,
        data={"label": label, "svg": picture, "name": name, "scale": 2},
        width="stretch",
        height="content",
    )


@cache
def _component() -> Any:
    return st.components.v2.component(
        "resnet_explorer_png",
        html=(_HERE / "png.html").read_text("utf-8"),
        css=(_HERE / "png.css").read_text("utf-8"),
        js=(_HERE / "png.js").read_text("utf-8"),
    )
