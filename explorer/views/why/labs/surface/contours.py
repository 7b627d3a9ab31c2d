"""Loss surfaces of nets beside each other, as contours.

Source: Li et al. 2018, Fig. 5.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.charts import palette
from explorer.views.why.labs.surface.heights import Scale, drawn, scale_of, value_words
from explorer.views.why.style import axis, framed
from resnet.labs.sentences import names
from resnet.labs.surface.result import Surface, begun, known

FIRST = "first direction, share of the weights' size"
SECOND = "second direction"
INK = {"light": "#31333F", "dark": "#FAFAFA"}
COLOURS = "Viridis"
GAP = 0.05
HEIGHTS = {1: 540, 2: 460, 3: 380}  # px, by panels side by side: room for squares


def contour_figure(results: Sequence[Surface], quantity: str, theme: str) -> go.Figure:
    """A panel for each net, one scale for all; dots are the points known while it is computed."""
    scale = scale_of(results, quantity)
    columns, rows = shape_of(len(results))
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": []}
    for place, (name, each) in enumerate(zip(names(results), results, strict=True)):
        suffix = str(place + 1) if place else ""
        across, up = domains(place, columns, rows)
        grid, there = drawn(each, quantity, scale), known(each)
        shown = grid if begun(each) else np.where(there, grid, np.nan)
        at = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        traces.append(
            go.Contour(
                x=each.steps, y=each.steps, z=shown, **at, coloraxis="coloraxis",
                name=name, autocontour=False, connectgaps=False,
                contours={"start": scale.low, "end": scale.high, "size": scale.step},
                line={"width": 0.7, "color": "rgba(255,255,255,0.45)"},
                text=value_words(each),
                hovertemplate=f"{name}<br>(%{{x:.3g}}, %{{y:.3g}}): %{{text}}<extra></extra>",
            )
        )  # fmt: skip
        if not there.all():
            traces.append(_points(each, grid, scale, at))
        traces.append(_centre(each, at))
        lowest = place + columns >= len(results)
        layout[f"xaxis{suffix}"] = axis(
            FIRST if lowest else "", domain=across, anchor=f"y{suffix}", constrain="domain",
            range=[-each.reach, each.reach], showgrid=False, nticks=5,
        )  # fmt: skip
        layout[f"yaxis{suffix}"] = axis(
            SECOND if place % columns == 0 else "", domain=up, anchor=f"x{suffix}",
            range=[-each.reach, each.reach], showgrid=False, nticks=5, scaleanchor=f"x{suffix}",
            constrain="domain", constraintoward="bottom",
        )  # fmt: skip
        layout["annotations"].append(heading(name, each, f"x{suffix}", f"y{suffix}"))
    x, y = layout.pop("xaxis"), layout.pop("yaxis")
    return framed(
        traces, x, y, height=HEIGHTS[columns] if rows == 1 else 880,
        showlegend=False, coloraxis=colours(scale, theme),
        margin={"l": 70, "r": 20, "t": 60, "b": 60}, **layout,
    )  # fmt: skip


def _points(surface: Surface, grid: np.ndarray, scale: Scale, at: dict[str, str]) -> go.Scatter:
    """Dots at what is known. Not on the shared axis of colours: plotly.js would loop for ever."""
    rows, columns = np.nonzero(known(surface))
    return go.Scatter(
        x=surface.steps[columns], y=surface.steps[rows], **at, mode="markers", hoverinfo="skip",
        name="points known", cliponaxis=False,
        marker={
            "color": grid[rows, columns], "colorscale": COLOURS, "cmin": scale.low,
            "cmax": scale.high, "size": 8 if begun(surface) else 20,
            "line": {"color": "#FFFFFF", "width": 1},
        },
    )  # fmt: skip


def _centre(surface: Surface, at: dict[str, str]) -> go.Scatter:
    middle = len(surface.steps) // 2
    return go.Scatter(
        x=[0], y=[0], **at, mode="markers", name="centre",
        marker={"symbol": "star", "size": 18, "color": "#FFFFFF",
                "line": {"color": "#000000", "width": 1.5}},
        hovertemplate=f"centre: {value_words(surface)[middle][middle]}<extra></extra>",
    )  # fmt: skip


def heading(
    name: str, surface: Surface, xref: str, yref: str, x: float = 0.5, y: float = 1.0
) -> dict[str, Any]:
    """The net's name, what its centre has, and how much is known while not all is."""
    middle = len(surface.steps) // 2
    there = known(surface)
    words = value_words(surface)[middle][middle]
    if not there.all():
        words = f"{int(there.sum()):,} of {there.size:,} points"
    of_axis = "" if xref == "paper" else " domain"
    return {
        "text": f"<b>{name}</b><br>{words}", "x": x, "y": y, "xref": f"{xref}{of_axis}",
        "yref": f"{yref}{of_axis}", "xanchor": "center", "yanchor": "bottom", "showarrow": False,
    }  # fmt: skip


def colours(scale: Scale, theme: str) -> dict[str, Any]:
    return {
        "colorscale": COLOURS,
        "cmin": scale.low,
        "cmax": scale.high,
        "colorbar": {
            "title": {"text": scale.title, "font": {"color": INK[theme]}},
            "tickvals": [value for value, _ in scale.ticks],
            "ticktext": [words for _, words in scale.ticks],
            "tickfont": {"color": INK[theme]},
            "outlinewidth": 0,
            "bgcolor": palette.PAGE[theme],
            "thickness": 18,
        },
    }


def shape_of(count: int) -> tuple[int, int]:
    """Columns and rows of so many panels."""
    columns = count if count <= 3 else 2
    return columns, ceil(count / columns)


def domains(place: int, columns: int, rows: int) -> tuple[tuple[float, float], ...]:
    row, column = divmod(place, columns)
    width = (1 - GAP * (columns - 1)) / columns
    between = 0.17 * (rows > 1)
    height = (1 - between * (rows - 1)) / rows
    left, low = column * (width + GAP), (rows - 1 - row) * (height + between)
    return (left, left + width), (low, low + height)
