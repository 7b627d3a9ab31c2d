"""Widgets <-> NetSpec: one table drives the widgets that change the net being edited."""

import re
from dataclasses import asdict, dataclass, replace
from typing import Any

import streamlit as st

from explorer.views.builder.exhibit import Exhibit, nearest_depth
from explorer.views.builder.exhibit_state import change, current
from explorer.views.builder.net_bar import add_a_net
from resnet.paper.tables import CIFAR_DEPTHS
from resnet.spec import NetSpec, SpecError
from resnet.spec.net import IMAGENET_BLOCKS

FIELDS_AT_THE_FAMILYS_VALUE = ("width", "classes", "shortcut")


@dataclass(frozen=True)
class Control:
    """One widget, for the field `name` of a NetSpec.

    It is a choice among `words` (value -> what people read), or a number in `between`, or a text
    like `example`, or, with none of them, the depth. `width` in px; `more` puts it behind "More
    options".
    """

    name: str
    label: str
    help: str
    width: int = 0
    words: dict[str, str] | None = None
    between: tuple[int, int] | None = None
    example: str = ""
    more: bool = False

    @property
    def key(self) -> str:
        return f"net_{self.name}"


CONTROLS = (
    Control(
        "family", "Family", "CIFAR nets see 32x32 pixels, ImageNet nets 224x224.", 120,
        words={"cifar": "CIFAR", "imagenet": "ImageNet"},
    ),
    Control(
        "block", "Block", "basic: two 3x3 convolutions. bottleneck: a 1x1, a 3x3 and a 1x1 "
        "convolution, the last with four times as many channels.", 130,
        words={"basic": "basic", "bottleneck": "bottleneck"},
    ),
    Control(
        "depth", "Depth", "Layers, as the paper counts them. Any other can be typed in: CIFAR nets "
        "have 6n+2 layers with basic blocks, 9n+2 with bottleneck blocks.", 110,
    ),
    Control(
        "shortcut", "Shortcut", "What is added to the output of each block. A projection is a 1x1 "
        "convolution, which has weights of its own.", 275,
        words={
            "none": "none (plain)", "A": "A: zero-padding",
            "B": "B: projection where shapes change", "C": "C: projection everywhere",
        },
    ),
    Control(
        "stride_on", "Stride on", "Which convolution of a bottleneck halves the map where a stage "
        "begins. The paper: its first 1x1. torchvision: its 3x3.", 170,
        words={"1x1": "first 1x1 (paper)", "3x3": "3x3 (torchvision)"},
    ),
    Control(
        "stages", "Blocks in each stage", "As 3, 4, 6, 3; they decide the depth. Empty: the "
        "paper's. CIFAR nets have three stages, ImageNet nets four.", more=True,
        example="the paper's",
    ),
    Control(
        "width", "Channels of the first stage", "In the paper 16 for CIFAR, 64 for ImageNet. Each "
        "further stage has twice as many.", between=(1, 1024), more=True,
    ),
    Control(
        "classes", "Classes", "Outputs of the last layer: 10 for CIFAR-10, 1000 for ImageNet.",
        between=(2, 100_000), more=True,
    ),
    Control(
        "order", "Order in a block", "Pre-activation (He et al. 2016) puts BN and ReLU before each "
        "convolution instead of after it.", more=True,
        words={"post": "convolution, BN, ReLU (paper)", "pre": "BN, ReLU, convolution (2016)"},
    ),
    Control(
        "norm", "Normalisation", "The paper normalises after every convolution.", more=True,
        words={"batch": "batch normalisation (paper)", "none": "none"},
    ),
    Control(
        "activation", "Activation", "The nonlinearity between the layers.", more=True,
        words={"relu": "ReLU (paper)", "tanh": "tanh", "sigmoid": "sigmoid"},
    ),
)  # fmt: skip


def net_controls(exhibit: Exhibit) -> None:
    """Shows the controls of the edited net in one row, which offers a second net as well."""
    spec = exhibit.edited
    with st.container(horizontal=True, vertical_alignment="bottom", key="net_controls"):
        for control in CONTROLS:
            if not control.more and (control.name != "stride_on" or spec.block == "bottleneck"):
                _widget(control, spec)
        changed = len(changed_options(spec))
        label = f"More options ({changed} changed)" if changed else "More options"
        with st.popover(label, type="primary" if changed else "secondary", key="net_more"):
            for control in CONTROLS:
                if control.more:
                    _widget(control, spec)
            st.button("Back to the paper's values", on_click=_reset, disabled=not changed)
        if len(exhibit.nets) == 1:
            add_a_net(exhibit)


def changed_options(spec: NetSpec) -> list[str]:
    """The fields behind "More options" that are not at the paper's value for the family."""
    usual = _usual(spec)
    names = [control.name for control in CONTROLS if control.more]
    return [name for name in names if getattr(spec, name) != getattr(usual, name)]


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
    if name in ("family", "block"):
        wanted["depth"] = nearest_depth(spec.depth, wanted["family"], wanted["block"])
    if wanted["family"] == "imagenet" and not wanted["stages"]:
        wanted["block"] = IMAGENET_BLOCKS.get(wanted["depth"], (None,))[0]
    if wanted["block"] == "basic":
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
    kind = {"family": spec.family, "block": spec.block}
    if spec.stages:
        depth = nearest_depth(spec.depth, spec.family, spec.block)
        return NetSpec(**kind, depth=depth)  # type: ignore[arg-type]
    return NetSpec(**kind, depth=spec.depth)  # type: ignore[arg-type]


def _widget(control: Control, spec: NetSpec) -> None:
    value = getattr(spec, control.name)
    key, help, label = control.key, control.help, control.label
    wide: Any = control.width or "stretch"
    changes: Any = {"on_change": _choose, "args": (control.name,)}
    if control.between:
        st.session_state[key] = value
        st.number_input(label, *control.between, key=key, help=help, width=wide, **changes)
    elif control.words:
        st.session_state[key] = value
        options, words = list(control.words), control.words.__getitem__
        st.selectbox(label, options, format_func=words, key=key, help=help, width=wide, **changes)
    elif control.example:
        st.session_state[key] = ", ".join(map(str, value or ()))
        st.text_input(label, key=key, help=help, placeholder=control.example, width=wide, **changes)
    else:
        st.session_state[key] = str(value)
        st.selectbox(
            label, _depths(spec), accept_new_options=True, key=key, help=help, width=wide, **changes
        )


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
        what = f"{str(error)[:1].upper()}{str(error)[1:]}"
        change(exhibit, f"{what}. Still shown: {exhibit.edited.title}.")


def _reset() -> None:
    exhibit = current()
    spec = exhibit.edited
    kept = {"shortcut": spec.shortcut, "stride_on": spec.stride_on}
    change(exhibit.with_edited(replace(_usual(spec), **kept)))  # type: ignore[arg-type]
