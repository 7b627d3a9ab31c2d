"""Parameters against MACs of several nets, among the nets of the paper; imports no streamlit.

The fill of a marker says the published error, its shape the shortcut, its edge the net's colour.
"""

import re
from collections.abc import Sequence
from math import log10
from typing import Any

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from explorer.charts import palette
from explorer.views.builder.headline import short
from explorer.views.builder.sections.compare.landmarks import (
    MEASURES,
    Landmark,
    landmark,
    landmarks,
)
from explorer.views.builder.sections.compare.stages import MACS, panel_title
from resnet.spec import NetSpec
from resnet.spec.net import FIELDS

Nets = tuple[NetSpec, ...]

GREY = "#808890"
# Error in percent at the ends of each scale; follow-ups with larger errors take the last colour.
SCALES = {"cifar": (6.0, 9.0), "imagenet": (21.0, 29.0)}
TICKS = {"cifar": (6, 7, 8, 9), "imagenet": (21, 23, 25, 27, 29)}
SHADES = {"light": (0.0, 0.92), "dark": (0.28, 1.0)}  # of Viridis, what the page lets be seen
CHART_WIDTH = 1000  # px, about, without the scales
TOGETHER = 0.04  # of a decade: markers nearer than this share one name
BETWEEN = 0.22  # of the width, for the scale and the next axis
FAMILY_NAMES = {"cifar": "CIFAR nets", "imagenet": "ImageNet nets"}


def landscape_figure(nets: Nets, theme: str) -> go.Figure:
    """Parameters against MACs, both logarithmic: a panel for each family among the nets.

    The nets of the paper are small markers with small names, `nets` large ones with bold names.
    """
    families = [
        family for family in FIELDS["family"].choices if any(net.family == family for net in nets)
    ]
    traces: list[go.Scatter] = []
    layout: dict[str, Any] = {
        "annotations": [],
        "font": {"size": 14},
        "margin": {"l": 65, "r": 20, "t": 35, "b": 50},
        "showlegend": False,
    }
    width = (1 - BETWEEN * (len(families) - 1)) / len(families)
    for column, family in enumerate(families, start=1):
        axis = "" if column == 1 else str(column)
        domain = ((column - 1) * (width + BETWEEN), (column - 1) * (width + BETWEEN) + width)
        chosen = [landmark(net) for net in nets if net.family == family]
        rest = [each for each in landmarks() if each.family == family and each.net not in nets]
        everything = (*rest, *chosen)
        across = _log_range([each.macs for each in everything])
        up = _log_range([each.parameters for each in everything])
        panel = {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}
        traces += [
            *_markers(rest, panel, f"coloraxis{axis}", theme, strong=False),
            *_markers(chosen, panel, f"coloraxis{axis}", theme, strong=True),
            _names(rest, panel, across, width, strong=False),
            _names(chosen, panel, across, width, strong=True),
        ]
        layout[f"coloraxis{axis}"] = _scale(family, domain[1] + 0.01, theme)
        layout[f"xaxis{axis}"] = {**_log(MACS, across), "domain": domain, "anchor": f"y{axis}"}
        layout[f"yaxis{axis}"] = {**_log("parameters", up), "anchor": f"x{axis}"}
        layout["annotations"].append(panel_title(FAMILY_NAMES[family], domain))
    return go.Figure(traces, layout)


