"""Build: choose nets; read their costs; look at one section at a time; share it all as a link."""

from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException

from explorer.views import TRAIN
from explorer.views.builder.controls import net_controls
from explorer.views.builder.exhibit import SECTIONS, Exhibit
from explorer.views.builder.exhibit_link import exhibit_link
from explorer.views.builder.exhibit_state import change, current, follow_link, show_problem
from explorer.views.builder.headline import headline
from explorer.views.builder.net_bar import net_bar
from explorer.views.builder.sections import SHOW
from resnet.cost import cost
from resnet.cost.layers import Cost

SECTION = "exhibit_section"  # key of the widget


def _row() -> Any:
    alignment: Literal["left", "distribute"] = "left" if st.context.is_embedded else "distribute"
    return st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment=alignment
    )


def _title(exhibit: Exhibit) -> None:
    with _row():
        if exhibit.shows("title"):
            st.markdown(f"### {exhibit.edited.title}", width="content")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            if exhibit.shows("train"):
                _train_link(exhibit)
            if exhibit.shows("link"):
                exhibit_link(exhibit)


def _train_link(exhibit: Exhibit) -> None:
    nets = [net for net in exhibit.ordered if net.family == "cifar"]
    why_not = "ImageNet nets are for looking at: the images here suit nets of the CIFAR family."
    with suppress(StreamlitAPIException):  # no Train page where this one is tried alone
        st.page_link(
            TRAIN,
            label="Train these nets" if len(nets) > 1 else "Train this net",
            icon=":material/play_arrow:",
            query_params={"nets": ",".join(map(str, nets or exhibit.ordered))},
            disabled=not nets,
            help=None if nets else why_not,
        )


def _figures(total: Cost) -> None:
    with _row():
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


def _choose_section(exhibit: Exhibit) -> str | None:
    """The open section; None where all are hidden."""
    names = [name for name in SHOW if exhibit.shows(name)]
    chosen = exhibit.section if exhibit.section in names else next(iter(names), None)
    if exhibit.shows("sections") and len(names) > 1:
        st.session_state[SECTION] = chosen
        st.segmented_control(
            "Section",
            names,
            format_func=SECTIONS.__getitem__,
            required=True,
            key=SECTION,
            on_change=lambda: change(replace(current(), section=st.session_state[SECTION])),
            label_visibility="collapsed",
        )
    return chosen


exhibit = follow_link()
if exhibit.shows("controls"):
    if len(exhibit.nets) > 1:
        net_bar(exhibit)
    net_controls(exhibit)
show_problem()
if any(exhibit.shows(part) for part in ("title", "train", "link")):
    _title(exhibit)
if exhibit.shows("figures"):
    _figures(cost(exhibit.edited))
if section := _choose_section(exhibit):
    SHOW[section](exhibit.ordered)
