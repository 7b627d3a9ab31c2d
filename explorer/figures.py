"""Curves in, plotly figures out; imports no streamlit.

One visual language: hue says plain or residual, darkness says depth, a marker says the shortcut
option, training error is dashed and test error solid and bold (as in He et al. 2015, Fig. 6).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer import palette
from explorer.feed import Curves
from resnet.plan import Layer, plan
from resnet.verdict import short_titles

LABEL_GAP = 5.5  # percent of the axis between two names at the curves' ends
End = tuple[Curves, str, float, Any]  # a curve, its name there, and the place of its last point

MARKERS_SHOWN = 25  # on one curve; more would hide it
MAP_COLUMNS = 100  # iterations a gradient map shows at most


def error_figure(curves: Sequence[Curves], theme: str) -> go.Figure:
    """Training (dashed) and test error (bold) against iterations, a name at each curve's end."""
    figure = _figure("error, %: training dashed, test bold", curves)
    names = _names(curves)
    ends: list[End] = []
    for each, name in zip(curves, names, strict=True):
        tests = each.tests
        x = _numbers([row.iteration for row in tests])
        ends += [
            (each, f"{name} {part}", x[-1], values[-1])
            for part, values in (
                ("train", [r.train_error for r in tests]),
                ("test", [r.test_error for r in tests]),
            )
            if tests
        ]
        for part, values, line, size in (
            ("training", [row.train_error for row in tests], {"dash": "dash", "width": 2.5}, 5),
            ("test", [row.test_error for row in tests], {"width": 4}, 8),
        ):
            figure.add_trace(
                go.Scatter(
                    x=x,
                    y=_numbers(values),
                    name=name,
                    meta=part,
                    legendgroup=name,
                    showlegend=part == "test",
                    mode="lines+markers",
                    line={**line, "color": palette.colour(each.run.spec, theme)},
                    marker={
                        "symbol": palette.marker(each.run.spec),
                        "size": size,
                        "maxdisplayed": MARKERS_SHOWN,
                    },
                    hovertemplate=f"{name}, {part} error<br>"
                    "iteration %{x}: %{y:.1f} %<extra></extra>",
                )
            )
    _end_labels(figure, ends, (0, 100), theme)
    figure.update_yaxes(range=[-2, 102], dtick=20)
    return figure


def loss_figure(curves: Sequence[Curves], theme: str) -> go.Figure:
    """Mean training loss (cross-entropy) between rows against iterations."""
    figure = _figure("training loss", curves)
    ends: list[End] = []
    for each, name in zip(curves, _names(curves), strict=True):
        rows = each.trained
        figure.add_trace(
            _line(each, name, theme, [r.iteration for r in rows], [r.loss for r in rows], ".3f")
        )
        if rows and rows[-1].loss is not None:
            ends.append((each, name, rows[-1].iteration, rows[-1].loss))
    highest = max((row.loss or 0 for each in curves for row in each.trained), default=1.0)
    _end_labels(figure, ends, (0, highest), theme)
    figure.update_yaxes(range=[0, 1.04 * highest])
    return figure


def rate_figure(curves: Sequence[Curves], theme: str) -> go.Figure:
    """The learning rate that each net was trained with, against iterations."""
    figure = _figure("learning rate", curves)
    for each, name in zip(curves, _names(curves), strict=True):
        rows = each.trained
        rates = [row.learning_rate for row in rows]
        figure.add_trace(_line(each, name, theme, [r.iteration for r in rows], rates, ".4g"))
    figure.update_yaxes(rangemode="tozero")
    return figure


