"""The widgets of nets and a recipe of one's own. `SETTINGS` drives defaults, widgets and URL."""

from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.store.comparisons import MAX_NETS
from resnet.lessons import DEGRADATION
from resnet.paper.overfitting import overfitting
from resnet.settings import CIFAR10_SIZE
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.fields import Field, fields_of
from resnet.spec.recipe import DATA

OWN = "own"
SUGGESTED = (
    "plain20",
    "plain32",
    "plain44",
    "plain56",
    "plain110",
    "resnet20-A",
    "resnet32-A",
    "resnet44-A",
    "resnet56-A",
    "resnet110-A",
    "resnet20-B",
    "resnet20-C",
    "resnet56-B",
    "resnet56-C",
)
OWN_NETS = ["plain20", "resnet20-A"]


SETTINGS = tuple(field for field in fields_of(Recipe).values() if field.offered)


def own_recipe(seed: int) -> Recipe:
    """The recipe that one's own comparison starts from: the lesson's, tested as often."""
    return replace(DEGRADATION.recipe, seed=seed)


def data_options(worker: dict[str, Any]) -> dict[str, str]:
    """Image sets on offer and their words, the best first."""
    options = {}
    if worker.get("folder"):
        options["folder"] = worker["folder"]
    ready = worker.get("cifar10")
    options["cifar10"] = DATA["cifar10"] + ("" if ready else f" (download, {CIFAR10_SIZE})")
    options["generated"] = DATA["generated"]
    return options


def nets_and_settings(seed: int, folded: bool) -> tuple[tuple[NetSpec, ...], Recipe]:
    """The widgets of one's own comparison, `folded` away while one is watched.

    Raises SpecError with a sentence to show.
    """
    recipe = own_recipe(seed)
    chosen: dict[str, Any] = {}
    st.session_state.setdefault("nets", OWN_NETS)
    label = "Nets and recipe of the next comparison" if folded else "Nets and recipe"
    with st.expander(label, expanded=not folded):
        names = st.multiselect(
            "Nets, up to six",
            options=list(dict.fromkeys([*SUGGESTED, *st.session_state["nets"]])),
            key="nets",
            max_selections=MAX_NETS,
            accept_new_options=True,
            placeholder="plain56, resnet56-A, or type any other name",
            help="Write plain56, resnet56-A or resnet164-A-bottleneck; "
            "-pre, -nonorm, -tanh or -w32 may follow.",
        )
        columns = st.columns(5)
        for place, setting in enumerate(SETTINGS):
            with columns[place % len(columns)]:
                chosen[setting.name] = _widget(setting, getattr(recipe, setting.name))
        st.caption(
            "The start values are those of the lesson: short, and enough to see the effect. "
            "The paper's recipe: 64,000 iterations on all images of 32x32, augmentation, "
            "rate 0.1 in steps, no warm-up (He et al. 2015, Section 4.2)."
        )
    nets = tuple(NetSpec.parse(name) for name in names)
    if said := overfitting(nets):
        st.markdown(said)
    for net in nets:
        if net.family == "imagenet":
            raise SpecError(
                f"{net.title} is made for 224x224 images and cannot be trained here; "
                "choose a net of the CIFAR family, as resnet56-A or plain56"
            )
    return nets, replace(recipe, **chosen)


def _widget(field: Field, default: Any) -> Any:
    key = f"recipe_{field.name}"
    if key not in st.session_state:
        st.session_state[key] = default
    if field.choices:
        return st.selectbox(
            field.label,
            list(field.choices),
            key=key,
            help=field.help,
            format_func=field.menu_words,
        )
    return st.number_input(field.label, **number_range(field), key=key, help=field.help)


def number_range(field: Field) -> dict[str, Any]:
    """What a field of numbers tells its `st.number_input`."""
    return {
        "min_value": field.kind(field.low),
        "max_value": field.kind(field.high),
        "step": field.kind(field.step),
        "format": None if field.kind is int else "%g",
    }
