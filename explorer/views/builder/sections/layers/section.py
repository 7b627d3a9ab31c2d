"""A block as equations; a net's picture and its layers as rows, linked; the rows as CSV."""

from dataclasses import replace

import streamlit as st

from explorer.views.builder.exhibit_state import change, current
from explorer.views.builder.sections.layers.anatomy import anatomy
from explorer.views.builder.sections.layers.equations import equations, markdown
from explorer.views.builder.sections.layers.table import layer_csv
from resnet.paper.overfitting import overfitting
from resnet.spec import NetSpec

PARTS = ("picture", "table")


def _count_in(unit: str) -> None:
    change(replace(current(), unit=unit))


def _choose(layer: str) -> None:
    change(replace(current(), layer=layer))


def show(specs: tuple[NetSpec, ...]) -> None:
    """For the first net."""
    spec, exhibit = specs[0], current()
    if exhibit.shows("equations"):
        found = equations(spec)
        for column, each in zip(st.columns(len(found)), found, strict=True):
            column.markdown(markdown(each))
    if words := overfitting([spec]):
        st.markdown(words)
    hidden = [part for part in PARTS if not exhibit.shows(part)]
    if len(hidden) < len(PARTS):
        anatomy(
            spec,
            key="anatomy",
            unit=exhibit.unit,
            hide=hidden,
            on_unit=_count_in,
            layer=exhibit.chosen_layer,
            on_layer=_choose,
        )
    if "table" in hidden:
        return
    note, button = st.columns([8, 2], vertical_alignment="center")
    note.caption(
        "Activation memory is for one image in fp32; where a layer writes over its input, or is a "
        "view of it (every second pixel), it is 0. "
        "The paper does not say where option A's zero channels go; here they follow the real ones."
    )
    button.download_button(
        "Table as CSV",
        lambda: layer_csv(spec),
        f"{spec}.csv",
        "text/csv",
        key="layers_csv",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
