"""What lab "switched" found: the error with the blocks off that somebody chose.

Source: Veit et al. 2016, Section 4.
"""

from collections.abc import Sequence

from resnet.labs.lesion.result import Switched
from resnet.labs.lesion.words import fall, lead, no_lead
from resnet.labs.sentences import (
    ERRORS_TOLD,
    Said,
    called,
    chance,
    images_words,
    names,
    percent,
    points,
    sentence,
)
from resnet.plan import plan
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.verdict.single import lost_share


def said(results: Sequence[Switched]) -> Said:
    numbers: list[tuple[str, str, str]] = []
    for name, result in zip(names(results), results, strict=True):
        numbers.append((f"{name}, whole", percent(result.whole_error), "all blocks on"))
        if not result.off:
            continue
        numbers.append(
            (
                f"{name}, {_off(result)} off",
                percent(result.error),
                points(result.error - result.whole_error),
            )
        )
    return Said(tuple(numbers), (_found(results), SOURCE, _differs(results)))


SOURCE = (
    "Veit et al. 2016 (Sections 4.1 and 4.2) find that a residual net bears missing blocks, "
    "and that its error rises smoothly with their number; a plain net falls to about guessing with "
    "the first."
)


def _found(results: Sequence[Switched]) -> str:
    parts = []
    for name, result in zip(called(results), results, strict=True):
        spec = NetSpec.parse(result.net)
        blocks = len(plan(spec).blocks)
        led = lead(result.net, result.whole_error, result.images)
        if not result.off:
            parts.append(f"all {blocks} blocks of {name} are on")
        elif not led:
            parts.append(no_lead(name, led))
        else:
            between = lost_share(result.whole_error, result.error, chance(spec), result.images)
            words = fall(
                between,
                "still knows most of what it knew",
                "has lost a part of what it knew",
                "is about guessing",
            )
            parts.append(
                f"with {listed(result.off)} off ({len(result.off)} of {blocks} blocks) {name} "
                f"{words}"
            )
    return sentence(parts)


def _differs(results: Sequence[Switched]) -> str:
    return (
        "Kept of the paper: trained nets, nothing trained again. Not kept: their nets (a ResNet of "
        "110 layers, and VGG, of which they took single layers, where a plain block that is off is "
        f"a whole block of layers). Errors are over "
        f"{images_words([each.images for each in results])}; {ERRORS_TOLD}."
    )


def _off(result: Switched) -> str:
    return "1 block" if len(result.off) == 1 else f"{len(result.off)} blocks"
