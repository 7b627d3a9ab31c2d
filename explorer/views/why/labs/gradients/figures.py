"""Lab "gradients": signals forward, gradients backward, and what enters the activations."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.views.why.style import FONT, GREY, Look, axis, framed, log_axis, looks, stage_lines
from resnet.labs.gradients.activations import BOUNDS, EDGES, derivative
from resnet.labs.gradients.result import EDGES_OF_BINS, Gradients
from resnet.plan import plan
from resnet.spec import NetSpec

ROOM = 1.4  # of the largest bar: words stand above it


def forward_figure(results: Sequence[Gradients], theme: str) -> go.Figure:
    """The variance of every layer's output by its number, log; each net at each moment."""
    return _by_layer(results, theme, "variance", "variance")


def backward_figure(results: Sequence[Gradients], theme: str) -> go.Figure:
    """The norm of the gradient by every layer's output, log; each net at each moment."""
    return _by_layer(results, theme, "signal", "gradient of the output (L2 norm)")


def entering_figure(result: Gradients, at: int, moment: int, look: Look) -> go.Figure:
    """The derivative of the activation, over the histogram of what enters activation `at`.

    moment  which of the result's; grey fields are where the derivative is nearly flat
    """
    taken, kind = result.moments[moment], result.activation
    centres = (EDGES_OF_BINS[1:] + EDGES_OF_BINS[:-1]) / 2
    end = float(EDGES_OF_BINS[-1])
    shares = 100 * taken.histogram[at]
    x = np.linspace(-end, end, 321)
    bars = go.Bar(
        x=centres,
        y=shares,
        width=float(EDGES_OF_BINS[1] - EDGES_OF_BINS[0]),
        name="what enters (left)",
        marker={"color": look.colour, "line": {"width": 0}, "opacity": 0.8},
        hovertemplate="around %{x:.1f}: %{y:.1f} % of the values<extra></extra>",
    )
    slope = go.Scatter(
        x=x,
        y=derivative(kind, x),
        yaxis="y2",
        mode="lines",
        name=f"derivative (right), at most {BOUNDS[kind]:g}",
        line={"color": GREY, "width": 4, "shape": "hv" if kind == "relu" else "linear"},
        hovertemplate="at %{x:.2f} the derivative is %{y:.3f}<extra></extra>",
    )
    figure = framed(
        [bars, slope],
        axis(f"what enters the {_named(kind)}", range=[-end, end]),
        axis("share of the values, %", range=[0, max(10.0, ROOM * float(shares.max()))]),
        height=330,
        bargap=0,
        yaxis2={
            **axis("derivative", range=[0, ROOM * BOUNDS[kind]]),
            "tickmode": "array",
            "tickvals": [0, BOUNDS[kind] / 2, BOUNDS[kind]],
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
        },
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
    )
    flat = [(-end, 0.0)] if kind == "relu" else [(-end, -EDGES[kind]), (EDGES[kind], end)]
    for low, high in flat:
        figure.add_vrect(low, high, fillcolor=GREY, opacity=0.18, line_width=0, layer="below")
    words = "off (grey)" if kind == "relu" else "saturated (grey)"
    figure.add_annotation(
        x=0.015, y=0.97, xref="paper", yref="paper", xanchor="left", yanchor="top", align="left",
        text=f"{words}: {100 * taken.saturated[at]:.0f} %<br>"
        f"mean derivative: {taken.derivative[at]:.3f}",
        showarrow=False, font={"size": FONT},
    )  # fmt: skip
    return figure


def _by_layer(results: Sequence[Gradients], theme: str, what: str, title: str) -> go.Figure:
    traces: list[Any] = []
    drawn = looks(results, theme)
    shared = len({look.name.partition(", ")[2] for look in drawn}) == 1 and len(drawn) > 1
    everything = [
        float(value)
        for result in results
        for moment in result.moments
        for value in getattr(moment, what)
    ]
    longest = max(len(each.layers) for each in results)
    for result, look in zip(results, drawn, strict=True):
        name = look.name.partition(", ")[0] if shared else look.name
        for moment in result.moments:
            values = np.asarray(getattr(moment, what), np.float64)
            style = look.line(longest)
            if not moment.iteration and len(result.moments) > 1:
                style["line"] = {**style["line"], "dash": "dot", "width": 2}
                style["marker"] = {**style["marker"], "symbol": f"{look.symbol}-open"}
            traces.append(
                go.Scatter(
                    x=np.arange(1, len(values) + 1),
                    y=[value if value > 0 and np.isfinite(value) else None for value in values],
                    name=f"{name}, {moment.iteration} steps",
                    text=result.layers,
                    hovertemplate="%{text}: %{y:.3g}<extra>%{fullData.name}</extra>",
                    **style,
                )
            )
    figure = framed(traces, axis("layer, counted from the input"), log_axis(title, everything))
    return stage_lines(figure, [_stages(result) for result in results])


def _stages(result: Gradients) -> list[int]:
    """The stage of every weighted layer; the last layer counts to the stage before it."""
    of = {layer.name: layer.stage for layer in plan(NetSpec.parse(result.net)).layers}
    last = max(of[name] for name in result.layers[:-1])
    return [min(of[name], last) for name in result.layers]


def _named(kind: str) -> str:
    return "ReLU" if kind == "relu" else kind
