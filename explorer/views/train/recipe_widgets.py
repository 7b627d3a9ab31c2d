"""The widgets of nets and a recipe of one's own. `SETTINGS` drives defaults, widgets and URL."""

from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from explorer.store.comparisons import MAX_NETS
from resnet.lessons import DEGRADATION
from resnet.settings import CIFAR10_BYTES
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.recipe import IMAGE_SIZES, SCHEDULES, SPLITS, WARMUPS

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
CIFAR10_SIZE = f"{CIFAR10_BYTES / 1e6:.0f} MB"


@dataclass(frozen=True)
class Setting:
    """One field of the recipe as a widget. `choices` makes it a list, else it is a number."""

    field: str
    label: str
    help: str
    choices: tuple[Any, ...] = ()
    low: float = 0
    step: float = 1


SETTINGS = (
    Setting(
        "iterations",
        "Iterations",
        "Mini-batches to train on; the paper's recipe has 64,000.",
        low=1,
        step=100,
    ),
    Setting(
        "images",
        "Training images",
        "How many training images, drawn at random by the seed.",
        low=10,
        step=1000,
    ),
    Setting(
        "image_size",
        "Image side, pixels",
        "32, or 16 by averaging 2x2 pixels: about four times faster.",
        IMAGE_SIZES,
    ),
    Setting("batch", "Batch", "Images in a mini-batch; the paper's is 128.", low=2, step=32),
    Setting(
        "learning_rate",
        "Learning rate",
        "The highest rate; the paper's is 0.1.",
        low=0.0,
        step=0.01,
    ),
    Setting(
        "schedule",
        "Schedule",
        "steps: divided by 10 at 1/2 and 3/4; linear: down to zero.",
        SCHEDULES,
    ),
    Setting(
        "warmup",
        "Warm-up",
        "linear: climb to the rate; error: 0.01 until the training error is below 80 %, "
        "as the paper's 110-layer net.",
        WARMUPS,
    ),
    Setting(
        "warmup_iterations",
        "Warm-up iterations",
        "How long a linear warm-up climbs.",
        low=0,
        step=10,
    ),
    Setting("momentum", "Momentum", "The paper's is 0.9.", low=0.0, step=0.05),
    Setting("weight_decay", "Weight decay", "The paper's is 0.0001.", low=0.0, step=0.0001),
    Setting(
        "split",
        "Split",
        "45k/5k holds a tenth of the training images out and tests on them.",
        SPLITS,
    ),
    Setting(
        "augment", "Augmentation", "Random crops of the padded image, and mirroring.", (True, False)
    ),
    Setting(
        "test_every", "Test every", "Iterations between tests; a multiple of 10.", low=10, step=10
    ),
    Setting(
        "responses",
        "Layer responses",
        "Record with every test how strongly each 3x3 layer answers (the paper's Fig. 7); "
        "shown beside the gradients.",
        (False, True),
    ),
)
assert {setting.field for setting in SETTINGS} <= {field.name for field in fields(Recipe)}


def own_recipe(seed: int) -> Recipe:
    """The recipe that one's own comparison starts from: the lesson's, tested as often."""
    return replace(DEGRADATION.recipe, seed=seed)


def data_options(worker: dict[str, Any]) -> dict[str, str]:
    """Image sets on offer and their words, the best first."""
    options = {}
    if worker.get("folder"):
        options["folder"] = worker["folder"]
    ready = worker.get("cifar10")
    options["cifar10"] = "CIFAR-10" if ready else f"CIFAR-10 (download, {CIFAR10_SIZE})"
    options["generated"] = "generated images"
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
                chosen[setting.field] = _widget(setting, getattr(recipe, setting.field))
        st.caption(
            "The start values are those of the lesson: short, and enough to see the effect. "
            "The paper's recipe: 64,000 iterations on all images of 32x32, augmentation, "
            "rate 0.1 in steps, no warm-up (He et al. 2015, Section 4.2)."
        )
    nets = tuple(NetSpec.parse(name) for name in names)
    for net in nets:
        if net.family == "imagenet":
            raise SpecError(
                f"{net.title} is made for 224x224 images and cannot be trained here; "
                "choose a net of the CIFAR family, as resnet56-A or plain56"
            )
    return nets, replace(recipe, **chosen)


def _widget(setting: Setting, default: Any) -> Any:
    key = f"recipe_{setting.field}"
    if key not in st.session_state:
        st.session_state[key] = default
    if setting.choices:
        return st.selectbox(
            setting.label,
            setting.choices,
            key=key,
            help=setting.help,
            format_func=lambda value: (
                {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
            ),
        )
    whole = isinstance(default, int)
    return st.number_input(
        setting.label,
        min_value=int(setting.low) if whole else float(setting.low),
        step=int(setting.step) if whole else float(setting.step),
        format=None if whole else "%g",
        key=key,
        help=setting.help,
    )
