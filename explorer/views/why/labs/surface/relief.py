"""Loss surfaces of nets beside each other in three dimensions.

Source: Li et al. 2018, Fig. 1.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.views.why.labs.surface.contours import INK, colours, domains, heading, shape_of
from explorer.views.why.labs.surface.heights import Scale, drawn, scale_of, value_words
from resnet.labs.sentences import names
from resnet.labs.surface.result import Surface

GRID = {"light": "#B9BCC4", "dark": "#5A5955"}  # WebGL draws it without what shines through
POLE = "#E8483F"
ABOVE = 0.03  # of the height: what is cut off must not lie in the top of the box


def relief_figure(results: Sequence[Surface], quantity: str, theme: str) -> go.Figure:
    """The same in three dimensions, all seen from the same side and on the same scale."""
    scale = scale_of(results, quantity)
    columns, rows = shape_of(len(results))
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": []}
    for place, (name, each) in enumerate(zip(names(results), results, strict=True)):
        scene = f"scene{place + 1}" if place else "scene"
        across, up = domains(place, columns, rows)
        grid = drawn(each, quantity, scale)
        traces.append(
            go.Surface(
                x=each.steps, y=each.steps, z=grid, scene=scene, coloraxis="coloraxis",
                name=name, connectgaps=False, text=value_words(each),
                lighting={"ambient": 0.75, "diffuse": 0.6, "specular": 0.05, "roughness": 0.9},
                hovertemplate=f"{name}<br>(%{{x:.3g}}, %{{y:.3g}}): %{{text}}<extra></extra>",
            )
        )  # fmt: skip
        traces.append(_pole(each, grid, scale, scene))
        layout[scene] = _scene(each, scale, across, up, theme)
        layout["annotations"].append(
            heading(name, each, "paper", "paper", x=sum(across) / 2, y=up[1])
        )
    figure = go.Figure(traces, layout)
    return figure.update_layout(
        height=540 if rows == 1 else 940, font={"size": 14}, showlegend=False, uirevision="kept",
        margin={"l": 10, "r": 20, "t": 60, "b": 10}, coloraxis=colours(scale, theme),
    )  # fmt: skip


def _scene(
    surface: Surface,
    scale: Scale,
    across: tuple[float, float],
    up: tuple[float, float],
    theme: str,
) -> dict[str, Any]:
    look = {
        "color": INK[theme], "gridcolor": GRID[theme], "showbackground": False,
        "zeroline": False, "nticks": 5, "tickfont": {"size": 12},
    }  # fmt: skip
    ground = {**look, "range": [-surface.reach, surface.reach]}
    heights = {
        "range": [scale.low, scale.high + ABOVE * (scale.high - scale.low)],
        "tickvals": [value for value, _ in scale.ticks],
        "showticklabels": False,  # the scale of colours has them, and they would be cut off
    }
    return {
        "domain": {"x": across, "y": up},
        "xaxis": {**ground, "title": {"text": "first direction", "font": {"size": 13}}},
        "yaxis": {**ground, "title": {"text": "second direction", "font": {"size": 13}}},
        "zaxis": {**look, **heights, "title": {"text": ""}},
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.8},
        "camera": {"eye": {"x": 1.85, "y": -1.85, "z": 1.3}, "center": {"x": 0, "y": 0, "z": -0.1}},
    }


def _pole(surface: Surface, grid: np.ndarray, scale: Scale, scene: str) -> go.Scatter3d:
    """Stands on the centre and rises out of the bowl, whose walls would hide a marker."""
    middle = len(surface.steps) // 2
    return go.Scatter3d(
        x=[0, 0], y=[0, 0], z=[grid[middle, middle], scale.high], scene=scene,
        mode="lines+markers", name="centre",
        line={"color": POLE, "width": 6},
        marker={"symbol": "diamond", "size": [4, 7], "color": POLE},
        hovertemplate=f"centre: {value_words(surface)[middle][middle]}<extra></extra>",
    )  # fmt: skip
