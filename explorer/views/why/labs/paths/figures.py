"""Lab "paths": paths by length, the gradient along one of them, and along all of a length.

Source: Veit et al. 2016, Section 5, Fig. 6.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.views.why.style import axis, framed, log_axis, looks
from resnet.labs.paths.result import Paths

LENGTH = "length of the path, blocks"


def lengths_figure(results: Sequence[Paths], theme: str) -> go.Figure:
    """The share of all paths that have each length."""
    values = [100 * each.paths for each in results]
    return _drawn(results, theme, values, axis("share of all paths, %", rangemode="tozero"))


def gradient_figure(results: Sequence[Paths], theme: str) -> go.Figure:
    """The gradient that one path carries to the input, log."""
    values = [each.gradient for each in results]
    return _drawn(
        results, theme, values, log_axis("gradient norm (L2)", np.concatenate(values)), log=True
    )


def carried_figure(results: Sequence[Paths], theme: str) -> go.Figure:
    """The gradient that all paths of a length carry, the lengths of its middle 95 % as a bar."""
    values = [100 * each.carried for each in results]
    figure = _drawn(results, theme, values, axis("share of the gradient, %", rangemode="tozero"))
    highest = max((float(np.nanmax(each)) for each in values), default=1.0)
    for place, (result, look) in enumerate(zip(results, looks(results, theme), strict=True)):
        low, high = result.effective
        figure.add_trace(
            go.Scatter(
                x=[low, high],
                y=[(1.08 + 0.08 * place) * highest] * 2,
                mode="lines+markers",
                line={"color": look.colour, "width": 6},
                marker={"symbol": look.symbol, "size": 12, "color": look.colour},
                name=f"{look.name}: 95 % between {low} and {high}",
                showlegend=False,
                hovertemplate=f"95 % of the gradient: lengths {low} to {high}"
                f"<extra>{look.name}</extra>",
            )
        )
    figure.update_yaxes(range=[0, (1.08 + 0.08 * len(results)) * highest])
    return figure


def _drawn(
    results: Sequence[Paths],
    theme: str,
    values: Sequence[np.ndarray],
    y: dict[str, Any],
    log: bool = False,
) -> go.Figure:
    traces = []
    longest = max(each.lengths for each in results)
    for result, heights, look in zip(results, values, looks(results, theme), strict=True):
        shown = [
            float(value) if np.isfinite(value) and (value > 0 or not log) else None
            for value in heights
        ]
        traces.append(
            go.Scatter(
                x=np.arange(result.lengths),
                y=shown,
                name=look.name,
                hovertemplate="length %{x}: %{y:.3g}<extra>%{fullData.name}</extra>",
                **look.line(longest),
            )
        )
    return framed(traces, axis(LENGTH), y, height=360)
