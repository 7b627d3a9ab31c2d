"""Build: choose a net; see its costs, its picture, what the paper prints, and every layer."""

from contextlib import suppress
from typing import Any, Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.controls import choose_net
from explorer.diagram import svg
from explorer.headline import NOT_COUNTED, facts_in_words, headline
from explorer.layer_table import layer_csv, shown_table
from resnet.cost import Cost, cost
from resnet.paper import what_the_paper_prints
from resnet.spec import NetSpec


def _row(alignment: Literal["left", "distribute"]) -> Any:
    return st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment=alignment
    )


def _title(spec: NetSpec) -> None:
    too_big = spec.family == "imagenet"
    why_not = "ImageNet nets are for looking at: the images here suit nets of the CIFAR family."
    with (
        _row("distribute"),
        suppress(StreamlitAPIException),
    ):  # no Train page where this one is tried alone
        st.markdown(f"### {spec.title}", width="content")
        st.page_link(
            "views/train.py",
            label="Train this net",
            icon=":material/play_arrow:",
            query_params={"nets": str(spec)},
            disabled=too_big,
            help=why_not if too_big else None,
        )


def _figures(total: Cost) -> None:
    with _row("distribute"):
        for figure in headline(total):
            st.metric(
                figure.label,
                figure.value,
                figure.note,
                help=figure.help,
                width=208,
                delta_color="off",
                delta_arrow="off",
            )


def _layers(total: Cost) -> None:
    spec = total.plan.spec
    with _row("left"):
        st.markdown(f"#### Layer by layer: {len(total.layers):,} rows", width="content")
        hide = st.toggle("Hide rows without parameters", key="layers_hide")
        st.download_button(
            "Table as CSV",
            lambda: layer_csv(spec),
            f"{spec}.csv",
            "text/csv",
            key="layers_csv",
            on_click="ignore",
            icon=":material/download:",
        )
    st.dataframe(shown_table(spec, hide), height=420, placeholder="", column_config=COLUMNS)
    st.caption(
        f"{NOT_COUNTED} Activation memory is for one image in fp32; where a layer writes over its "
        "input it is 0. The first row is the whole net, hidden rows included. The paper does not "
        "say where option A's zero channels go; here they follow the real ones."
    )


def _column(label: str, width: int, help: str | None = None, form: str = "") -> Any:
    if form:
        return st.column_config.NumberColumn(label, width=width, help=help, format=form)
    return st.column_config.Column(label, width=width, help=help)


SHAPE = "Channels x height x width."
COLUMNS = {
    "stage": _column("Stage", 54),
    "block": _column("Block", 52),
    "layer": _column("Layer", 132),
    "kind": _column("Kind", 108),
    "kernel": _column("Kernel", 58, "Height and width of its window, in pixels."),
    "stride": _column("Stride", 54, "Pixels from one window to the next; 2 halves the map."),
    "input": _column("Input", 90, SHAPE),
    "output": _column("Output", 90, SHAPE),
    "parameters": _column("Parameters", 90, form="%,d"),
    "macs": _column("MACs", 110, NOT_COUNTED, "%,d"),
    "share": _column("of all MACs", 84, form="%.2f %%"),
    "activation_bytes": _column("Activation, bytes", 114, form="%,d"),
    "receptive_field": _column(
        "Field, px",
        66,
        "Receptive field: the side of the square of input pixels that can change "
        "one output value. Empty after the last pooling, which sees everything.",
        "%,d",
    ),
}

spec = choose_net()
total = cost(spec)
_title(spec)
_figures(total)
st.markdown(f"<div style='overflow-x:auto'>{svg(total)}</div>", unsafe_allow_html=True)
st.markdown("#### What the paper prints for it")
st.markdown(facts_in_words(what_the_paper_prints(spec), total))
_layers(total)
