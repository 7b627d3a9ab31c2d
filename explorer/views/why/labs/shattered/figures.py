"""How the gradient changes along a line of inputs, beside white noise and Brownian motion.

Source: Balduzzi et al. 2017, Fig. 1 (the gradients) and Fig. 2 (their autocorrelation).
"""

from collections.abc import Sequence
from math import ceil, isnan, log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.views.why.style import GREY, Look, axis, framed, log_axis, looks
from resnet.labs.sentences import untrained
from resnet.labs.shattered.result import Shattered, half_life

WHITE, BROWNIAN = "white noise", "Brownian motion"
PANEL = 175  # px
MARGIN = {"l": 10, "r": 15, "t": 32, "b": 10}  # px; the first headings stand above
LIMIT = 4.0  # deviations that a panel reaches at least
SHOWN = 6.0  # half-lives of the slowest curve that the lags reach


def gradient_figure(results: Sequence[Shattered], theme: str) -> go.Figure:
    """Small multiples: the gradient of each net along its first line, then the references.

    Each is drawn in its own standard deviations, for only the shape tells here.
    """
    drawn = [
        (look.name, each.series[0], look.colour)
        for look, each in zip(looks(results, theme), results, strict=True)
    ]
    first = results[0]
    drawn += [(WHITE, first.white_series, GREY), (BROWNIAN, first.brownian_series, GREY)]
    columns = 2 if len(drawn) == 4 else 3
    rows = ceil(len(drawn) / columns)
    scaled = [_standardised(values) for _, values, _ in drawn]
    reach = max(LIMIT, *(float(np.nanmax(np.abs(values), initial=0.0)) for values in scaled))
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": [], "showlegend": False}
    for place, ((name, _, colour), values) in enumerate(zip(drawn, scaled, strict=True)):
        row, column = divmod(place, columns)
        suffix = str(place + 1) if place else ""
        across, up = _domain(column, columns, 0.045), _domain(rows - 1 - row, rows, 0.16 / rows)
        lowest = place + columns >= len(drawn)
        layout[f"xaxis{suffix}"] = axis(
            "share of the way" if lowest else "",
            domain=across, anchor=f"y{suffix}", range=[0, 1], showticklabels=lowest,
        )  # fmt: skip
        layout[f"yaxis{suffix}"] = axis(
            "gradient, s.d." if column == 0 else "",
            domain=up, anchor=f"x{suffix}", range=[-reach, reach], showticklabels=column == 0,
            tickvals=[-2, 0, 2],
        )  # fmt: skip
        layout["annotations"].append(_heading(name, across[0], up[1]))
        traces.append(
            go.Scatter(
                x=np.linspace(0, 1, len(values)), y=values, name=name, mode="lines",
                xaxis=f"x{suffix}", yaxis=f"y{suffix}",
                line={"color": colour, "width": 1.8},
                hovertemplate=f"{name}<br>%{{y:.2f}} s.d.<extra></extra>",
            )
        )  # fmt: skip
    x, y = layout.pop("xaxis"), layout.pop("yaxis")
    return framed(traces, x, y, height=95 + PANEL * rows, margin=MARGIN, **layout)


def correlation_figure(results: Sequence[Shattered], theme: str) -> go.Figure:
    """Autocorrelation by lag: nets in their colours, the references grey."""
    first = results[0]
    references = ((WHITE, first.white, "dot"), (BROWNIAN, first.brownian, "dashdot"))
    traces = []
    for name, values, dash in references:
        traces.append(
            go.Scatter(
                x=np.arange(len(values)), y=values, name=name, mode="lines",
                line={"color": GREY, "width": 3, "dash": dash},
                hovertemplate=f"{name}, lag %{{x}}: %{{y:.2f}}<extra></extra>",
            )
        )  # fmt: skip
    reach = _lags(results)
    for look, each in zip(looks(results, theme), results, strict=True):
        traces.append(
            go.Scatter(
                x=np.arange(len(each.correlation)), y=each.correlation, name=look.name,
                **look.line(reach),
                hovertemplate=f"{look.name}, lag %{{x}}: %{{y:.2f}}<extra></extra>",
            )
        )  # fmt: skip
    figure = framed(
        traces,
        axis("lag, steps along the line", range=[-0.02 * reach, reach]),
        axis("autocorrelation of the gradient", range=[-0.35, 1.05]),
    )
    figure.add_hline(y=0.5, line={"color": GREY, "width": 1, "dash": "dot"})
    return figure


