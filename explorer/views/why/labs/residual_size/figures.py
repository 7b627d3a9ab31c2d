"""The size of what each block adds, F(x), beside that of what it adds to, x.

Source: De and Smith 2020; He et al. 2015, Section 4.2.
"""

from collections.abc import Sequence
from math import ceil, floor, inf, log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.views.why.style import axis, framed, log_axis, looks, stage_lines
from resnet.labs.residual_size.result import ResidualSize
from resnet.labs.sentences import untrained

BLOCK = "block, from the input on"


def ratio_figure(results: Sequence[ResidualSize], theme: str) -> go.Figure:
    """||F(x)|| / ||x|| by block, and what arithmetic expects of the nets that are untrained."""
    traces = []
    for look, each in zip(looks(results, theme), results, strict=True):
        numbers = np.arange(1, len(each.blocks) + 1)
        traces.append(
            go.Scatter(
                x=numbers, y=each.ratio, name=look.name, **look.line(len(numbers)),
                text=each.blocks,
                hovertemplate=f"{look.name}, %{{text}}<br>F(x) is %{{y:.2f}} times x"
                "<extra></extra>",
            )
        )  # fmt: skip
        if untrained(each) and np.isfinite(each.expected).any():
            traces.append(
                go.Scatter(
                    x=numbers, y=each.expected, name=f"expected of {look.name}", mode="lines",
                    line={"color": look.colour, "width": 3, "dash": "dot"}, text=each.blocks,
                    hovertemplate="expected, %{text}: %{y:.2f}<extra></extra>",
                )
            )  # fmt: skip
    figure = framed(
        traces,
        _blocks(results),
        axis("size of F(x) over size of x", rangemode="tozero"),
        height=400,
    )
    return stage_lines(figure, [each.stages for each in results])


def size_figure(results: Sequence[ResidualSize], theme: str) -> go.Figure:
    """||F(x)|| (lines) and ||x|| (dotted, hollow markers) by block, logarithmic."""
    traces = []
    for look, each in zip(looks(results, theme), results, strict=True):
        numbers = np.arange(1, len(each.blocks) + 1)
        for what, norms, more in (
            ("F(x)", each.of_f, {}),
            ("x", each.of_x, {"dash": "dot"}),
        ):
            style = look.line(len(numbers))
            style["line"] = {**style["line"], **more}
            if more:
                style["marker"] = {**style["marker"], "symbol": f"{look.symbol.split('-')[0]}-open"}
            traces.append(
                go.Scatter(
                    x=numbers, y=norms, name=f"{what} in {look.name}", **style, text=each.blocks,
                    hovertemplate=f"{what} in {look.name}, %{{text}}: %{{y:.3g}}<extra></extra>",
                )
            )  # fmt: skip
    sizes = [float(size) for each in results for size in (*each.of_f, *each.of_x)]
    figure = framed(
        traces,
        _blocks(results),
        log_axis("L2 norm of one image's maps", tickvals=_ticks(sizes)),
        height=400,
    )
    return stage_lines(figure, [each.stages for each in results])


def _blocks(results: Sequence[ResidualSize]) -> dict[str, Any]:
    return axis(BLOCK, range=[0.5, max(len(each.blocks) for each in results) + 0.5])


def _ticks(sizes: Sequence[float]) -> list[float]:
    """1, 2 and 5 times the powers of ten, about as far as the sizes reach."""
    shown = [size for size in sizes if 0 < size < inf]
    if not shown:
        return []
    powers = range(floor(log10(min(shown))), ceil(log10(max(shown))) + 1)
    return [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
