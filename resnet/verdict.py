"""What the curves show, in one sentence that claims no more than they do."""

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt

from resnet.spec import NetSpec
from resnet.wording import listed

SMALLEST_GAP = 2.0  # points; a smaller difference of two short runs is not worth a word


def verdict(train_errors: Mapping[NetSpec, float], images: int) -> str:
    """Compares depths within the plain and within the residual nets, by training error.

    train_errors  percent, measured on the same `images` training images for every net

    A difference is called one when it exceeds 2 points and twice its standard error as a
    difference of two proportions. "" where there is nothing to compare.
    """
    pairs = [
        pair
        for kind in (True, False)
        if (pair := _shallow_and_deep([net for net in train_errors if net.plain == kind]))
    ]
    names = short_titles(train_errors)
    if not pairs:
        return _ranking(train_errors, names, images)
    gaps = [(shallow, deep, _gap(train_errors, shallow, deep, images)) for shallow, deep in pairs]
    if len(gaps) == 2 and gaps[0][2] > 0 >= gaps[1][2]:
        (shallow, deep, gap), (_, residual, other) = gaps
        more = "" if other == 0 else f": it trains better than {names[gaps[1][0]]} by {-other:.0f}"
        return (
            f"{names[deep]} trains worse than {names[shallow]} by {_points(gap)}; "
            f"{names[residual]} does not{more}."
        )
    return (
        "; ".join(_sentence(names[deep], names[shallow], gap) for shallow, deep, gap in gaps) + "."
    )


def short_titles(nets: Mapping[NetSpec, float] | list[NetSpec]) -> dict[NetSpec, str]:
    """Titles without the shortcut's letter where all residual nets share it: "ResNet-56"."""
    options = {net.shortcut for net in nets if not net.plain}
    letter = f" {next(iter(options))}" if len(options) == 1 else None
    return {
        net: net.title.replace(letter, "", 1) if letter and not net.plain else net.title
        for net in nets
    }


def _shallow_and_deep(nets: list[NetSpec]) -> tuple[NetSpec, NetSpec] | None:
    """The shallowest and the deepest of nets that differ in nothing but depth."""
    if any(net.block != "basic" or net.stages for net in nets):
        return None
    if len({replace(net, depth=20) for net in nets}) != 1:
        return None
    shallow, deep = (choose(nets, key=lambda net: net.depth) for choose in (min, max))
    return (shallow, deep) if shallow.depth != deep.depth else None


def _gap(errors: Mapping[NetSpec, float], one: NetSpec, other: NetSpec, images: int) -> float:
    """Error of `other` less that of `one` in points, or 0 where that is not a clear difference."""
    shares = [errors[net] / 100 for net in (one, other)]
    deviation = 100 * sqrt(sum(share * (1 - share) for share in shares) / images)
    gap = errors[other] - errors[one]
    return gap if abs(gap) > max(SMALLEST_GAP, 2 * deviation) else 0.0


def _sentence(deep: str, shallow: str, gap: float) -> str:
    if gap == 0:
        return f"{deep} trains about as well as {shallow}"
    return f"{deep} trains {'worse' if gap > 0 else 'better'} than {shallow} by {_points(abs(gap))}"


def _points(gap: float) -> str:
    return "1 point" if round(gap) == 1 else f"{gap:.0f} points"


def _ranking(errors: Mapping[NetSpec, float], names: dict[NetSpec, str], images: int) -> str:
    if len(errors) < 2:
        return ""
    best, worst = (choose(errors, key=lambda net: errors[net]) for choose in (min, max))
    if _gap(errors, best, worst, images) == 0:
        return f"{listed(names.values())} train about equally well."
    return (
        f"{names[best]} has the lowest training error ({errors[best]:.1f} %), "
        f"{names[worst]} the highest ({errors[worst]:.1f} %)."
    )