def depth_figure(results: Sequence[Shattered], theme: str) -> go.Figure | None:
    """Half-life against depth; None where all nets have one depth."""
    drawn = looks(results, theme)
    if len({look.spec.depth for look in drawn}) < 2:
        return None
    lives = [half_life(each.correlation) for each in results]
    references = {WHITE: half_life(results[0].white), BROWNIAN: half_life(results[0].brownian)}
    traces = []
    for members in _families(drawn, results):
        members = sorted(members, key=lambda at: drawn[at].spec.depth)
        deepest = drawn[members[-1]]
        kind = "plain" if deepest.spec.plain else "residual"
        fresh = ", untrained" if untrained(results[members[-1]]) else ""
        traces.append(
            go.Scatter(
                x=[drawn[at].spec.depth for at in members],
                y=[lives[at] for at in members],
                mode="lines+markers", name=f"{kind}{fresh}", connectgaps=True,
                line={"color": deepest.colour, "width": 2.5},
                marker={
                    "size": 14,
                    "color": [drawn[at].colour for at in members],
                    "symbol": [drawn[at].symbol for at in members],
                },
                text=[drawn[at].name for at in members],
                hovertemplate="%{text}: %{y:.2f} steps<extra></extra>",
            )
        )  # fmt: skip
    figure = framed(
        traces,
        log_axis("depth, weighted layers", tickvals=sorted({look.spec.depth for look in drawn})),
        _life_axis([*lives, *references.values()]),
    )
    for name, life in references.items():
        if not isnan(life):
            figure.add_shape(
                type="line", xref="paper", x0=0, x1=1, y0=life, y1=life, layer="below",
                line={"color": GREY, "width": 2.5, "dash": "dot"},
            )  # fmt: skip
            figure.add_annotation(
                text=name, x=0.5, xref="paper", y=log10(life), yanchor="bottom", showarrow=False,
                font={"size": 14, "color": GREY},
            )  # fmt: skip
    return figure


def _life_axis(lives: Sequence[float]) -> dict[str, Any]:
    known = [life for life in lives if life > 0]  # no NaN is
    low, high = (min(known) / 1.6, max(known) * 1.8) if known else (0.1, 100.0)
    ticks = [factor * 10.0**power for power in range(-3, 5) for factor in (1, 2, 5)]
    return log_axis(
        "half-life, steps along the line",
        range=[log10(low), log10(high)],
        tickvals=[tick for tick in ticks if low <= tick <= high],
    )


def _families(drawn: Sequence[Look], results: Sequence[Shattered]) -> list[list[int]]:
    """Places of the plain and the residual nets, trained and untrained apart."""
    found: dict[tuple[bool, bool], list[int]] = {}
    for at, (look, each) in enumerate(zip(drawn, results, strict=True)):
        found.setdefault((look.spec.plain, untrained(each)), []).append(at)
    return list(found.values())


def _lags(results: Sequence[Shattered]) -> int:
    """How many lags to show: several half-lives of the slowest, at most all."""
    most = min(len(each.correlation) for each in results)
    lives = [half_life(each.correlation) for each in results]
    lives.append(half_life(results[0].brownian))
    longest = max((life for life in lives if not isnan(life)), default=float(most))
    return int(min(most - 1, max(8, SHOWN * longest)))


def _standardised(values: np.ndarray) -> np.ndarray:
    """In standard deviations from the mean; zeros where nothing changes."""
    centred = np.asarray(values, np.float64) - np.mean(values)
    deviation = float(np.std(centred))
    return centred / deviation if deviation > 0 else np.zeros_like(centred)


def _domain(place: int, count: int, gap: float) -> tuple[float, float]:
    size = (1 - gap * (count - 1)) / count
    return place * (size + gap), place * (size + gap) + size


def _heading(text: str, x: float, y: float) -> dict[str, Any]:
    return {
        "text": f"<b>{text}</b>", "x": x, "y": y, "xref": "paper", "yref": "paper",
        "xanchor": "left", "yanchor": "bottom", "showarrow": False,
    }  # fmt: skip
