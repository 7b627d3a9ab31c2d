"""`difference(a, b)`: what two nets and their recipes do not share, in words that people say."""

from collections.abc import Callable
from dataclasses import dataclass

from resnet.spec.names import Entry
from resnet.spec.net import CLASSES, FIRST_WIDTH, NetSpec
from resnet.spec.recipe import Recipe

ACTIVATIONS = {"relu": "ReLU"}
DATA = {"cifar10": "CIFAR-10", "folder": "a folder of images", "generated": "generated images"}
SCHEDULES = {"steps": "in steps", "linear": "linear to zero"}
PRECISIONS = {"auto": "the machine's choice"}
STRIDES = {"1x1": "the first 1x1", "3x3": "the 3x3"}


@dataclass(frozen=True)
class Aspect:
    """One thing that can differ.

    name   "the learning rate"; without an article where it needs none in a list
    words  what it is, with the unit left out; None where it says nothing about this net
    unit   after the second of two numbers
    """

    name: str
    words: Callable[[NetSpec, Recipe], str | None]
    unit: str = ""


def difference(a: Entry, b: Entry) -> str:
    """One sentence without its capital and full stop, the first of the two being named first.

    "only the shortcut differs: A against B"; "depth 20 against 56, and the learning rate 0.1
    against 0.05; all else is the same"; "the same but for the seed: 0 against 1"; "nothing
    differs: ...". What follows from another difference is not named beside it.
    """
    found = [(aspect, pair) for aspect in ASPECTS if (pair := _differing(aspect, a, b))]
    if not found:
        return "nothing differs: the same net, the same recipe and the same seed"
    if len(found) == 1:
        (aspect, pair) = found[0]
        if aspect.name == SEED:
            return f"the same but for {SEED}: {pair}"
        article = "" if aspect.name.startswith("the ") or aspect.name == BN else "the "
        return f"only {article}{aspect.name} differs: {pair}"
    parts = [f"{aspect.name} {pair}" for aspect, pair in found]
    return f"{', '.join(parts[:-1])}, and {parts[-1]}; all else is the same"


def _differing(aspect: Aspect, a: Entry, b: Entry) -> str:
    """ "20 against 56", or "" where this is the same, or says nothing about one of the two."""
    one, other = aspect.words(*a), aspect.words(*b)
    if one == other or one is None or other is None or _follows(aspect, a[0], b[0]):
        return ""
    if aspect.unit and not other[-1].isdigit():  # "5,000 images against all"
        return f"{one}{aspect.unit} against {other}"
    return f"{one} against {other}{aspect.unit}"


def _follows(aspect: Aspect, a: NetSpec, b: NetSpec) -> bool:
    """Whether the difference is there because of another that is named already."""
    if aspect.name == "depth":
        return bool(a.stages or b.stages)
    if aspect.name == STAGES:
        return not (a.stages or b.stages)
    usual = {WIDTH: ("width", FIRST_WIDTH), CLASS_COUNT: ("classes", CLASSES)}.get(aspect.name)
    if usual and a.family != b.family:
        field, of_family = usual
        return all(getattr(net, field) == of_family[net.family] for net in (a, b))
    return False


def _shortcut(net: NetSpec) -> str:
    return "none (plain)" if net.plain else str(net.shortcut)


def _stride(net: NetSpec) -> str | None:
    return STRIDES[net.stride_on] if net.block == "bottleneck" else None


def _warmup(recipe: Recipe) -> str:
    if recipe.warmup == "linear":
        return f"linear over {recipe.warmup_iterations:,} iterations"
    if recipe.warmup == "error":
        return f"at {recipe.warmup_rate:g} until the training error is below 80 %"
    return "none"


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _count(number: int | None) -> str:
    return "all" if number is None else f"{number:,}"


SEED = "the seed"
BN = "batch normalization"
STAGES = "the number of blocks by stage"
WIDTH = "the width of the first stage"
CLASS_COUNT = "the number of classes"

# in the order in which they are said: the net, how it is trained, how it is measured, the seed
ASPECTS = (
    Aspect("the family", lambda net, _: {"cifar": "CIFAR", "imagenet": "ImageNet"}[net.family]),
    Aspect("depth", lambda net, _: str(net.depth)),
    Aspect(STAGES, lambda net, _: "+".join(map(str, net.blocks))),
    Aspect("the shortcut", lambda net, _: _shortcut(net)),
    Aspect("the block", lambda net, _: str(net.block)),
    Aspect("the place of the stride", lambda net, _: _stride(net), " convolution"),
    Aspect(WIDTH, lambda net, _: f"{net.width:,}", " channels"),
    Aspect(CLASS_COUNT, lambda net, _: f"{net.classes:,}"),
    Aspect("the order in a block", lambda net, _: f"{net.order}-activation"),
    Aspect(BN, lambda net, _: _switch(net.norm == "batch")),
    Aspect("the activation", lambda net, _: ACTIVATIONS.get(net.activation, net.activation)),
    Aspect("the image set", lambda _, recipe: DATA[recipe.data]),
    Aspect("the number of training images", lambda _, recipe: _count(recipe.images)),
    Aspect("the image side", lambda _, recipe: str(recipe.image_size), " pixels"),
    Aspect("the split", lambda _, recipe: recipe.split),
    Aspect("the augmentation", lambda _, recipe: _switch(recipe.augment)),
    Aspect("the mini-batch", lambda _, recipe: f"{recipe.batch:,}", " images"),
    Aspect("the length of training", lambda _, recipe: f"{recipe.iterations:,}", " iterations"),
    Aspect("the learning rate", lambda _, recipe: f"{recipe.learning_rate:g}"),
    Aspect("the schedule", lambda _, recipe: SCHEDULES.get(recipe.schedule, recipe.schedule)),
    Aspect("the warm-up", lambda _, recipe: _warmup(recipe)),
    Aspect("the momentum", lambda _, recipe: f"{recipe.momentum:g}"),
    Aspect("the weight decay", lambda _, recipe: f"{recipe.weight_decay:g}"),
    Aspect("the arithmetic", lambda _, recipe: PRECISIONS.get(recipe.precision, recipe.precision)),
    Aspect("the gap between rows", lambda _, recipe: f"{recipe.log_every:,}", " iterations"),
    Aspect("the gap between tests", lambda _, recipe: f"{recipe.test_every:,}", " iterations"),
    Aspect("the size of a test", lambda _, recipe: _count(recipe.test_images), " images"),
    Aspect("the size of the last test", lambda _, recipe: _count(recipe.final_images), " images"),
    Aspect("recording layer responses", lambda _, recipe: _switch(recipe.responses)),
    Aspect(SEED, lambda _, recipe: str(recipe.seed)),
)
