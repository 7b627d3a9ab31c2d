"""The live board of the Train page: curves and gradients of a comparison, drawn in the browser."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import streamlit as st

from explorer.charts.board.payload import payload
from explorer.charts.static_files import plotly_source, scripts
from explorer.store.snapshots import Snapshot
from resnet.paper.comparable import PaperPoint

# What a refresh sends along; the rest is served once. The bytes: the length of the page's own
# settings (4 bytes), these as JSON, the payload.
LOADER = """
export default async ({ data, parentElement }) => {
  const size = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  const page = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + size)));
  const served = (path) => new URL(path, document.baseURI).href;
  const { show } = await import(served(page.scripts + "/board.js"));
  return show(parentElement, page, data.subarray(4 + size));
};
"""


def board(
    snapshot: Snapshot,
    key: str,
    *,
    height: int,
    replay: bool = False,
    baseline: Snapshot | None = None,
    overlay: Sequence[PaperPoint] = (),
) -> None:
    """Shows the curves and gradients of a comparison; later calls with the key redraw in place.

    height    in pixels, toolbar included
    replay    with a player that reveals the rows by their recorded seconds
    baseline  another comparison, drawn behind in grey
    overlay   reference points of the errors, such as the paper's

    What a reader chooses (axes, smoothing, hidden nets, zoom) is kept in the browser for the key.
    """
    page = {
        "key": key,
        "height": height,
        "replay": replay,
        "scripts": scripts(),
        "plotly": plotly_source(),
    }
    words = json.dumps(page).encode()
    packed = payload(snapshot, baseline, overlay)
    _component()(key=key, data=len(words).to_bytes(4, "little") + words + packed)


@cache
def _component() -> Any:
    return st.components.v2.component(
        "resnet_explorer_board",
        html=f'<link rel="stylesheet" href="{scripts()}/board.css">\n<div class="board"></div>\n',
        js=LOADER,
        isolate_styles=False,
    )
