"""A net's picture and the table of its layers as one component, linked in the browser.

Folding, hovering, selecting and the switch from MACs to FLOPs need no answer from the server, and
survive every rerun of the page that shows the same net.
"""

from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.views.builder.sections.layers.anatomy.payload import payload_json
from resnet.spec import NetSpec

_HERE = Path(__file__).parent
_SCRIPTS = ("rows.js", "picture.js", "columns.js", "table.js", "anatomy.js")  # one module


def anatomy(
    spec: NetSpec,
    key: str,
    unit: str = "macs",
    height: int = 420,
    hide: Collection[str] = (),
    on_unit: Callable[[str], None] | None = None,
    layer: str = "",
    on_layer: Callable[[str], None] | None = None,
) -> None:
    """Shows the picture of a net and, under it, its layers one by one.

    unit    "macs" or "flops" (2 x MACs), which the component's own switch can change
    on_unit  told when a visitor changes it
    layer    the one that is chosen when the net is first shown, by the Plan's name
    on_layer told when a visitor chooses another
    height  of the table's frame, in pixels
    hide    "picture" or "table", for a page that shows only the other
    """

    def told(name: str, listener: Callable[[str], None] | None) -> Callable[[], None]:
        def changed() -> None:
            chosen = st.session_state[key].get(name)
            if listener and chosen:
                listener(chosen)

        return changed

    _component()(
        key=key,
        on_unit_change=told("unit", on_unit),
        on_layer_change=told("layer", on_layer),
        data={
            "payload": payload_json(spec),
            "unit": unit,
            "layer": layer,
            "height": height,
            "hide": " ".join(hide),
        },
    )


@cache
def _component() -> Any:
    return st.components.v2.component(
        "resnet_explorer_anatomy",
        html='<div class="anatomy"></div>\n',
        css=(_HERE / "anatomy.css").read_text("utf-8"),
        js="\n".join((_HERE / name).read_text("utf-8") for name in _SCRIPTS),
        isolate_styles=False,
    )
