"""Lab "responses" (He et al. 2015, Fig. 7): standard deviations by layer, in order and by size."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.views.why.style import axis, framed, looks, stage_lines
from resnet.labs.responses.result import Responses

DEVIATION = "standard deviation of the response"


def in_order_figure(results: Sequence[Responses], theme: str) -> go.Figure:
    """The deviations as the layers run: the upper half of Fig. 7."""
    figure = _drawn(
        results,
        theme,
        [each.deviations for each in results],
        [list(each.layers) for each in results],
        "3x3 layer, counted from the input",
    )
    return stage_lines(figure, [each.stages for each in results])


def ranked_figure(results: Sequence[Responses], theme: str) -> go.Figure:
    """The deviations from the largest to the smallest: the lower half of Fig. 7."""
    layers = [
        [each.layers[place] for place in np.argsort(each.deviations)[::-1]] for each in results
    ]
    title = "3x3 layer, the strongest first"
    return _drawn(results, theme, [each.ranked for each in results], layers, title)


def _drawn(
    results: Sequence[Responses],
    theme: str,
    deviations: Sequence[np.ndarray],
    layers: Sequence[Sequence[str]],
    title: str,
) -> go.Figure:
    longest = max(len(values) for values in deviations)
    traces = [
        go.Scatter(
            x=np.arange(1, len(values) + 1),
            y=values,
            name=look.name,
            text=names,
            hovertemplate="%{text}: %{y:.3g}<extra>%{fullData.name}</extra>",
            **look.line(longest),
        )
        for values, names, look in zip(deviations, layers, looks(results, theme), strict=True)
    ]
    return framed(traces, axis(title), axis(DEVIATION, rangemode="tozero"))
