"""One curve of a comparison: a net with a recipe, over its seeds; how it is named among others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

from resnet.spec.net import NetSpec
from resnet.spec.recipe import Recipe

# What two curves may differ in, the most telling first, and what people call it.
WORDS = {
    "depth": "depth",
    "stages": "blocks per stage",
    "shortcut": "shortcut",
    "activation": "activation",
    "norm": "BN",
    "order": "place of BN and ReLU",
    "block": "block",
    "stride_on": "place of the stride",
    "width": "width",
    "classes": "classes",
    "family": "family",
    "warmup": "warm-up",
    "learning_rate": "learning rate",
    "schedule": "schedule",
    "warmup_iterations": "length of the warm-up",
    "warmup_rate": "rate of the warm-up",
    "iterations": "iterations",
    "images": "number of images",
    "image_size": "image side",
    "augment": "augmentation",
    "batch": "batch",
    "momentum": "momentum",
    "weight_decay": "weight decay",
    "data": "image set",
    "split": "split",
    "precision": "precision",
}
OF_A_NET = tuple(field.name for field in fields(NetSpec))
VALUES = {
    ("activation", "relu"): "ReLU",
    ("norm", "batch"): "with BN",
    ("norm", "none"): "without BN",
    ("shortcut", "none"): "plain",
    ("warmup", "none"): "without warm-up",
    ("warmup", "linear"): "with a linear warm-up",
    ("warmup", "error"): "with a warm-up until 80 % error",
    ("schedule", "steps"): "with a rate that falls in steps",
    ("schedule", "linear"): "with a rate that falls linearly",
    ("schedule", "constant"): "with a constant rate",
    ("augment", True): "with augmentation",
    ("augment", False): "without augmentation",
    ("images", None): "with all images",
}
PATTERNS = {
    "depth": "with {} layers",
    "shortcut": "option {}",
    "learning_rate": "at a rate of {:g}",
    "iterations": "for {:,} iterations",
    "images": "with {:,} images",
    "image_size": "at {0}x{0} pixels",
    "batch": "with mini-batches of {}",
    "momentum": "with momentum {:g}",
    "weight_decay": "with weight decay {:g}",
    "data": "on {}",
}
MOST_VALUES = 2  # more would bury the sentence that they stand in


class Entry(NamedTuple):
    """A net and how it is trained: one curve of a lesson, a comparison or a command."""

    net: NetSpec
    recipe: Recipe


def curve(net: NetSpec, recipe: Recipe) -> Entry:
    """The curve that a run belongs to: the recipe's seed is 0, whichever seeds its runs have."""
    return Entry(net, replace(recipe, seed=0))


def value_of(each: Entry, field: str) -> Any:
    return getattr(each.net if field in OF_A_NET else each.recipe, field)


def differing(curves: Iterable[Entry]) -> tuple[str, ...]:
    """The fields of net and recipe that are not the same in all curves, as `WORDS` orders them.

    How often a run is logged and tested makes no difference. A depth that follows from blocks per
    stage is not named beside them.
    """
    curves = list(curves)
    found = [f for f in WORDS if len({value_of(each, f) for each in curves}) > 1]
    return tuple(f for f in found if not (f == "depth" and "stages" in found))


def value_words(each: Entry, names: Sequence[str]) -> str:
    """What a curve has in some fields: "without warm-up, at a rate of 0.1"; the first two."""
    return ", ".join(_value_words(name, value_of(each, name)) for name in names[:MOST_VALUES])


def curve_names(curves: Sequence[Entry]) -> dict[Entry, str]:
    """Names for sentences: short titles, with what the recipe has where a net occurs twice.

    Those that differ in nothing but the activation are called by it.
    """
    if differing(curves) == ("activation",):
        return {each: _value_words("activation", each.net.activation) for each in curves}
    titles = short_titles([each.net for each in curves])
    names = {}
    for each in curves:
        names[each] = in_a_sentence(titles[each.net])
        twins = [other for other in curves if other.net == each.net]
        if len(twins) > 1:
            names[each] += f" {value_words(each, differing(twins))}"
    return names


def short_titles(nets: Mapping[NetSpec, float] | Sequence[NetSpec]) -> dict[NetSpec, str]:
    """Titles without the shortcut's letter where all residual nets share it: "ResNet-56"."""
    options = {net.shortcut for net in nets if not net.plain}
    letter = f" {next(iter(options))}" if len(options) == 1 else None
    return {
        net: net.title.replace(letter, "", 1) if letter and not net.plain else net.title
        for net in nets
    }


def in_a_sentence(title: str) -> str:
    """ "plain-56, no BN" as "plain-56 (no BN)": a comma would end a clause."""
    name, comma, rest = title.partition(", ")
    return f"{name} ({rest})" if comma else name


def _value_words(name: str, value: Any) -> str:
    known = VALUES.get((name, value))
    if known:
        return known
    if name == "activation":
        return str(value)
    return PATTERNS.get(name, f"with {WORDS[name]} {{}}").format(value)
