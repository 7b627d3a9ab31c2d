"""Which classes a net takes for which, as a heat map with counts."""

import numpy as np
import plotly.graph_objects as go

from explorer.charts import palette
from explorer.views.why.style import axis, framed, looks, plain
from resnet.labs.sees.result import Confusion

CELL = 44  # px
MOST_NUMBERED = 20  # classes; more counts cannot be read
DARK = 0.45  # of the scale: above it numbers are drawn in the page's colour
INK = {"light": "#31333F", "dark": "#FAFAFA"}


def confusion_figure(result: Confusion, theme: str) -> go.Figure:
    """Rows are what an image is, columns what the net said; shaded by the share of the row."""
    look = looks([result], theme)[0]
    shares = row_shares(result)
    classes = [plain(name) for name in result.classes]
    heat = go.Heatmap(
        z=100 * shares, x=classes, y=classes, xgap=2, ygap=2, zmin=0, zmax=100,
        colorscale=[[0, palette.PAGE[theme]], [1, look.colour]],
        showscale=False,
        customdata=result.counts,
        hovertemplate="is %{y}, it said %{x}: %{customdata} images, %{z:.0f} % of the row"
        "<extra></extra>",
    )  # fmt: skip
    figure = framed(
        [heat],
        axis("what the net said", side="bottom", tickangle=-40, showgrid=False, type="category"),
        axis("what it is", autorange="reversed", showgrid=False, type="category"),
        height=150 + CELL * max(4, min(len(classes), MOST_NUMBERED)),
    )
    if len(classes) <= MOST_NUMBERED:
        figure.add_trace(_numbers(result, shares, theme))
    return figure


def row_shares(result: Confusion) -> np.ndarray:
    """(classes, classes) counts over the sum of their row; zeros for a class without images."""
    counts = np.asarray(result.counts, np.float64)
    return counts / np.maximum(counts.sum(1, keepdims=True), 1)


def _numbers(result: Confusion, shares: np.ndarray, theme: str) -> go.Scatter:
    """Counts above zero; those on the diagonal bold."""
    there = [(row, column) for row, column in np.argwhere(result.counts > 0).tolist()]
    names = [plain(name) for name in result.classes]
    return go.Scatter(
        x=[names[column] for _, column in there],
        y=[names[row] for row, _ in there],
        mode="text", hoverinfo="skip", showlegend=False, name="counts",
        text=[
            f"<b>{result.counts[at]:,}</b>" if at[0] == at[1] else f"{result.counts[at]:,}"
            for at in there
        ],
        textfont={
            "size": 14,
            "color": [palette.PAGE[theme] if shares[at] > DARK else INK[theme] for at in there],
        },
    )  # fmt: skip
