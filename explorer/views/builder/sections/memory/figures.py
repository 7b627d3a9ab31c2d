"""Roofline and strip of a net's layers: work in, plotly figures out; imports no streamlit.

Stages have the tints of the picture. Up and down, not colour, says what a layer is bound by.
"""

import math
from collections import Counter
from typing import Any

import plotly.graph_objects as go

from explorer.charts import palette
from explorer.views.builder.sections.layers.table import KIND_WORDS
from resnet.cost.roofline import Machine, Work
from resnet.plan import Layer
from resnet.spec import NetSpec

MOST_BARS = 300  # of single layers; a net with more is drawn block by block


def roofline_figure(work: tuple[Work, ...], machine: Machine, precision: str) -> go.Figure:
    """MAC/s that each layer can reach at most, against its multiply-adds a byte, both log.

    Layers alike are one point, larger the more there are; those without multiply-adds have none.
    """
    alike: Counter[tuple[int, str, float]] = Counter()
    for row in work:
        if row.macs:
            alike[(row.layer.stage, _words(row.layer), row.intensity)] += 1
    peak, balance = machine.macs_per_second(precision), machine.balance(precision)
    values = [intensity for *_, intensity in alike]
    low, high = min([*values, balance / 6]) / 2, max([*values, balance * 6]) * 2
    figure = _figure("GMAC/s within reach, against MACs a byte")
    figure.add_trace(
        go.Scatter(
            x=[low, balance, high],
            y=[low * machine.bytes_per_second / 1e9, peak / 1e9, peak / 1e9],
            mode="lines",
            line={"color": palette.OUTSIDE_TINT, "width": 3},
            name="roof",
            showlegend=False,
            hovertemplate=f"the corner: {balance:.3g} MACs a byte<extra></extra>",
        )
    )
    last = max(row.layer.stage for row in work)
    for stage in sorted({stage for stage, *_ in alike}):
        points = [(words, at, n) for (s, words, at), n in alike.items() if s == stage]
        figure.add_trace(
            go.Scatter(
                x=[at for _, at, _ in points],
                y=[min(peak, at * machine.bytes_per_second) / 1e9 for _, at, _ in points],
                mode="markers",
                name=_stage(stage, last),
                marker={
                    "color": palette.stage_tint(stage, last - 1),
                    "symbol": ["circle" if "3x3" in words else "diamond" for words, *_ in points],
                    "size": [9 + 3 * min(n, 6) ** 0.5 for *_, n in points],
                    "line": {"width": 1, "color": "#FFFFFF"},
                },
                text=[f"{words}{f', {n} alike' if n > 1 else ''}" for words, _, n in points],
                hovertemplate="%{text}<br>%{x:.3g} MACs a byte, at most %{y:.4g} GMAC/s"
                "<extra></extra>",
            )
        )
    figure.update_xaxes(type="log", title_text="multiply-adds (MACs) a byte", dtick=1)
    top = math.log10(peak / 1e9)
    figure.update_yaxes(type="log", dtick=1, range=[top - 2.6, top + 0.3])
    figure.add_vline(x=balance, line={"dash": "dot", "width": 1.5, "color": palette.OUTSIDE_TINT})
    for words, side in (("◂ bound by memory", "right"), ("bound by arithmetic ▸", "left")):
        figure.add_annotation(
            x=math.log10(balance), y=0.02, yref="paper", xanchor=side, yanchor="bottom",
            text=f" {words} ", showarrow=False, font={"size": 13},
        )  # fmt: skip
    return figure


def strip_figure(
    spec: NetSpec, work: tuple[Work, ...], machine: Machine, precision: str
) -> go.Figure:
    """Least milliseconds of the forward pass by layer, or by block where layers are too many.

    Up: bound by arithmetic. Down: bound by memory.
    """
    rows = [row for row in work if row.bytes]
    by_block = len(rows) > MOST_BARS
    bars: dict[Any, list[float]] = {}  # milliseconds bound by arithmetic, by memory
    names: dict[Any, str] = {}
    stages: dict[Any, int] = {}
    for number, row in enumerate(rows):
        whole = by_block and row.layer.block is not None
        layer = row.layer
        key = (layer.stage, layer.block) if whole else number
        names[key] = f"stage {layer.stage}, block {layer.block}" if whole else _title(layer)
        stages[key] = layer.stage
        sums = bars.setdefault(key, [0.0, 0.0])
        sums[row.bound_by_memory(machine, precision)] += 1e3 * row.seconds(machine, precision)
    last = max(stages.values())
    figure = _figure(
        f"least time of each {'block' if by_block else 'layer'}, ms: "
        "up by arithmetic, down by memory"
    )
    for way, sign in ((0, 1), (1, -1)):
        shown = [(x, key) for x, key in enumerate(bars, start=1) if bars[key][way]]
        figure.add_trace(
            go.Bar(
                x=[x for x, _ in shown],
                y=[sign * bars[key][way] for _, key in shown],
                name=("bound by arithmetic", "bound by memory")[way],
                width=1,
                marker={
                    "color": [palette.stage_tint(stages[key], last - 1) for _, key in shown],
                    "line": {"width": 0},
                },
                text=[f"{names[key]}: {bars[key][way]:.3g} ms" for _, key in shown],
                textposition="none",
                hovertemplate="%{text}<extra>%{fullData.name}</extra>",
                showlegend=False,
            )
        )
    reach = [max(pair[way] for pair in bars.values()) for way in (0, 1)]
    figure.update_layout(barmode="relative", bargap=0)
    figure.update_xaxes(title_text=f"{'block' if by_block else 'layer'}, from the input")
    ticks = _ticks(max(reach))
    figure.update_yaxes(
        tickvals=ticks,
        ticktext=[f"{abs(tick):g}" for tick in ticks],
        range=[-1.1 * max(reach[1], max(reach) / 5), 1.1 * max(reach[0], max(reach) / 5)],
    )
    figure.add_hline(y=0, line={"width": 1, "color": palette.OUTSIDE_TINT})
    return figure


def _ticks(highest: float) -> list[float]:
    """Round values, two to five on either side of zero."""
    power = 10.0 ** math.floor(math.log10(highest))
    step = power * next(m for m in (0.2, 0.5, 1, 2, 5) if 5 * m * power >= highest)
    return [number * step for number in range(-5, 6)]


def _title(layer: Layer) -> str:
    return f"{layer.name} ({_words(layer)})"


def _words(layer: Layer) -> str:
    kind = KIND_WORDS.get(layer.kind, layer.kind)
    window = f"{layer.kernel}x{layer.kernel} " if layer.kind == "conv" else ""
    shapes = " → ".join("x".join(map(str, shape)) for shape in (layer.in_shape, layer.out_shape))
    return f"{window}{kind} {shapes}"


def _stage(stage: int, last: int) -> str:
    return "first" if stage == 0 else "last" if stage == last else f"stage {stage}"


def _figure(title: str) -> go.Figure:
    return go.Figure(
        layout={
            "title": {"text": title, "x": 0, "xref": "paper", "font": {"size": 16}},
            "xaxis": {"title": {"font": {"size": 14}, "standoff": 8}},
            "yaxis": {"tickfont": {"size": 13}},
            "font": {"size": 14},
            "margin": {"l": 52, "r": 15, "t": 62, "b": 45},
            "legend": {
                "orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 13},
            },
            "hovermode": "closest",
        }
    )  # fmt: skip
