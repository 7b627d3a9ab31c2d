"""Up to four nets side by side: what differs in their costs, stage by stage and layer by layer."""

from functools import lru_cache

import pyarrow as pa
import streamlit as st

from explorer.charts.figure.component import live_chart
from explorer.views.builder.sections.compare.differing import differing_layers, headlines
from explorer.views.builder.sections.compare.landmarks import MEASURES
from explorer.views.builder.sections.compare.landscape import landscape_figure
from explorer.views.builder.sections.compare.stages import stage_figure
from resnet.spec import NetSpec

TABLE_HEIGHT = 400  # px at most
ROW_HEIGHT = 36


def show(specs: tuple[NetSpec, ...]) -> None:
    """The first net is what the others are compared with; one alone is placed among the paper's."""
    theme = st.context.theme.type or "light"
    if len(specs) == 1:
        st.markdown("Press **Add a net to compare** to see what sets two nets apart.")
    else:
        st.markdown(headline_table(specs), unsafe_allow_html=True)
    names = ", ".join(net.title for net in specs)
    st.markdown("#### Parameters against multiply-adds, among the nets of the paper")
    live_chart(
        _drawn("landscape", specs, theme),
        "landscape",
        440,
        f"Parameters against multiply-adds of {names}, and of the nets of the paper",
    )
    st.caption(_landscape_caption(specs))
    st.markdown("#### Where they are spent")
    live_chart(
        _drawn("stages", specs, theme),
        "stages",
        340,
        f"Parameters and multiply-adds in each stage of {names}",
    )
    if len(specs) > 1:
        _layers(specs)


@lru_cache(maxsize=64)
def _drawn(name: str, specs: tuple[NetSpec, ...], theme: str) -> str:
    """A figure as JSON, kept for the reruns that other widgets cause."""
    draw = {
        "landscape": landscape_figure,
        "stages": stage_figure,
    }[name]
    return str(draw(specs, theme).to_json())


def headline_table(specs: tuple[NetSpec, ...]) -> str:
    """The headline figures as a table in Markdown, a row for each net."""
    columns = headlines(specs)
    lines = [
        ["", *(column.label for column in columns)],
        ["---", *("---:" for _ in columns)],
        *(
            [f"**{_unbroken(net.title)}**", *(column.cells[index] for column in columns)]
            for index, net in enumerate(specs)
        ),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _unbroken(title: str) -> str:
    """The same words on one line; a comma may end it."""
    return title.replace(" ", "\u00a0").replace(",\u00a0", ", ").replace("-", "\u2011")


def layers_table(specs: tuple[NetSpec, ...]) -> pa.Table:
    """The layers that are not the same in all nets, a column for each net."""
    rows = differing_layers(specs)
    columns = {
        "Stage": [row.stage for row in rows],
        "Blocks": [row.blocks for row in rows],
        "Layer": [row.layer for row in rows],
    }
    for index, net in enumerate(specs):
        columns[net.title] = [row.cells[index] for row in rows]
    return pa.table(columns)


def _layers(specs: tuple[NetSpec, ...]) -> None:
    st.markdown("#### The layers that differ")
    table = layers_table(specs)
    if not table.num_rows:
        st.markdown("All layers are the same.")
        return
    height = min(TABLE_HEIGHT, ROW_HEIGHT * (table.num_rows + 1))
    st.dataframe(table, height=height, hide_index=True)
    st.caption(
        "Layers that are the same in all these nets are left out; neighbouring blocks that differ "
        "in the same way share a row. Shapes are channels x height x width; – means that a net has "
        "no such layer."
    )


def _landscape_caption(specs: tuple[NetSpec, ...]) -> str:
    measured = [MEASURES[family].removesuffix(", %") for family in {net.family for net in specs}]
    return (
        "Large: the chosen nets. Small: the nets that the paper or He et al. 2016 names. Filled "
        f"where an error is published ({' and '.join(sorted(measured))}), hollow where none is. "
        "Circle: no shortcuts; square: A; diamond: B; cross: C. Shortcuts of option A cost "
        "nothing, so a plain net and its residual twin lie on one point."
    )
