"""One curve of a comparison: a net with a recipe, over its seeds; how it is named among others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from resnet.spec.fields import fields_of
from resnet.spec.net import NetSpec
from resnet.spec.recipe import Recipe

FIELDS = {**fields_of(NetSpec), **fields_of(Recipe)}
# What two curves may differ in, the most telling first; other fields follow as declared.
FIRST = (
    "depth", "stages", "shortcut", "activation", "norm", "order", "block", "stride_on", "width",
    "classes", "family", "warmup", "learning_rate", "schedule", "warmup_iterations", "warmup_rate",
    "iterations", "images", "image_size", "augment", "batch", "momentum", "weight_decay",
)  # fmt: skip
TELLING = tuple(name for name in dict.fromkeys((*FIRST, *FIELDS)) if FIELDS[name].telling)
MOST_VALUES = 2  # more would bury the sentence that they stand in


class Entry(NamedTuple):
    """A net and how it is trained: one curve of a lesson, a comparison or a command."""

    net: NetSpec
    recipe: Recipe


def curve(net: NetSpec, recipe: Recipe) -> Entry:
    """The curve that a run belongs to: the recipe's seed is 0, whichever seeds its runs have."""
    return Entry(net, replace(recipe, seed=0))


def value_of(each: Entry, field: str) -> Any:
    return getattr(each.net if field in fields_of(NetSpec) else each.recipe, field)


def differing(curves: Iterable[Entry]) -> tuple[str, ...]:
    """The fields of net and recipe that are not the same in all curves, as `TELLING` orders them.

    How often a run is logged and tested makes no difference. A depth that follows from blocks per
    stage is not named beside them.
    """
    curves = list(curves)
    found = [f for f in TELLING if len({value_of(each, f) for each in curves}) > 1]
    return tuple(f for f in found if not (f == "depth" and "stages" in found))


def value_words(each: Entry, names: Sequence[str]) -> str:
    """What a curve has in some fields: "without warm-up, at a rate of 0.1"; the first two."""
    return ", ".join(FIELDS[name].phrase(value_of(each, name)) for name in _most_telling(names))


def short_words(each: Entry, names: Sequence[str]) -> list[str]:
    """The same as a chart has it: "no warm-up", "rate 0.1"."""
    return [FIELDS[name].short_words(value_of(each, name)) for name in _most_telling(names)]


def _most_telling(names: Sequence[str]) -> list[str]:
    """The first two, without the length or rate of a warm-up that is named already."""
    known = "warmup" in names
    return [name for name in names if not (known and name.startswith("warmup_"))][:MOST_VALUES]


def curve_names(curves: Sequence[Entry]) -> dict[Entry, str]:
    """Names for sentences: short titles, with what the recipe has where a net occurs twice.

    Those that differ in nothing but the activation are called by it.
    """
    if differing(curves) == ("activation",):
        return {each: value_words(each, ["activation"]) for each in curves}
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
