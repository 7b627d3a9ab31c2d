"""Nets that are worth seeing beside a given one, each with the one thing that sets it apart."""

from dataclasses import replace

from resnet.paper.tables import CIFAR_DEPTHS
from resnet.spec import NetSpec
from resnet.spec.net import FIELDS, IMAGENET_BLOCKS


def companions(spec: NetSpec) -> dict[NetSpec, str]:
    """The net's plain or residual twin first, its depths in the paper, then one change each."""
    usual = "A" if spec.family == "cifar" else "B"
    twin = replace(spec, shortcut=usual if spec.plain else "none")
    found = {twin: "with shortcuts" if spec.plain else "without shortcuts"}
    for depth in _neighbours(spec):
        block = spec.block if spec.family == "cifar" else None
        stride_on = spec.stride_on if _bottleneck(spec, depth) else "1x1"
        other = replace(spec, depth=depth, block=block, stride_on=stride_on, stages=None)
        found[other] = "deeper" if depth > spec.depth else "less deep"
    for shortcut in FIELDS["shortcut"].choices:  # "none" is the twin, or the net itself
        words = FIELDS["shortcut"].menu_words(shortcut).replace(": ", ", ")
        found.setdefault(replace(spec, shortcut=shortcut), f"option {words}")
    if spec.block == "bottleneck":
        other_place = "3x3" if spec.stride_on == "1x1" else "1x1"
        found[replace(spec, stride_on=other_place)] = f"stride on the {other_place}"
    if spec.order == "post":
        found[replace(spec, order="pre")] = "pre-activation, He et al. 2016"
    return {net: words for net, words in found.items() if net != spec}


def _neighbours(spec: NetSpec) -> list[int]:
    """The next depth of the paper below this one, and the next above."""
    if spec.family == "imagenet":
        depths = sorted(IMAGENET_BLOCKS)
    else:
        depths = sorted(CIFAR_DEPTHS[str(spec.block)])
    below = [depth for depth in depths if depth < spec.depth][-1:]
    return [depth for depth in depths if depth > spec.depth][:1] + below


def _bottleneck(spec: NetSpec, depth: int) -> bool:
    if spec.family == "imagenet":
        return IMAGENET_BLOCKS[depth][0] == "bottleneck"
    return spec.block == "bottleneck"
