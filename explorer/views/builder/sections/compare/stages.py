"""Parameters and MACs in each stage of several nets, as bars; imports no streamlit.

Hue says plain or residual, darkness depth; the second bar of a hue, and later ones, get a pattern.
"""

from typing import Any

import plotly.graph_objects as go

from explorer.charts import palette
from explorer.views.builder.headline import short
from explorer.views.builder.sections.compare.differing import by_stage
from resnet.spec import NetSpec

Nets = tuple[NetSpec, ...]

MACS = "MACs, one image"
PATTERNS = ("", "/", "x", ".")


def stage_figure(nets: Nets, theme: str) -> go.Figure:
    """Parameters and MACs in each stage, a bar for each net."""
    bars = []
    for net, pattern in zip(nets, _patterns(nets), strict=True):
        stages = by_stage(net)
        names = [_stage_words(each.stage) for each in stages]
        for axis, values in (
            ("", [each.parameters for each in stages]),
            ("2", [each.macs for each in stages]),
        ):
            bars.append(
                go.Bar(
                    x=names,
                    y=values,
                    xaxis=f"x{axis}",
                    yaxis=f"y{axis}",
                    name=net.title,
                    legendgroup=str(net),
                    showlegend=not axis,
                    marker={
                        "color": palette.colour(net, theme),
                        "pattern": {"shape": pattern, "solidity": 0.35},
                    },
                    text=[_si(value) for value in values] if len(nets) < 3 else None,
                    textfont={"size": 12},
                    textposition="outside",
                    cliponaxis=False,
                    customdata=[f"{value:,}" for value in values],
                    hovertemplate=f"{net.title}, %{{x}}<br>%{{customdata}}<extra></extra>",
                )
            )
    longest = max((by_stage(net) for net in nets), key=len)
    order = [_stage_words(each.stage) for each in longest]
    layout: dict[str, Any] = {"annotations": []}
    for axis, title, domain in (("", "parameters", (0, 0.465)), ("2", MACS, (0.535, 1))):
        layout["annotations"].append(panel_title(title, domain))
        layout[f"xaxis{axis}"] = {
            "domain": domain,
            "anchor": f"y{axis}",
            "categoryorder": "array",
            "categoryarray": order,
        }
        layout[f"yaxis{axis}"] = {
            "anchor": f"x{axis}",
            "rangemode": "tozero",
            "exponentformat": "SI",
        }
    layout |= {
        "barmode": "group",
        "bargap": 0.25,
        "font": {"size": 14},
        "margin": {"l": 55, "r": 15, "t": 70, "b": 35},
        "legend": {"orientation": "h", "x": 0, "y": 1.1, "yanchor": "bottom"},
        "showlegend": True,
    }
    return go.Figure(bars, layout)


def panel_title(text: str, domain: tuple[float, float]) -> dict[str, Any]:
    return {
        "text": text,
        "x": sum(domain) / 2,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 16},
    }


def _si(value: int) -> str:
    """Three digits: "647k", "42.5M"."""
    number, unit = short(value).split(" ")
    return f"{float(number.replace(',', '')):.3g}{unit}"


def _stage_words(stage: str) -> str:
    return f"stage {stage}" if stage.isdigit() else stage


def _patterns(nets: Nets) -> list[str]:
    """A pattern for each net, none for the first of the plain and the first of the residual."""
    kinds = [net.plain for net in nets]
    return [PATTERNS[kinds[:index].count(kind)] for index, kind in enumerate(kinds)]
