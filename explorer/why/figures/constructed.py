"""Lab "constructed": the deep net trained from the construction, and from a random start."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer import palette
from explorer.why.figures.style import axis, framed, level
from resnet.labs.results import Constructed, Curve
from resnet.spec import NetSpec

WAYS = ("built", "random start")


def training_figure(result: Constructed, theme: str) -> go.Figure:
    """Training error dashed, test error solid, of both; the shallow net's error as a grey line."""
    traces = []
    for curve, words, shade, symbol in _curves(result, theme):
        for errors, kind in ((curve.train_error, "training"), (curve.test_error, "test")):
            traces.append(
                _line(curve, errors, f"{words}: {kind}", shade, symbol, solid=kind == "test")
            )
    figure = framed(traces, _iterations(), axis("top-1 error, %", range=[0, 100]), height=400)
    return level(
        figure, result.shallow_errors[0], f"{NetSpec.parse(result.shallow).title}: training"
    )


def loss_figure(result: Constructed, theme: str) -> go.Figure:
    """The loss on mini-batches of both, as means since the point before."""
    traces = [
        _line(curve, curve.loss, words, shade, symbol, solid=False)
        for curve, words, shade, symbol in _curves(result, theme)
    ]
    y = axis("training loss (cross-entropy)", rangemode="tozero")
    return framed(traces, _iterations(), y, height=400)


def _curves(result: Constructed, theme: str) -> Iterator[tuple[Curve, str, str, str]]:
    """Both ways to the same net: shades and markers tell them apart, the hue says the kind."""
    deep = [NetSpec.parse(result.deep)] * 2
    curves = (result.from_built, result.from_random)
    return zip(curves, WAYS, palette.colours(deep, theme), palette.markers(deep), strict=True)


def _line(
    curve: Curve, values: np.ndarray, name: str, shade: str, symbol: str, *, solid: bool
) -> go.Scatter:
    known = np.flatnonzero(np.isfinite(values))
    return go.Scatter(
        x=curve.iterations[known],
        y=values[known],
        mode="lines+markers",
        name=name,
        line={"color": shade, "width": 4 if solid else 2.5, "dash": "solid" if solid else "dash"},
        marker={"symbol": symbol, "size": 11 if solid else 8, "color": shade},
        cliponaxis=False,
        hovertemplate="iteration %{x}: %{y:.3g}<extra>%{fullData.name}</extra>",
    )


def _iterations() -> dict[str, Any]:
    return axis("iteration", rangemode="tozero")
