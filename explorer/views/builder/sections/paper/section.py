"""What the paper says: its counts beside ours, v1 and v1.5 strides, printed errors, VGG-19."""

from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from explorer.views.builder.sections.paper import words
from explorer.views.builder.sections.paper.vgg_table import vgg_table
from resnet.cost import cost
from resnet.cost.vgg import vgg19
from resnet.paper import checks as paper
from resnet.paper.overfitting import overfitting
from resnet.spec import NetSpec


def show(specs: tuple[NetSpec, ...]) -> None:
    """For the first net."""
    spec = specs[0]
    st.markdown("#### Our count and the paper's")
    _badges(spec)
    with st.expander("Every count that the paper prints, beside ours"):
        table = paper.table_1_checks() if spec.family == "imagenet" else paper.table_6_checks()
        other = paper.table_6_checks() if spec.family == "imagenet" else paper.table_1_checks()
        st.markdown(words.checks_table(table + other))
        st.markdown(words.TABLE_1_WORDS)
    st.markdown("#### Published error")
    near = paper.neighbours(spec)
    st.markdown(words.errors_sentence(spec, near))
    st.markdown(words.errors_table(spec, near))
    if said := overfitting([spec]):
        st.markdown(said)
    _strides(spec)
    _vgg(spec)


def _badges(spec: NetSpec) -> None:
    found = paper.checks(spec)
    if not found:
        st.markdown("Tables 1 and 6 print no count for exactly this net.")
        return
    for check in found:
        label, colour = words.badge(check)
        met: Literal["green", "red"] = "green" if colour == "green" else "red"
        st.badge(label, color=met, icon=":material/check:" if check.meets else ":material/close:")
        st.caption(f"How the count becomes the printed figure: {check.rule}.")


def _strides(spec: NetSpec) -> None:
    st.markdown("#### Where the stride is: v1 and v1.5")
    changes = paper.stride_changes(spec)
    if not changes:
        st.markdown(words.strides_sentence(spec, changes, 0, 0))
        return
    v1, v15 = (cost(replace(spec, stride_on=place)).macs for place in ("1x1", "3x3"))
    st.markdown(words.strides_sentence(spec, changes, v1, v15))
    st.markdown(words.strides_table(changes))
    st.caption("Channels x height x width; multiply-adds of one image.")


def _vgg(spec: NetSpec) -> None:
    st.markdown("#### VGG-19, the reference")
    total = cost(spec)
    st.markdown(words.vgg_sentence(spec, total.macs, total.parameters, vgg19()))
    with st.expander("VGG-19 layer by layer"):
        st.dataframe(vgg_table(), hide_index=True, height=420, column_config=COLUMNS)
        st.caption(
            "Counted by the same rules as our nets, for one image of 224x224. Source: Simonyan "
            "and Zisserman 2014, Table 1, column E."
        )


def _number(label: str, form: str) -> Any:
    return st.column_config.NumberColumn(label, format=form)


COLUMNS = {
    "layer": "Layer",
    "kind": "Kind",
    "input": "Input",
    "output": "Output",
    "parameters": _number("Parameters", "%,d"),
    "macs": _number("MACs", "%,d"),
    "share": _number("of all MACs", "%.2f %%"),
    "activation_bytes": _number("Activation, bytes", "%,d"),
}
