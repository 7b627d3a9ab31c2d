"""Do gradients vanish? Fresh nets by depth, activation, BN, start weights and shortcuts."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from explorer.views.why.labs.gradients.figures import (
    backward_figure,
    entering_figure,
    forward_figure,
)
from explorer.views.why.layout import begin, chart, told
from explorer.views.why.panel import Panel, Settings
from explorer.views.why.style import looks
from resnet.labs import LABS
from resnet.labs.gradients.result import Gradients
from resnet.labs.gradients.words import moment_names, said
from resnet.spec import NetSpec
from resnet.spec.net import FIELDS

DEPTHS = (8, 14, 20, 32, 44, 56, 110)
ACTIVATIONS = {each: FIELDS["activation"].phrase(each) for each in FIELDS["activation"].choices}
SHORTCUTS = {"both": "both side by side", "none": "none (plain)", "A": "A (residual)"}
NORMS = {each: FIELDS["norm"].phrase(each) for each in FIELDS["norm"].choices}
INITIALISATIONS = {"he": "He", "xavier": "Xavier", "gaussian": "Gaussian"}
Option = TypeVar("Option", str, int)
LEAST_STD, MOST_STD = 0.0001, 1.0


def choose() -> tuple[str, ...]:
    """Draws the net's controls; the names of the plain net, the residual one, or both."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        depth = st.selectbox("Depth", DEPTHS, key=begin("why_gradients_depth", 56), width=84)
        activation = _one_of("Activation", ACTIVATIONS, "why_gradients_activation")
        norm = _one_of("Batch normalisation", NORMS, "why_gradients_norm")
        shortcut = st.selectbox(
            "Shortcuts",
            list(SHORTCUTS),
            format_func=SHORTCUTS.__getitem__,
            key=begin("why_gradients_shortcut", "both"),
            width=150,
        )
    kinds = ("none", "A") if shortcut == "both" else (shortcut,)
    return tuple(
        str(NetSpec(depth=depth, shortcut=kind, norm=norm, activation=activation)) for kind in kinds
    )


def settings() -> Settings:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        initialisation = _one_of("First weights", INITIALISATIONS, "why_gradients_initialisation")
        chosen: Settings = {"initialisation": initialisation}
        if initialisation == "gaussian":
            chosen["std"] = float(
                st.number_input(
                    "Standard deviation",
                    LEAST_STD,
                    MOST_STD,
                    format="%g",
                    key=begin("why_gradients_std", 0.01),
                    width=150,
                    help="Of every weight, whatever the layer's size.",
                )
            )
        chosen["steps"] = int(
            st.slider(
                "Steps of training", 0, 100, step=5, key=begin("why_gradients_steps", 20), width=220
            )
        )
    return chosen


@told(said)
def show(results: Sequence[Gradients], theme: str) -> None:
    forward, backward = st.columns(2)
    with forward:
        chart(
            forward_figure(results, theme),
            "why_gradients_forward",
            "Forward: how much each layer's output varies",
        )
    with backward:
        chart(
            backward_figure(results, theme),
            "why_gradients_backward",
            "Backward: gradient of each layer's output",
        )
    _entering(results, theme)


def _entering(results: Sequence[Gradients], theme: str) -> None:
    """The activations' derivatives over what enters them, at a depth that people choose."""
    moments = moment_names(results[0])
    kinds = sorted({each.activation for each in results})
    of = ACTIVATIONS[kinds[0]] if len(kinds) == 1 else "activation"
    st.markdown(f"#### What enters the {of}, and how steep it is there")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        share = st.slider(
            "How deep in the net, % of its activations",
            0,
            100,
            step=5,
            key=begin("why_gradients_at", 50),
            width=320,
        )
        moment = 0
        if len(moments) > 1:
            names = dict(enumerate(moments))
            moment = _one_of("When", names, "why_gradients_moment")
    for column, result, look in zip(
        st.columns(len(results)), results, looks(results, theme), strict=True
    ):
        at = round(share / 100 * (len(result.activations) - 1))
        with column:
            chart(
                entering_figure(result, at, min(moment, len(result.moments) - 1), look),
                f"why_gradients_entering_{look.name}",
                f"{look.name}: activation {at + 1} of {len(result.activations)}",
            )


def _one_of(label: str, options: dict[Option, str], key: str) -> Option:
    """The first option at the start; one is always chosen."""
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        required=True,
        key=begin(key, next(iter(options))),
    )
    return next(iter(options)) if chosen is None else chosen


PANEL = Panel(
    LABS["gradients"],
    "Send a signal forward and its gradient back, before training: does it die out, grow, or "
    "arrive? Change depth, activation, BN, first weights and shortcuts one at a time.",
    show,
    settings,
    choose=choose,
)
