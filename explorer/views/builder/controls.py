"""Widgets <-> NetSpec: the described fields drive the widgets that change the net being edited."""

import re
from dataclasses import asdict, replace
from typing import Any

import streamlit as st

from explorer.views.builder.exhibit import Exhibit, nearest_depth
from explorer.views.builder.exhibit_state import change, current
from explorer.views.builder.net_bar import add_a_net
from resnet.paper.tables import CIFAR_DEPTHS
from resnet.spec import NetSpec, SpecError
from resnet.spec.checks import capitalised
from resnet.spec.net import FIELDS, IMAGENET_BLOCKS, LAYERS_PER_BLOCK

FIELDS_AT_THE_FAMILYS_VALUE = ("width", "classes", "shortcut")


# the widgets in one row with their widths in px, then those behind "More options"
IN_THE_ROW = {"family": 120, "block": 130, "depth": 110, "shortcut": 275, "stride_on": 170}
MORE = ("stages", *(name for name in FIELDS if name not in {*IN_THE_ROW, "stages"}))


def net_controls(exhibit: Exhibit) -> None:
    """Shows the controls of the edited net in one row, which offers a second net as well."""
    spec = exhibit.edited
    with st.container(horizontal=True, vertical_alignment="bottom", key="net_controls"):
        for name in IN_THE_ROW:
            if name != "stride_on" or spec.block == "bottleneck":
                _widget(name, spec)
        changed = len(changed_options(spec))
        label = f"More options ({changed} changed)" if changed else "More options"
        with st.popover(label, type="primary" if changed else "secondary", key="net_more"):
            for name in MORE:
                _widget(name, spec)
            st.button("Back to the paper's values", on_click=_reset, disabled=not changed)
        if len(exhibit.nets) == 1:
            add_a_net(exhibit)


def changed_options(spec: NetSpec) -> list[str]:
    """The fields behind "More options" that are not at the paper's value for the family."""
    usual = _usual(spec)
    return [name for name in MORE if getattr(spec, name) != getattr(usual, name)]


def with_choice(spec: NetSpec, name: str, value: Any) -> NetSpec:
    """The net after one choice, keeping what still makes sense and moving to the nearest depth.

    Options at the old family's usual value take the new family's. Raises SpecError for a depth or
    a number that cannot be.
    """
    wanted = asdict(spec) | {name: value}
    if name == "family":
        usual = _usual(spec)
        for option in FIELDS_AT_THE_FAMILYS_VALUE:
            if getattr(spec, option) == getattr(usual, option):
                wanted[option] = None
    if name == "stages":
        wanted["depth"] = None if value else nearest_depth(spec.depth, spec.family, spec.block)
    elif name in ("family", "block", "depth"):
        wanted["stages"] = None
    if name == "block" and value == "single" and spec.family == "imagenet":
        # the paper has no such nets: the same layers, each with a shortcut of its own
        layers = LAYERS_PER_BLOCK[str(spec.block)]
        wanted |= {"stages": tuple(layers * blocks for blocks in spec.blocks), "depth": None}
    elif name in ("family", "block"):
        wanted["depth"] = nearest_depth(spec.depth, wanted["family"], wanted["block"])
    if wanted["family"] == "imagenet" and not wanted["stages"]:
        wanted["block"] = IMAGENET_BLOCKS.get(wanted["depth"], (None,))[0]
    if wanted["block"] != "bottleneck":
        wanted["stride_on"] = "1x1"
    return NetSpec(**wanted)


def read_stages(text: str) -> tuple[int, ...] | None:
    """ "3, 4, 6, 3", "3.4.6.3" or "3 4 6 3" as numbers; None for an empty text."""
    words = re.split(r"[\s,.;+]+", text.strip()) if text.strip() else []
    for word in words:
        if not re.fullmatch(r"[0-9]{1,4}", word):
            raise SpecError(f"blocks in each stage are whole numbers, as 3, 4, 6, 3, not {word!r}")
    return tuple(int(word) for word in words) or None


def _usual(spec: NetSpec) -> NetSpec:
    """The paper's values for what such a net leaves open."""
    depth = spec.depth
    if spec.stages:
        depth = nearest_depth(spec.depth, spec.family, spec.block)
    block = spec.block if spec.family == "cifar" else None
    return NetSpec(family=spec.family, block=block, depth=depth)


def _widget(name: str, spec: NetSpec) -> None:
    field, value, key = FIELDS[name], getattr(spec, name), f"net_{name}"
    shared: Any = {
        "label": field.label, "key": key, "help": field.help,
        "width": IN_THE_ROW.get(name, "stretch"), "on_change": _choose, "args": (name,),
    }  # fmt: skip
    st.session_state[key] = value
    if field.choices:
        st.selectbox(options=list(field.choices), format_func=field.menu_words, **shared)
    elif name == "depth":
        st.session_state[key] = str(value)
        st.selectbox(options=_depths(spec), accept_new_options=True, **shared)
    elif field.kind is int:
        st.number_input(min_value=int(field.low), max_value=int(field.high), **shared)
    else:
        st.session_state[key] = ", ".join(map(str, value or ()))
        st.text_input(placeholder=field.none, **shared)


def _depths(spec: NetSpec) -> list[str]:
    """The paper's depths for such blocks, and the net's own."""
    options = IMAGENET_BLOCKS if spec.family == "imagenet" else CIFAR_DEPTHS[str(spec.block)]
    return [str(depth) for depth in sorted({*options, spec.depth})]


def _choose(name: str) -> None:
    """After a widget changed: the new net, or the sentence that says why it cannot be."""
    value = st.session_state[f"net_{name}"]
    if value is None:
        return
    if name == "depth" and re.fullmatch(r"\s*[+-]?[0-9]{1,9}\s*", value):
        value = int(value)
    exhibit = current()
    try:
        if name == "stages":
            value = read_stages(value)
        change(exhibit.with_edited(with_choice(exhibit.edited, name, value)))
    except SpecError as error:
        what = capitalised(error)
        change(exhibit, f"{what}. Still shown: {exhibit.edited.title}.")


def _reset() -> None:
    exhibit = current()
    spec = exhibit.edited
    kept = {"shortcut": spec.shortcut, "stride_on": spec.stride_on}
    change(exhibit.with_edited(replace(_usual(spec), **kept)))  # type: ignore[arg-type]
