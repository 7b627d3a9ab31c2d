"""Depth in residual nets: 20, 32, 44 and 56 layers."""

from collections.abc import Sequence

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import clear, train_error
from resnet.spec import Recipe

NETS = ("resnet20-A", "resnet32-A", "resnet44-A", "resnet56-A")


def answer(results: Sequence[RunResult]) -> int | None:
    """What depth does to the mean training error."""
    errors = [train_error(results, net) for net in NETS]
    known = [error for error in errors if error is not None]
    if len(known) < len(NETS):
        return None
    if max(known) - min(known) < clear(results):
        return 1
    if known == sorted(known, reverse=True):
        return 0
    if known == sorted(known):
        return 2
    return 3


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
    meaning=(
        "With shortcuts, depth no longer costs what it costs plain nets: after the same short "
        "training the deepest is close to the shallowest, on the images it was trained on. That "
        "depth gains something cannot be seen here: each net can learn 5,000 images of 16x16 "
        "pixels nearly by heart, and 400 iterations are too few for the deeper ones to overtake. "
        "In the paper they do, at full length: test errors fall from 8.75 % with 20 layers to "
        "6.97 % with 56 (He et al. 2015, Table 6)."
    ),
    seconds=120,
    gpu=entries(Recipe(), *NETS),
)