def _markers(
    nets: Sequence[Landmark], panel: dict[str, str], scale: str, theme: str, strong: bool
) -> list[go.Scatter]:
    """Filled with the colour of the error where one is published, else hollow."""
    kind = "chosen" if strong else "nets of the paper"
    traces = []
    for filled in (True, False):
        there = [each for each in nets if bool(each.error) == filled]
        edges = [palette.colour(each.net, theme) if strong and each.net else GREY for each in there]
        errors = [each.error.error for each in there if each.error]
        look: dict[str, Any] = {"color": errors, "coloraxis": scale} if filled else {"color": edges}
        traces.append(
            go.Scatter(
                x=[each.macs for each in there],
                y=[each.parameters for each in there],
                **panel,
                mode="markers",
                name=kind if filled else f"{kind}, no error published",
                marker={
                    "symbol": [_symbol(each) + ("" if filled else "-open") for each in there],
                    "size": 20 if strong else 10,
                    "opacity": 1.0 if strong else 0.75,
                    "line": {"width": 3.5 if strong else 1.5, "color": edges},
                    **look,
                },
                text=[_hover(each) for each in there],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    return traces


def _names(
    nets: Sequence[Landmark],
    panel: dict[str, str],
    across: tuple[float, float],
    width: float,
    strong: bool,
) -> go.Scatter:
    """Names beside the markers, where the panel has room; nets at the same place share one."""
    places = _together(nets)
    texts, positions = [], []
    for place in places:
        name = _joined(place)
        share = (log10(place[0].macs) - across[0]) / (across[1] - across[0])
        room = share * width * CHART_WIDTH - 9 * len(name)  # px to the left of the name
        left = room > 0 if strong else share > 0.7
        gap = "\u2002" * (3 if strong else 2)  # past the marker; plotly trims plain spaces
        text = f"{name}{gap}" if left else f"{gap}{name}"
        texts.append(f"<b>{text}</b>" if strong else text)
        if strong:
            positions.append("top left" if left else "top right")
        else:
            positions.append("bottom left" if left else "bottom right")
    return go.Scatter(
        x=[place[0].macs for place in places],
        y=[place[0].parameters for place in places],
        **panel,
        mode="text",
        name="names of the chosen" if strong else "names of the paper's nets",
        text=texts,
        textposition=positions,
        textfont={"size": 15} if strong else {"size": 12, "color": GREY},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _together(nets: Sequence[Landmark]) -> list[list[Landmark]]:
    """Nets whose markers cover each other, from the smallest to the largest."""
    places: list[list[Landmark]] = []
    for each in sorted(nets, key=lambda net: (net.macs, net.parameters)):
        last = places[-1][0] if places else None
        near = last and all(
            abs(log10(one / other)) < TOGETHER
            for one, other in ((each.macs, last.macs), (each.parameters, last.parameters))
        )
        if near:
            places[-1].append(each)
        else:
            places.append([each])
    return places


def _joined(place: Sequence[Landmark]) -> str:
    """ "ResNet-50 B", or for several "34 layers: plain, A, B, C"."""
    titles = [each.title.removeprefix("ImageNet ") for each in place]
    nets = [each.net for each in place if each.net]
    if len(place) == 1 or len({net.depth for net in nets}) > 1 or len(nets) < len(place):
        return ", ".join(titles)
    beginning = re.compile(r"(ResNet|plain)-\d+ ?")
    words = [
        beginning.sub("plain" if net.plain else "", title).replace(",", "")
        for net, title in zip(nets, titles, strict=True)
    ]
    return f"{nets[0].depth} layers: {', '.join(words)}"


def _symbol(each: Landmark) -> str:
    return palette.marker(each.net) if each.net else "star"


def _hover(each: Landmark) -> str:
    measure = MEASURES[each.family].removesuffix(", %")
    error = f"{measure}: {each.error}" if each.error else "no error is published"
    return (
        f"<b>{each.title}</b><br>{each.parameters:,} parameters<br>"
        f"{short(each.macs)} MACs<br>{error}"
    )


def _scale(family: str, x: float, theme: str) -> dict[str, Any]:
    low, high = SCALES[family]
    low_shade, high_shade = SHADES[theme]
    ticks = TICKS[family]
    return {
        "cmin": low,
        "cmax": high,
        "colorscale": sample_colorscale(
            "Viridis", [low_shade + (high_shade - low_shade) * step / 8 for step in range(9)]
        ),
        "colorbar": {
            "title": {"text": MEASURES[family], "side": "right", "font": {"size": 13}},
            "tickvals": ticks,
            "ticktext": [f"{tick}" for tick in ticks[:-1]] + [f"{ticks[-1]} or more"],
            "thickness": 14,
            "x": x,
            "xanchor": "left",
        },
    }


def _log_range(values: Sequence[int]) -> tuple[float, float]:
    """Powers of ten at the ends of an axis, with room for markers and names."""
    low, high = log10(min(values)), log10(max(values))
    margin = max(0.1 * (high - low), 0.15)
    return low - margin, high + margin


def _log(title: str, ends: tuple[float, float]) -> dict[str, Any]:
    return {
        "type": "log",
        "title": {"text": title, "standoff": 6},
        "range": ends,
        "exponentformat": "SI",
        "dtick": "D2",
    }
