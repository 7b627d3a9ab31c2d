"""What the curves of a comparison can be compared in: depth, shortcut, activation and so on."""

from collections.abc import Sequence

from resnet.spec.names import TELLING, Entry, differing, value_of, value_words

# The first where two would do equally well.
FACTORS = ("depth", "shortcut", "activation", "norm", "order", "width", "block", "recipe")


def groups_by_factor(curves: list[Entry]) -> tuple[str, list[list[Entry]]]:
    """What to compare the curves in, and the groups of those that differ in nothing else.

    The factor that takes in most curves; "" and all of them as one group where there is none.
    """
    best: tuple[str, list[list[Entry]]] = ("", [curves])
    most = 1
    for factor in FACTORS:
        groups: dict[object, list[Entry]] = {}
        for each in curves:
            groups.setdefault(_all_but(each, factor), []).append(each)
        found = [group for group in groups.values() if len(group) > 1]
        if sum(map(len, found)) > most:
            best, most = (factor, found), sum(map(len, found))
    return best


def shallow_and_deep(group: Sequence[Entry]) -> tuple[Entry, Entry]:
    """The shallowest and the deepest."""
    one, other = (choose(group, key=lambda each: each.net.depth) for choose in (min, max))
    return one, other


def labels(groups: Sequence[Sequence[Entry]]) -> list[str]:
    """What a group has that the others have not: "without BN, ", or nothing where it is alone."""
    if len(groups) == 1:
        return [""]
    firsts = [group[0] for group in groups]
    within = {name for group in groups for name in differing(group)}
    between = [name for name in differing(firsts) if name not in within]
    return [f"{value_words(first, between)}, " if between else "" for first in firsts]


def _all_but(each: Entry, factor: str) -> object:
    if factor == "recipe":
        return each.net
    return tuple(value_of(each, name) for name in TELLING if name != factor)