def gradient_profile(curves: Sequence[Curves], theme: str) -> go.Figure:
    """L2 norm of the loss gradient by layer, from the input to the output, at the last row."""
    figure = _figure("gradient norm by layer", curves, x="layer, counted from the input")
    deepest = 1
    latest = 0
    for each, name in zip(curves, _names(curves), strict=True):
        layers = _main_layers(each)
        deepest = max(deepest, len(layers))
        iteration, norms = each.last_gradients or (0, [])
        latest = max(latest, iteration)
        values = [norms[index] for index, _ in layers] if len(norms) else []
        figure.add_trace(
            go.Scatter(
                x=_numbers(list(range(1, len(values) + 1))),
                y=_positive(values),
                name=name,
                text=[layer.name for _, layer in layers][: len(values)],
                mode="lines+markers",
                line={"color": palette.colour(each.run.spec, theme), "width": 2.5},
                marker={"symbol": palette.marker(each.run.spec), "size": 5},
                hovertemplate=f"{name}, %{{text}}<br>"
                f"%{{y:.3g}}, iteration {iteration}<extra></extra>",
            )
        )
    figure.update_xaxes(range=[0, deepest + 1])
    figure.update_yaxes(type="log", exponentformat="power", dtick=1)
    if latest:
        figure.update_layout(title_text=f"gradient norm by layer, iteration {latest:,}")
    return figure


def gradient_map(curves: Sequence[Curves], theme: str) -> go.Figure:
    """Gradient norms over layers and iterations, one panel a net, one colour scale for all."""
    count = max(1, len(curves))
    figure = make_subplots(
        rows=1,
        cols=count,
        subplot_titles=_names(curves),
        horizontal_spacing=0.03 if count < 5 else 0.02,
    )
    grids = [_grid(each) for each in curves]
    finite = [grid[np.isfinite(grid)] for _, grid in grids]
    known = np.concatenate(finite) if finite else np.empty(0)
    low, high = (float(known.min()), float(known.max())) if known.size else (-2.0, 0.0)
    for column, (each, (iterations, grid)) in enumerate(zip(curves, grids, strict=True), start=1):
        figure.add_trace(
            go.Heatmap(
                x=iterations,
                y=np.arange(1, grid.shape[0] + 1),
                z=grid.astype(np.float32),
                customdata=10**grid,
                zmin=low,
                zmax=high,
                colorscale="Viridis",
                showscale=column == count,
                colorbar={
                    "title": {"text": "norm"},
                    "tickvals": list(range(math.ceil(low), math.floor(high) + 1)),
                    "ticktext": [
                        f"10<sup>{n}</sup>" for n in range(math.ceil(low), math.floor(high) + 1)
                    ],
                    "thickness": 14,
                },
                hovertemplate="iteration %{x}, layer %{y}: %{customdata:.3g}<extra></extra>",
            ),
            row=1,
            col=column,
        )
        figure.update_xaxes(
            title={"text": "iteration", "font": {"size": 14}, "standoff": 6},
            range=[0, each.run.recipe.iterations],
            row=1,
            col=column,
        )
    figure.update_yaxes(title_text="layer, from the input", col=1, row=1)
    figure.update_layout(margin={"l": 60, "r": 20, "t": 50, "b": 45}, font_size=14)
    return figure


