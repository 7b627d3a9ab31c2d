"""Lab "constructed": the deep net trained from the construction, and from a random start."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts import palette
from explorer.views.why.style import GREY, axis, framed
from resnet.labs.constructed.result import Constructed
from resnet.labs.result import TrainingCurve
from resnet.spec import NetSpec, Recipe

WAYS = ("built", "random start")


def training_figure(result: Constructed, theme: str) -> go.Figure:
    """Training error dashed, test error solid, of both; the shallow net's error as a grey line."""
    traces = []
    for curve, words, shade, symbol in _curves(result, theme):
        for errors, kind in ((curve.train_error, "training"), (curve.test_error, "test")):
            traces.append(
                _line(curve, errors, f"{words}: {kind}", shade, symbol, solid=kind == "test")
            )
    # a trace, for a shape in the legend of a chart without points makes plotly.js stumble
    traces.append(
        go.Scatter(
            x=[0, _last(result)],
            y=[result.shallow_errors[0]] * 2,
            mode="lines",
            name=f"{NetSpec.parse(result.shallow).title}: training",
            line={"color": GREY, "width": 2.5, "dash": "dot"},
            hoverinfo="skip",
        )
    )
    return framed(traces, _iterations(result), axis("top-1 error, %", range=[0, 100]), height=400)


def loss_figure(result: Constructed, theme: str) -> go.Figure:
    """The loss on mini-batches of both, as means since the point before."""
    traces = [
        _line(curve, curve.loss, words, shade, symbol, solid=False)
        for curve, words, shade, symbol in _curves(result, theme)
    ]
    y = axis("training loss (cross-entropy)", rangemode="tozero")
    return framed(traces, _iterations(result), y, height=400)


def _curves(result: Constructed, theme: str) -> Iterator[tuple[TrainingCurve, str, str, str]]:
    """Both ways to the same net: shades and markers tell them apart, the hue says the kind."""
    deep = [NetSpec.parse(result.deep)] * 2
    curves = (result.from_built, result.from_random)
    return zip(curves, WAYS, palette.colours(deep, theme), palette.markers(deep), strict=True)


def _line(
    curve: TrainingCurve, values: np.ndarray, name: str, shade: str, symbol: str, *, solid: bool
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


def _iterations(result: Constructed) -> dict[str, Any]:
    """All that are to come, so that nothing moves while they come."""
    return axis("iteration", range=[0, _last(result)])


def _last(result: Constructed) -> int:
    return Recipe.from_json(result.recipe).iterations
