"""What the labs' figures have in common: names and looks of nets, axes, legend, stage boundaries.

Text and grid take the page's colours when `explorer.charts.figure` draws a figure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, inf, log10
from typing import Any

import plotly.graph_objects as go

from explorer.charts import palette
from resnet.labs.sentences import names
from resnet.spec import NetSpec

GREY = "#808890"  # readable on either page
HEIGHT = 380  # px
FONT = 15
MOST_TICKS = 6  # of a log axis, about
ROW = 0.085  # of the height of the axes: a row of words above them


@dataclass(frozen=True)
class Look:
    """How one result is drawn everywhere: its net, the name that people read, colour and marker."""

    spec: NetSpec
    name: str
    colour: str
    symbol: str

    def line(self, points: int, width: float = 2.5) -> dict[str, Any]:
        """A curve, its markers the smaller the more points the longest curve of the chart has."""
        size = 9 if points <= 12 else 7 if points <= 25 else 5 if points <= 120 else 3
        return {
            "mode": "lines+markers",
            "line": {"color": self.colour, "width": width},
            "marker": {"color": self.colour, "symbol": self.symbol, "size": size},
        }


def looks(results: Sequence[Any], theme: str) -> list[Look]:
    """A look for each result that has a `net`, no two the same; `theme` is "light" or "dark"."""
    specs = [NetSpec.parse(each.net) for each in results]
    shades, symbols = palette.colours(specs, theme), palette.markers(specs)
    return [Look(*each) for each in zip(specs, names(results), shades, symbols, strict=True)]


def framed(
    traces: Sequence[Any],
    x: Mapping[str, Any],
    y: Mapping[str, Any],
    *,
    height: int = HEIGHT,
    **layout: Any,
) -> go.Figure:
    """One chart with its legend above; `x` and `y` are from `axis` or `log_axis`."""
    return go.Figure(
        list(traces),
        {
            "height": height,
            "font": {"size": FONT},
            "margin": {"l": 10, "r": 15, "t": 10, "b": 10},
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"size": FONT},
                "itemsizing": "constant",
            },
            "hovermode": "closest",
            "uirevision": "kept",
            "xaxis": dict(x),
            "yaxis": dict(y),
            **layout,
        },
    )


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis whose title is words with units."""
    return {"title": {"text": title, "standoff": 8}, "automargin": True, **more}


def log_axis(title: str, values: Iterable[float] = (), **more: Any) -> dict[str, Any]:
    """Ticks no closer than `values`, what is drawn, need: at powers of ten, or at 1, 2 and 5."""
    shown = [value for value in values if 0 < value < inf]
    decades = log10(max(shown) / min(shown)) if shown else 0.0
    ticks: dict[str, Any] = {}
    if decades > 0.7:
        ticks["dtick"] = ceil(decades / MOST_TICKS) if decades > 1.5 else "D2"
    return axis(title, type="log", exponentformat="power", **ticks, **more)


def stage_lines(figure: go.Figure, stages: Sequence[Sequence[int]]) -> go.Figure:
    """Marks where the next stage begins, over an x axis that numbers things from 1; the legend goes
    above the words.

    stages  of each net: the stage of every layer (or block) in order; nets of one length share
            lines, and lines of different lengths say whose they are
    """
    lengths = sorted({tuple(each) for each in stages}, key=len)
    figure.update_layout(legend_y=1.02 + ROW * len(lengths))
    for row, each in enumerate(lengths):
        for at, (before, after) in enumerate(pairwise(each), start=1):
            if after == before:
                continue
            words = f"stage {after}"
            if len(lengths) > 1:  # the last one has room beside it
                words = f"{words} (of {len(each)})" if after == max(each) else str(after)
            figure.add_shape(
                type="line", x0=at + 0.5, x1=at + 0.5, y0=0, y1=1, yref="paper", layer="below",
                line={"color": GREY, "width": 1.5, "dash": "dot"},
            )  # fmt: skip
            figure.add_annotation(
                x=at + 0.5, y=1 + ROW * row, yref="paper", xanchor="left", yanchor="bottom",
                text=words, showarrow=False, font={"size": 13, "color": GREY},
            )  # fmt: skip
    return figure


def level(figure: go.Figure, y: float, name: str) -> go.Figure:
    """A dotted grey line across the chart at `y`, named in the legend."""
    return figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=y, y1=y, layer="below", name=name,
        showlegend=True, line={"color": GREY, "width": 2.5, "dash": "dot"},
    )  # fmt: skip


def plain(text: str) -> str:
    """Text that plotly draws as it is: it takes <a>, <b> and the like for commands."""
    return escape(text, quote=False)
