"""`difference(a, b)`: what two nets and their recipes do not share, in words that people say."""

from collections.abc import Callable

from resnet.spec.fields import Field
from resnet.spec.names import FIELDS, Entry, value_of
from resnet.spec.net import CLASSES, FIRST_WIDTH, NetSpec
from resnet.spec.recipe import Recipe


def difference(a: Entry, b: Entry) -> str:
    """One sentence without its capital and full stop, the first of the two being named first.

    "only the shortcut differs: A against B"; "depth 20 against 56, and the learning rate 0.1
    against 0.05; all else is the same"; "the same but for the seed: 0 against 1"; "nothing
    differs: ...". What follows from another difference is not named beside it.
    """
    found = [(each, pair) for each in ORDER if (pair := _differing(each, a, b))]
    if not found:
        return "nothing differs: the same net, the same recipe and the same seed"
    if len(found) == 1:
        (field, pair) = found[0]
        if field.name == "seed":
            return f"the same but for {field.subject}: {pair}"
        return f"only {field.subject} differs: {pair}"
    parts = [
        f"{'depth' if field.name == 'depth' else field.subject} {pair}" for field, pair in found
    ]
    return f"{', '.join(parts[:-1])}, and {parts[-1]}; all else is the same"


def _differing(field: Field, a: Entry, b: Entry) -> str:
    """ "20 against 56", or "" where this is the same, or says nothing about one of the two."""
    one, other = _words(field, *a), _words(field, *b)
    if one == other or one is None or other is None or _follows(field.name, a[0], b[0]):
        return ""
    if field.unit and not other[-1].isdigit():  # "5,000 images against all"
        return f"{one}{field.unit} against {other}"
    return f"{one} against {other}{field.unit}"


def _words(field: Field, net: NetSpec, recipe: Recipe) -> str | None:
    """What a field is, with the unit left out; None where it says nothing about this net."""
    if field.name in TOLD_OTHERWISE:
        return TOLD_OTHERWISE[field.name](net, recipe)
    return field.value_words(value_of(Entry(net, recipe), field.name))


def _follows(name: str, a: NetSpec, b: NetSpec) -> bool:
    """Whether the difference is there because of another that is named already."""
    if name == "depth":
        return bool(a.stages or b.stages)
    if name == "stages":
        return not (a.stages or b.stages)
    usual = {"width": FIRST_WIDTH, "classes": CLASSES}.get(name)
    if usual and a.family != b.family:
        return all(getattr(net, name) == usual[net.family] for net in (a, b))
    return False


def _warmup(recipe: Recipe) -> str:
    if recipe.warmup == "linear":
        return f"linear over {recipe.warmup_iterations:,} iterations"
    if recipe.warmup == "error":
        return f"at {recipe.warmup_rate:g} until the training error is below 80 %"
    return "none"


TOLD_OTHERWISE: dict[str, Callable[[NetSpec, Recipe], str | None]] = {
    "stages": lambda net, _: "+".join(map(str, net.blocks)),
    "stride_on": lambda net, _: (
        FIELDS["stride_on"].value_words(net.stride_on) if net.block == "bottleneck" else None
    ),
    "warmup": lambda _, recipe: _warmup(recipe),
    "warmup_iterations": lambda *_: None,  # said with the warm-up
    "warmup_rate": lambda *_: None,
}
# in the order in which they are said: the net, how it is trained, how it is measured, the seed
ORDER = sorted(FIELDS.values(), key=lambda field: field.name == "seed")
