"""What is said of a net's answer to one image."""

from collections.abc import Sequence
from itertools import pairwise

from resnet.labs.sees.result import Maps, Seen
from resnet.labs.sentences import Said, names, spoken, untrained
from resnet.spec.checks import listed

STAGES = "He et al. 2015, Section 4.2"


def said(results: Sequence[Seen]) -> Said:
    """Each net's answer, and whether it is right."""
    named = names(results)
    numbers = tuple(
        (name, f"{each.top[0]} {_sure(each)}", _verdict(each))
        for name, each in zip(named, results, strict=True)
    )
    return Said(
        numbers,
        (_found(results, spoken(results)), _maps(results[0]), _differs(results, spoken(results))),
    )


def maps_words(maps: Maps) -> str:
    """ "stage 2: 32 maps of 16 x 16, from -1.2 to 3.4"; what is said under their picture."""
    _, height, width = maps.shades.shape
    shown = len(maps.shades)
    some = f"the first {shown} of {maps.channels}" if shown < maps.channels else f"{shown}"
    return (
        f"{place_words(maps.name)}: {some} maps of {height} x {width}, black is "
        f"{maps.low:.2g}, white {maps.high:.2g}"
    )


def place_words(name: str) -> str:
    """ "stage2" as "stage 2", "stem" as "after the first convolution"."""
    return "after the first convolution" if name == "stem" else name.replace("stage", "stage ")


def _sure(seen: Seen) -> str:
    percent = 100 * seen.top_probabilities[0]
    return f"{percent:.0f} %" if percent < 99.5 or percent == 100 else "over 99 %"


def _verdict(seen: Seen) -> str:
    if seen.label is None:
        return "nobody said what it is"
    return "right" if seen.top[0] == seen.label else f"wrong: it is {seen.label}"


def _found(results: Sequence[Seen], named: Sequence[str]) -> str:
    answers = listed(
        f"{name} says {each.top[0]} ({_sure(each)})"
        for name, each in zip(named, results, strict=True)
    )
    label = results[0].label
    if label is None:
        return f"{answers}; what the picture shows, nobody said."
    right = [name for name, each in zip(named, results, strict=True) if each.top[0] == each.label]
    second = [
        f"{name} has it in place {each.top.index(label) + 1}"
        for name, each in zip(named, results, strict=True)
        if label in each.top[1:]
    ]
    words = f"The image shows {label}: {answers}"
    verdict = f"{listed(right)} {'is' if len(right) == 1 else 'are'} right" if right else (
        "none is right" if len(results) > 1 else "that is wrong"
    )  # fmt: skip
    return f"{words}; {'; '.join([verdict, *second])}."


def _maps(seen: Seen) -> str:
    stages = [maps for maps in seen.maps if maps.name != "stem"]
    shapes = listed(
        f"{maps.channels} maps of {maps.shades.shape[1]} x {maps.shades.shape[2]}"
        for maps in stages
    )
    as_there = all(
        after.channels == 2 * before.channels
        and 2 * after.shades.shape[1] == before.shades.shape[1]
        for before, after in pairwise(stages)
    )
    held = (
        f"twice as many of half the side from stage to stage, as {STAGES} lays its nets out"
        if as_there
        else f"not twice as many of half the side each time, as in {STAGES}"
    )
    return f"The stages give {shapes}: {held}."


def _differs(results: Sequence[Seen], named: Sequence[str]) -> str:
    classes = len(results[0].classes)
    who, share = ("The nets know", "share") if len(results) > 1 else ("The net knows", "shares")
    words = (
        f"{who} these {classes} classes alone and {share} 100 % among them by softmax, "
        "whatever the picture shows, so being sure is not being right; the paper prints errors "
        "over all test images, and no answer to a single one"
    )
    fresh = [name for name, each in zip(named, results, strict=True) if untrained(each)]
    if fresh:
        words += f"; {listed(fresh)} can only guess"
    return f"{words}."
