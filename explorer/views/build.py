"""Build: choose a net; see its costs, its picture, what the paper prints for it, and every layer."""

import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.controls import choose_net
from explorer.diagram import svg
from explorer.headline import NOT_COUNTED, facts_in_words, headline
from explorer.layer_table import layer_csv, shown_table
from resnet.cost import Cost, cost
from resnet.paper import what_the_paper_prints
from resnet.spec import NetSpec


def _title(spec: NetSpec) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"### {spec.title}", width="content")
        try:
            st.page_link("views/train.py", label="Train this net", icon=":material/play_arrow:",
                         query_params={"nets": str(spec)})  # fmt: skip
        except StreamlitAPIException:
            pass  # there is no Train page where this one is tried alone


def _figures(total: Cost) -> None:
    for column, figure in zip(st.columns(5), headline(total), strict=True):
        column.metric(figure.label, figure.value, figure.note, delta_color="off",
                      delta_arrow="off", help=figure.help)  # fmt: skip


def _layers(total: Cost) -> None:
    spec = total.plan.spec
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### All {len(total.layers):,} layers", width="content")
        hide = st.toggle("Hide layers without parameters", key="hide_weightless")
        st.download_button("Table as CSV", lambda: layer_csv(spec), f"{spec}.csv", "text/csv",
                           on_click="ignore", icon=":material/download:", key="csv")  # fmt: skip
    st.dataframe(shown_table(spec, hide), height=420, width="stretch", column_config=COLUMNS)
    st.caption(
        f"{NOT_COUNTED} Activation memory is for one image in fp32; where a layer writes over its "
        "input it is 0. The first row is the whole net, hidden layers included. The paper does not "
        "say where option A's zero channels go; here they follow the real ones."
    )


COLUMNS = {
    "stage": st.column_config.TextColumn("Stage"),
    "block": st.column_config.NumberColumn("Block"),
    "layer": st.column_config.TextColumn("Layer"),
    "kind": st.column_config.TextColumn("Kind"),
    "kernel": st.column_config.TextColumn("Kernel", help="Height and width of its window, in pixels."),
    "stride": st.column_config.NumberColumn("Stride", help="Pixels from one window to the next."),
    "input": st.column_config.TextColumn("Input", help="Channels x height x width."),
    "output": st.column_config.TextColumn("Output", help="Channels x height x width."),
    "parameters": st.column_config.NumberColumn("Parameters", format="%,d"),
    "macs": st.column_config.NumberColumn("MACs", format="%,d", help=NOT_COUNTED),
    "share": st.column_config.NumberColumn("of all MACs", format="%.2f %%"),
    "activation_bytes": st.column_config.NumberColumn("Activation, bytes", format="%,d"),
    "receptive_field": st.column_config.NumberColumn(
        "Field, px", help="Receptive field: the side of the square of input pixels that can change "
        "one output value. Empty after the last pooling, which sees everything.",
    ),
}  # fmt: skip

spec = choose_net()
total = cost(spec)
_title(spec)
_figures(total)
st.markdown(f"<div style='overflow-x:auto'>{svg(total)}</div>", unsafe_allow_html=True)
st.markdown("#### What the paper prints for it")
st.markdown(facts_in_words(what_the_paper_prints(spec), total))
_layers(total)
