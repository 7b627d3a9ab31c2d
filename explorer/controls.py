"""Widgets <-> NetSpec <-> URL: one table drives the widgets, the net's name is the link.

The net is kept as its name in `st.session_state[NET]`, so it survives leaving the page, and stands
in the URL as `?net=resnet56-A`, both ways: a link sets the widgets, a widget rewrites the link.
"""

import re
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from resnet.paper import CIFAR_DEPTHS
from resnet.spec import IMAGENET_BLOCKS, NetSpec, SpecError, valid_depths_near

NET, PROBLEM, LINK = "net_name", "net_problem", "net_in_link"  # keys of the session; strings only
LONGEST_NAME = 60
FIELDS_AT_THE_FAMILYS_VALUE = ("width", "classes", "shortcut")


@dataclass(frozen=True)
class Control:
    """One widget, for the field `name` of a NetSpec.

    It is a choice among `words` (value -> what people read), or a number in `between`, or, with
    neither, the depth. `width` in px; `more` puts it behind "More options".
    """

    name: str
    label: str
    help: str
    width: int = 0
    words: dict[str, str] | None = None
    between: tuple[int, int] | None = None
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


def choose_net() -> NetSpec:
    """Shows the controls in one row and gives the net that they, or the link, stand for."""
    spec = _follow_link()
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
    if st.session_state.get(PROBLEM):
        st.warning(literal(st.session_state[PROBLEM]))
    return spec


def changed_options(spec: NetSpec) -> list[str]:
    """The fields behind "More options" that are not at the paper's value for the family."""
    usual = NetSpec(family=spec.family, depth=spec.depth, block=spec.block)
    names = [control.name for control in CONTROLS if control.more]
    return [name for name in names if getattr(spec, name) != getattr(usual, name)]


def with_choice(spec: NetSpec, name: str, value: Any) -> NetSpec:
    """The net after one choice, keeping what still makes sense and moving to the nearest depth.

    Options at the old family's usual value take the new family's. Raises SpecError for a depth or
    a number that cannot be.
    """
    wanted = asdict(spec) | {name: value}
    if name == "family":
        usual = NetSpec(family=spec.family, depth=spec.depth, block=spec.block)
        for option in FIELDS_AT_THE_FAMILYS_VALUE:
            if getattr(spec, option) == getattr(usual, option):
                wanted[option] = None
    if name in ("family", "block"):
        wanted["depth"] = nearest_depth(spec.depth, wanted["family"], wanted["block"])
    if wanted["family"] == "imagenet":
        wanted["block"] = IMAGENET_BLOCKS.get(wanted["depth"], (None,))[0]
    if wanted["block"] == "basic":
        wanted["stride_on"] = "1x1"
    return NetSpec(**wanted)


def nearest_depth(depth: int, family: str, block: str | None) -> int:
    """The depth nearest to this one that the family has with such blocks (None: with any)."""
    if family == "cifar":
        fitting = valid_depths_near(depth, block or "basic")
    else:
        kinds = IMAGENET_BLOCKS.items()
        fitting = tuple(each for each, (kind, _) in kinds if block in (kind, None))
    return min(fitting, key=lambda each: abs(each - depth))


def from_link(text: str, otherwise: NetSpec) -> tuple[NetSpec, str]:
    """The net of a link, and "" or one sentence on what is wrong with it and what is shown.

    Where only the depth misses, that is the net of the nearest depth, else `otherwise`.
    """
    text = text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "…"
    try:
        return NetSpec.parse(text), ""
    except SpecError as error:
        shown = _with_nearest_depth(text) or otherwise
        return shown, f"The link asks for {text!r}: {error}. Shown instead: {shown.title}."


def literal(text: str) -> str:
    """The same text for Markdown, with no part of it a command: a link may say anything."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:<>&])", r"\\\1", text)


def _with_nearest_depth(text: str) -> NetSpec | None:
    match = re.search(r"(?:plain|resnet)-?(\d{1,6})", text.lower())
    if match is None:
        return None
    family = "imagenet" if "imagenet" in text.lower() else "cifar"
    block = "bottleneck" if "bottleneck" in text.lower() else None
    near = nearest_depth(int(match[1]), family, block)
    try:
        return NetSpec.parse(f"{text[: match.start(1)]}{near}{text[match.end(1) :]}")
    except SpecError:
        return None


def _current() -> NetSpec:
    return NetSpec.parse(st.session_state.get(NET, str(NetSpec())))


def _follow_link() -> NetSpec:
    """Takes a link that came from outside, else writes the net into the link."""
    link = st.query_params.get("net")
    if link is None:
        if LINK in st.session_state:
            st.session_state.pop(PROBLEM, None)  # said when the page was left
    elif link != st.session_state.get(LINK):
        spec, problem = from_link(link, _current())
        st.session_state[NET], st.session_state[PROBLEM] = str(spec), problem
    spec = _current()
    if link != str(spec):
        st.query_params["net"] = str(spec)
    st.session_state[NET] = st.session_state[LINK] = str(spec)
    return spec


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
    else:
        st.session_state[key] = str(value)
        st.selectbox(
            label, _depths(spec), accept_new_options=True, key=key, help=help, width=wide, **changes
        )


def _depths(spec: NetSpec) -> list[str]:
    """The paper's depths for such blocks, and the net's own."""
    offered = IMAGENET_BLOCKS if spec.family == "imagenet" else CIFAR_DEPTHS[str(spec.block)]
    return [str(depth) for depth in sorted({*offered, spec.depth})]


def _choose(name: str) -> None:
    """After a widget changed: the new net, or the sentence that says why it cannot be."""
    value = st.session_state[f"net_{name}"]
    if value is None:
        return
    if name == "depth" and re.fullmatch(r"\s*[+-]?[0-9]{1,9}\s*", value):
        value = int(value)
    try:
        st.session_state[NET] = str(with_choice(_current(), name, value))
        st.session_state[PROBLEM] = ""
    except SpecError as error:
        what = f"{str(error)[:1].upper()}{str(error)[1:]}"
        st.session_state[PROBLEM] = f"{what}. Still shown: {_current().title}."


def _reset() -> None:
    spec = _current()
    usual = NetSpec(spec.family, spec.depth, spec.block, spec.shortcut, spec.stride_on)
    st.session_state[NET], st.session_state[PROBLEM] = str(usual), ""
