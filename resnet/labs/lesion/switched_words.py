"""What lab "switched" found: the error with the blocks off that somebody chose.

Source: Veit et al. 2016, Section 4.
"""

from collections.abc import Sequence

from resnet.labs.lesion.result import Switched
from resnet.labs.lesion.words import LEAST_LEAD, LITTLE, MOST
from resnet.labs.sentences import Said, called, chance, names, percent, points, sentence
from resnet.plan import plan
from resnet.spec import NetSpec
from resnet.spec.checks import listed


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
        lead = chance(spec) - result.whole_error
        share = (result.error - result.whole_error) / max(lead, 0.1)
        if not result.off:
            parts.append(f"all {blocks} blocks of {name} are on")
        elif lead < LEAST_LEAD:
            parts.append(
                f"{name} is hardly better than guessing when whole, so it has little to lose"
            )
        else:
            fall = (
                "still knows most of what it knew"
                if share < LITTLE
                else "is about guessing"
                if share > MOST
                else "has lost a part of what it knew"
            )
            parts.append(
                f"with {listed(result.off)} off ({len(result.off)} of {blocks} blocks) {name} "
                f"{fall}"
            )
    return sentence(parts)


def _differs(results: Sequence[Switched]) -> str:
    images = listed(f"{n:,}" for n in sorted({each.images for each in results}))
    return (
        f"What differs here: errors are over {images} images, and a plain block that is off is a "
        "whole block of layers, where Veit et al. took single layers out of VGG."
    )


def _off(result: Switched) -> str:
    return "1 block" if len(result.off) == 1 else f"{len(result.off)} blocks"
