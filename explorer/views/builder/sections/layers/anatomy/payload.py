"""What the browser gets to draw a net and to list its layers: one compact JSON object.

The table goes as columns. A column of words is a list of different words (`words`) and, for each
row, an index into it (`at`). The picture goes as sections, in which a stage's further blocks, all
alike, are drawn once; the browser repeats them when it unfolds a stage.
"""

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import pyarrow as pa

from explorer.charts.diagram.layout import SECTION_GAP
from explorer.charts.diagram.pen import NUMBER, PANEL
from explorer.charts.diagram.picture import picture
from explorer.views.builder.sections.layers.table import layer_table
from resnet.cost import cost
from resnet.spec import NetSpec

WORDS = ("stage", "layer", "kind", "kernel", "input", "output")
NUMBERS = ("block", "stride", "parameters", "macs", "activation_bytes", "receptive_field")
LEGEND = 30.0  # height of the line under the picture


def payload(spec: NetSpec) -> dict[str, Any]:
    """The picture, the rows of the layer table in their order, and their totals.

    MACs, bytes (fp32) and the receptive field (pixels) are for one image of the paper's size.
    """
    total = cost(spec)
    table = layer_table(spec)
    return {
        "net": str(spec),
        "title": spec.title,
        "stages": len(total.plan.stages),
        "rows": table.num_rows,
        "words": {name: _dictionary(table[name]) for name in WORDS},
        "numbers": {name: table[name].to_pylist() for name in NUMBERS},
        "total": {
            "parameters": total.parameters,
            "macs": total.macs,
            "activation_bytes": total.activation_bytes,
            "receptive_field": total.receptive_field,
        },
        "picture": _picture(spec),
    }


@lru_cache(maxsize=16)
def payload_json(spec: NetSpec) -> str:
    """`payload(spec)` as it travels."""
    return json.dumps(payload(spec), separators=(",", ":"), ensure_ascii=False)


def _dictionary(column: pa.ChunkedArray) -> dict[str, Any]:
    encoded = column.combine_chunks().dictionary_encode()
    return {"words": encoded.dictionary.to_pylist(), "at": encoded.indices.to_pylist()}


def _picture(spec: NetSpec) -> dict[str, Any]:
    drawn = picture(cost(spec), titles=False)
    return {
        "label": drawn.title,
        "text": drawn.text,
        "width": round(drawn.width, 1),
        "height": PANEL + 2,
        "gap": SECTION_GAP,
        "number": NUMBER,
        "sections": [_rounded(asdict(each)) for each in drawn.sections],
        "legend": drawn.legend,
        "legend_top": PANEL + 2,
        "legend_height": LEGEND,
    }


def _rounded(section: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 1) if isinstance(value, float) else value
        for name, value in section.items()
    }
