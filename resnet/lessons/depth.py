"""Depth in residual nets: 20, 32, 44 and 56 layers."""

from collections.abc import Sequence
from itertools import combinations

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import clearly, steps, train_errors
from resnet.spec import Recipe

NETS = ("resnet20-A", "resnet32-A", "resnet44-A", "resnet56-A")


def answer(results: Sequence[RunResult]) -> int | None:
    """What depth does to the training error."""
    errors = [train_errors(results, net) for net in NETS]
    pairs = list(combinations(errors, 2))
    if all(clearly(one, other, len(pairs)) == 0 for one, other in pairs):
        return 1
    *between, ends = steps(errors)
    if ends == -1 and set(between) == {-1}:
        return 0
    if ends == 1 and set(between) == {1}:
        return 2
    return 3 if {1, -1} <= {*between, ends} and ends is not None else None


DEPTH = Lesson(
    name="depth",
    title="Depth in residual nets",
    entries=entries(GENTLE, *NETS),
    question=(
        "In plain nets the training error rises with depth. Four residual nets of 20, 32, 44 and "
        "56 layers get the same short training: what does depth do to them?"
    ),
    choices=(
        "The deeper the net, the lower its training error, clearly so from 20 to 56",
        "No two of the four differ clearly",
        "The deeper the net, the higher its training error, as in plain nets",
        "The error changes clearly, but not in the order of depth",
    ),
    answer=answer,
    look_for=(
        "Watch the dashed curves in the middle of the run, where the deeper nets lag a little, and "
        "again at the end."
    ),
    meanings=(
        "Every step in depth lowered the training error, and clearly so from 20 to 56 layers: "
        "more than this lesson usually shows, and in the direction of the paper.",
        "With shortcuts depth does not cost what it costs plain nets: after the same short "
        "training no two of the four lie ten points apart, on the images they were trained on.",
        "Every step in depth raised the training error, as it does in plain nets. In so short a "
        "run that can mean no more than that deeper nets get going later.",
        "The error changed clearly, but not in the order of depth: something else than depth "
        "decides here, as the seed or the moment at which the run ended.",
    ),
    unclear=(
        "These runs cannot tell what depth does: the differences are within what another seed "
        "could change."
    ),
    beside=(
        "That depth gains something cannot be expected of this lesson: each net can learn 5,000 "
        "images of 16x16 pixels nearly by heart, and 400 iterations are few for the deeper ones. "
        "In the paper, at full length, test errors fall from 8.75 % with 20 layers to 6.97 % with "
        "56 (He et al. 2015, Table 6)."
    ),
    seconds=120,
    gpu=entries(Recipe(), *NETS),
)
