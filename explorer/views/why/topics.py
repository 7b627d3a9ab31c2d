"""The labs as the page lists them: nine topics, what each shows, about how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from explorer.views.why.panel import Panel, Settings
from resnet.cost import cost
from resnet.labs import LABS
from resnet.spec import NetSpec


@dataclass(frozen=True)
class Topic:
    """A question of the list, and the labs that belong to it."""

    title: str
    labs: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """What a lab will show, and the seconds it takes for ResNet-56 A on two cores.

    at_once  whether it is so quick that a changed setting asks anew without a click
    own      whether it trains nets of its own choosing, so that the time does not depend on the net
    """

    words: str
    seconds: float
    at_once: bool = False
    own: bool = False


TOPICS = (
    Topic("Do gradients vanish?", ("gradients",)),
    Topic("A deeper net that cannot be worse", ("constructed",)),
    Topic("Layer responses", ("responses",)),
    Topic("Remove a block", ("lesion", "switched", "paths")),
    Topic("Shattered gradients", ("shattered",)),
    Topic("Loss surface", ("surface",)),
    Topic("How big is the residual?", ("residual_size",)),
    Topic("Shortcut variants", ("variants",)),
    Topic("What does it see?", ("sees", "confusion")),
)

EXPECTED = {
    "gradients": Expected(
        "How strong the signal is in every layer, and how strong the gradient of its output, "
        "before training and after a few steps.",
        12,
    ),
    "constructed": Expected(
        "A deep net built from a trained shallow one so that it answers the same, and how it "
        "trains on, beside the same net from a random start. The curves grow while they train.",
        90,
        own=True,
    ),
    "responses": Expected(
        "How strongly every 3x3 layer answers, net beside net, as in Fig. 7 of the paper. To watch "
        "it while nets train, ask for layer responses in a comparison of your own (Train).",
        3,
    ),
    "lesion": Expected(
        "The error with each block off in turn, with several off at random, and with blocks in "
        "another order.",
        22,
    ),
    "switched": Expected(
        "The error with the blocks off that you choose, at once after each choice.", 1, at_once=True
    ),
    "paths": Expected(
        "How long the paths through a residual net are, and how much gradient those of each "
        "length carry.",
        4,
    ),
    "shattered": Expected(
        "The gradient along a line of inputs, beside white noise and Brownian motion, and how "
        "soon it forgets itself.",
        4,
    ),
    "surface": Expected(
        "The loss on a plane through the weights, from coarse to fine: the picture grows while "
        "it is computed.",
        20,
    ),
    "residual_size": Expected(
        "How large what a block adds is, against what it is added to, block by block.", 3
    ),
    "variants": Expected(
        "One net trained with other shortcuts on the same images; the curves grow while they "
        "train.",
        30,
    ),
    "sees": Expected(
        "What a net says to one image, how sure it is, and the maps that its stages make of it.",
        1,
        at_once=True,
    ),
    "confusion": Expected(
        "Which classes a net takes for which, and the mistakes that it is most sure of.", 4
    ),
}

PANELS: dict[str, Panel] = {
    name: import_module(f"explorer.views.why.labs.{name}.panel").PANEL for name in LABS
}


def topic_of(lab: str) -> Topic:
    return next(topic for topic in TOPICS if lab in topic.labs)


def seconds_for(lab: str, nets: Sequence[NetSpec], settings: Settings) -> float:
    """About how long a lab takes for these nets, one after the other, on two cores."""
    expected = EXPECTED[lab]
    seconds = expected.seconds * _work(lab, settings)
    if expected.own:
        return seconds * len(nets)
    whole = cost(NetSpec.parse("resnet56-A")).macs
    return sum(max(1.0, seconds * cost(net).macs / whole) for net in nets)


def _work(lab: str, settings: Settings) -> float:
    """How much more there is to do than with the settings that the seconds are of."""
    match lab:
        case "surface":
            return float(settings.get("side", 17) ** 2 * settings.get("count", 500)) / (81 * 200)
        case "gradients":
            return float(settings.get("steps", 20) + 4) / 24
        case "variants":
            return len(settings.get("names", range(4))) / 4
    return 1.0