def spread(values: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near to `values` as they can be with `gap` between them, within low and high."""
    order = sorted(range(len(values)), key=lambda index: values[index])
    gap = min(gap, (high - low) / max(1, len(values) - 1))
    groups: list[tuple[float, list[int]]] = []  # (middle, members) of labels that touch
    for index in order:
        middle, members = values[index], [index]
        while groups and middle - gap * (len(members) - 1) / 2 < (
            groups[-1][0] + gap * (len(groups[-1][1]) - 1) / 2 + gap
        ):
            members = groups.pop()[1] + members
            middle = sum(values[member] for member in members) / len(members)
        reach = gap * (len(members) - 1) / 2
        groups.append((min(max(middle, low + reach), high - reach), members))
    places = [0.0] * len(values)
    for middle, members in groups:
        for rank, member in enumerate(members):
            places[member] = middle + gap * (rank - (len(members) - 1) / 2)
    return places


def _figure(title: str, curves: Sequence[Curves], x: str = "iteration") -> go.Figure:
    longest = max((each.run.recipe.iterations for each in curves), default=1)
    return go.Figure(
        layout={
            "title": {"text": title, "x": 0, "xref": "paper", "font": {"size": 16}},
            "xaxis": {
                "title": {"text": x, "font": {"size": 14}, "standoff": 8},
                "range": [0, longest],
            },
            "yaxis": {"tickfont": {"size": 13}},
            "font": {"size": 14},
            "margin": {"l": 48, "r": 15, "t": 62, "b": 45},
            "legend": {
                "orientation": "h",
                "y": 1.0,
                "yanchor": "bottom",
                "x": 0,
                "font": {"size": 13},
            },
            "hovermode": "closest",
            "showlegend": True,
        }
    )


def _end_labels(
    figure: go.Figure,
    ends: list[End],
    axis: tuple[float, float],
    theme: str,
) -> None:
    gap = LABEL_GAP * (axis[1] - axis[0]) / 100
    places = spread([value for *_, value in ends], gap, *axis)
    for (each, label, x, _), y in zip(ends, places, strict=True):
        figure.add_trace(
            go.Scatter(
                x=[x],
                y=[y],
                text=[f"  {label}"],
                mode="text",
                textposition="middle right",
                textfont={"size": 13, "color": palette.colour(each.run.spec, theme)},
                legendgroup=label.removesuffix(" train").removesuffix(" test"),
                showlegend=False,
                cliponaxis=False,
                hoverinfo="skip",
            )
        )
    figure.update_layout(margin_r=130)


def _line(
    each: Curves, name: str, theme: str, x: list[int], y: list[float | None], form: str
) -> go.Scatter:
    return go.Scatter(
        x=_numbers(x),
        y=_numbers(y),
        name=name,
        legendgroup=name,
        mode="lines",
        line={"color": palette.colour(each.run.spec, theme), "width": 2.5},
        hovertemplate=f"{name}<br>iteration %{{x}}: %{{y:{form}}}<extra></extra>",
    )


def _names(curves: Sequence[Curves]) -> list[str]:
    """Short titles; nets that occur more than once get their seed."""
    specs = [each.run.spec for each in curves]
    titles = short_titles(specs)
    return [
        titles[each.run.spec]
        + (f", seed {each.run.recipe.seed}" if specs.count(each.run.spec) > 1 else "")
        for each in curves
    ]


def _main_layers(each: Curves) -> list[tuple[int, Layer]]:
    """Index among the weighted layers, and layer, without the shortcuts' projections."""
    weighted = plan(each.run.spec, each.run.recipe.image_size).weighted
    return [(i, layer) for i, layer in enumerate(weighted) if layer.branch == "main"]


def _grid(each: Curves) -> tuple[np.ndarray, np.ndarray]:
    """Iterations (I,) and log10 of the norms (layers, I), thinned to what a panel can show."""
    rows = [row for row in each.trained if len(row.gradients)]
    rows = rows[:: max(1, math.ceil(len(rows) / MAP_COLUMNS))]
    indices = [index for index, _ in _main_layers(each)]
    if not rows:
        return np.empty(0), np.full((len(indices), 0), np.nan)
    norms = np.array([row.gradients for row in rows], np.float32)[:, indices].T
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(norms)
    logs[~np.isfinite(logs)] = np.nan
    return np.array([row.iteration for row in rows]), logs


def _numbers(values: Sequence[Any]) -> np.ndarray:
    """float32, None as NaN: plotly sends it as a typed array."""
    return np.array([math.nan if value is None else value for value in values], np.float32)


def _positive(values: Sequence[float]) -> np.ndarray:
    """For a log axis: what is not above zero is left out."""
    numbers = _numbers(values)
    numbers[~(numbers > 0)] = np.nan
    return numbers
