"""The five likeliest classes of one image, as bars, net beside net."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from explorer.views.why.style import axis, framed, looks, plain
from resnet.labs.sees.result import Seen

BAR = 46  # px
MARGIN = {"l": 10, "r": 15, "t": 34, "b": 10}  # px; the names of the nets stand above
HATCH = "/"  # bars of classes that are not what the image is


def answers_figure(results: Sequence[Seen], theme: str) -> go.Figure:
    """A panel for each net: its top classes, the likeliest first; the right one is filled."""
    count = len(results)
    gap = 0.11
    width = (1 - gap * (count - 1)) / count
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": [], "showlegend": False}
    for place, (look, each) in enumerate(zip(looks(results, theme), results, strict=True)):
        suffix = str(place + 1) if place else ""
        left = place * (width + gap)
        percent = [100 * share for share in each.top_probabilities]
        traces.append(
            go.Bar(
                x=percent, y=[plain(name) for name in each.top], orientation="h", name=look.name,
                xaxis=f"x{suffix}", yaxis=f"y{suffix}",
                marker={
                    "color": look.colour,
                    "pattern": {
                        "shape": ["" if name == each.label else HATCH for name in each.top],
                        "solidity": 0.35, "fillmode": "overlay",
                    },
                },
                text=[_label(name, share, each.label)
                      for name, share in zip(each.top, percent, strict=True)],
                textposition="outside", cliponaxis=False, textfont={"size": 15},
                hovertemplate=f"{look.name}: %{{y}} %{{x:.1f}} %<extra></extra>",
            )
        )  # fmt: skip
        layout[f"xaxis{suffix}"] = axis(
            "probability, %", domain=(left, left + width), anchor=f"y{suffix}", range=[0, 128],
            tickvals=[0, 25, 50, 75, 100],
        )  # fmt: skip
        layout[f"yaxis{suffix}"] = axis(
            "", anchor=f"x{suffix}", autorange="reversed", type="category", ticksuffix=" ",
            showgrid=False,
        )  # fmt: skip
        layout["annotations"].append(
            {"text": f"<b>{look.name}</b>", "x": left, "y": 1, "xref": "paper", "yref": "paper",
             "xanchor": "left", "yanchor": "bottom", "showarrow": False}
        )  # fmt: skip
    x, y = layout.pop("xaxis"), layout.pop("yaxis")
    longest = max(len(each.top) for each in results)
    return framed(traces, x, y, height=100 + BAR * longest, margin=MARGIN, **layout)


def _label(name: str, percent: float, label: str | None) -> str:
    words = f"{percent:.0f} %" if percent >= 1 else "under 1 %"
    return f"{words} ✓" if name == label else words
