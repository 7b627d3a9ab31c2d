"""How a residual net trains with other shortcuts than the identity.

Source: He et al. 2016, Table 1, Fig. 2 and Fig. 3.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts import palette
from explorer.views.why.style import axis, framed
from resnet.labs.variants.result import LOSS, TEST, TRAIN, Variants, diverged, values
from resnet.labs.variants.table import VARIANTS
from resnet.spec import NetSpec

QUANTITIES = {LOSS: "training loss", TRAIN: "training error", TEST: "test error"}
SYMBOLS = (
    "circle", "square-open", "diamond", "x", "triangle-up", "circle-open", "square",
    "diamond-open", "star",
)  # fmt: skip
HEIGHT = 470  # px
MARGINS = (15, 55)  # px, above and below
APART = 0.062  # of the axis: names closer than this would overlap


def curves_figure(result: Variants, quantity: str, theme: str) -> go.Figure:
    """A curve for each variant, its name at its end; the identity is the widest."""
    spec = NetSpec.parse(result.net)
    colours = palette.colours([spec] * len(result.trained), theme)
    traces, ends = [], []
    for place, (each, colour) in enumerate(zip(result.trained, colours, strict=True)):
        x, y = values(each, quantity)
        title = VARIANTS[each.name].title + (", diverged" if diverged(each) else "")
        if len(x):
            ends.append((float(x[-1]), float(y[-1]), title, colour))
        traces.append(
            go.Scatter(
                x=x, y=y, name=title, mode="lines+markers",
                line={
                    "color": colour,
                    "width": 5 if each.name == "identity" else 2.5,
                    "dash": "dash" if quantity == TRAIN else "solid",
                },
                marker={"color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 10},
                cliponaxis=False,
                hovertemplate=f"{title}, iteration %{{x}}: %{{y:.3g}}<extra></extra>",
            )
        )  # fmt: skip
    low, high = _range(result, quantity)
    title = "training loss, cross-entropy" if quantity == LOSS else f"{QUANTITIES[quantity]}, %"
    return framed(
        traces,
        axis("iteration", range=[0, _iterations(result)]),
        axis(title, range=[low, high]),
        height=HEIGHT, showlegend=False, annotations=_names(ends, low, high),
        margin={"l": 70, "r": 280, "t": MARGINS[0], "b": MARGINS[1]},
    )  # fmt: skip


def _iterations(result: Variants) -> int:
    """How long the training is, so that curves grow into the chart."""
    return int(json.loads(result.recipe)["iterations"])


def _range(result: Variants, quantity: str) -> tuple[float, float]:
    """Of the vertical axis, fixed so that names can be placed on it."""
    known = np.concatenate([values(each, quantity)[1] for each in result.trained] or [np.empty(0)])
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room


def _names(
    ends: Sequence[tuple[float, float, str, str]], low: float, high: float
) -> list[dict[str, Any]]:
    """The names right of the curves' ends, moved apart where they would overlap."""
    if not ends:
        return []
    last = max(x for x, _, _, _ in ends)
    shares = sorted(((y - low) / (high - low), y, title, colour) for _, y, title, colour in ends)
    places: list[float] = []
    for share, *_ in shares:
        places.append(max(share, places[-1] + APART) if places else share)
    over = max(0.0, places[-1] - 1)
    places = [place - over for place in places]
    for at in range(len(places) - 2, -1, -1):  # those below make room for what was moved down
        places[at] = min(places[at], places[at + 1] - APART)
    return [
        {
            "text": f"<b>{title}</b>" if title == VARIANTS["identity"].title else title,
            "x": last, "y": y, "xanchor": "left", "yanchor": "middle", "showarrow": True,
            "ax": 34, "ay": -(place - share) * (HEIGHT - sum(MARGINS)), "arrowhead": 0,
            "arrowwidth": 1, "arrowcolor": colour, "standoff": 8,
            "font": {"size": 14},
        }
        for (share, y, title, colour), place in zip(shares, places, strict=True)
    ]  # fmt: skip
