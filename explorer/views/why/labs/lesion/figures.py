"""Lab "lesion": errors with one block off, with several off, and with blocks in another order.

Source of all three: Veit et al. 2016, Sections 4.1 to 4.3, Fig. 5.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts import palette
from explorer.views.why.style import Look, axis, framed, level, looks, stage_lines
from resnet.labs.lesion.result import Lesion
from resnet.labs.sentences import chance
from resnet.plan import plan
from resnet.spec import NetSpec

ERROR = "top-1 error, %"
PATTERNS = ("", "/", "x", ".")  # of bars of one kind


def single_figure(results: Sequence[Lesion], theme: str) -> go.Figure:
    """The error with each block off in turn: bars that begin at the whole net's error, a line."""
    traces: list[Any] = []
    found = looks(results, theme)
    for place, (result, look) in enumerate(zip(results, found, strict=True)):
        alike = [other for other in found[:place] if other.spec.plain == look.spec.plain]
        single = [None if np.isnan(value) else value for value in result.single.tolist()]
        traces.append(
            go.Bar(
                x=np.arange(1, len(result.blocks) + 1),
                y=[None if value is None else value - result.error for value in single],
                base=result.error,
                name=look.name,
                legendgroup=str(place),
                marker={
                    "color": look.colour,
                    "line": {"width": 1, "color": look.colour},
                    "pattern": {
                        "shape": PATTERNS[len(alike) % len(PATTERNS)],
                        "fillmode": "overlay",
                        "fgcolor": palette.PAGE[theme],
                        "solidity": 0.3,
                    },
                },
                text=result.blocks,
                textposition="none",
                customdata=single,
                hovertemplate="without %{text}: %{customdata:.1f} %<extra>%{fullData.name}</extra>",
            )
        )
        traces.append(
            go.Scatter(
                x=[0.4, len(result.blocks) + 0.6],
                y=[result.error, result.error],
                mode="lines+markers",
                name=f"{look.name}, whole",
                legendgroup=str(place),
                showlegend=False,
                line={"color": look.colour, "width": 3},
                marker={"symbol": look.symbol, "size": 10},
                hovertemplate="whole: %{y:.1f} %<extra>%{fullData.name}</extra>",
            )
        )
    figure = framed(
        traces,
        axis("block, counted from the input", range=[0.2, _longest(results) + 0.8]),
        axis(ERROR, range=[0, 100]),
        barmode="group",
        bargap=0.2,
        bargroupgap=0.05,
    )
    stages = [[each.stage for each in plan(look.spec).blocks] for look in found]
    return _with_guessing(stage_lines(figure, stages), results)


def deleted_figure(results: Sequence[Lesion], theme: str) -> go.Figure:
    """The error with so many random blocks off: the median, and from the least to the most."""
    traces = []
    for result, look in zip(results, looks(results, theme), strict=True):
        counts = (0, *result.deleted_counts)
        draws = [np.asarray([result.error]), *result.deleted]
        traces.append(_ranges(counts, draws, look, "%{x} blocks off"))
    figure = framed(
        traces,
        axis("blocks off at once, drawn at random", rangemode="tozero"),
        axis(ERROR, range=[0, 100]),
    )
    return _with_guessing(figure, results)


def swapped_figure(results: Sequence[Lesion], theme: str) -> go.Figure:
    """The error of every order drawn by how much it keeps of the net's own order."""
    traces = []
    for result, look in zip(results, looks(results, theme), strict=True):
        kept = np.concatenate([[1.0], result.order_kept.ravel()])
        errors = np.concatenate([[result.error], result.swapped.ravel()])
        swaps = [0] + [n for n in result.swap_counts for _ in range(result.swapped.shape[1])]
        traces.append(
            go.Scatter(
                x=kept,
                y=errors,
                mode="markers",
                name=look.name,
                marker={"color": look.colour, "symbol": look.symbol, "size": 11},
                customdata=swaps,
                hovertemplate="%{customdata} swaps, order kept %{x:.2f}: %{y:.1f} %"
                "<extra>%{fullData.name}</extra>",
            )
        )
    figure = framed(
        traces,
        axis("order kept (Kendall's rank correlation; 1: all of it)", autorange="reversed"),
        axis(ERROR, range=[0, 100]),
    )
    return _with_guessing(figure, results)


def _ranges(
    counts: Sequence[int], draws: Sequence[np.ndarray], look: Look, words: str
) -> go.Scatter:
    median = [float(np.median(each)) for each in draws]
    return go.Scatter(
        x=counts,
        y=median,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [float(each.max()) - m for each, m in zip(draws, median, strict=True)],
            "arrayminus": [m - float(each.min()) for each, m in zip(draws, median, strict=True)],
            "thickness": 2,
            "width": 7,
        },
        name=look.name,
        cliponaxis=False,
        hovertemplate=f"{words}: median %{{y:.1f}} %<extra>%{{fullData.name}}</extra>",
        **look.line(len(counts), width=3),
    )


def _with_guessing(figure: go.Figure, results: Sequence[Lesion]) -> go.Figure:
    for error in sorted({chance(NetSpec.parse(each.net)) for each in results}):
        level(figure, error, "guessing")
    return figure


def _longest(results: Sequence[Lesion]) -> int:
    return max(len(each.blocks) for each in results)
