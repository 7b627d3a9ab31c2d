"""The warm-up of the 110-layer net: a low rate until it has begun to learn."""

from collections.abc import Sequence
from dataclasses import replace

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Entry, Lesson, RunResult
from resnet.lessons.measures import clear, train_error
from resnet.spec import NetSpec, Recipe

NET = "resnet110-A"

AT_ONCE = replace(
    GENTLE,
    images=None,
    augment=True,
    iterations=300,
    learning_rate=0.1,
    schedule="constant",
    warmup="none",
    warmup_iterations=0,
)
WAITING = replace(AT_ONCE, warmup="error")  # 0.01 until the training error is below 80 %


def answer(results: Sequence[RunResult]) -> int | None:
    """What the warm-up does to the mean training error of ResNet-110."""
    at_once, waiting = (train_error(results, NET, warmup=kind) for kind in ("none", "error"))
    if at_once is None or waiting is None:
        return None
    if abs(at_once - waiting) < clear(results):
        return 1
    return 0 if waiting < at_once else 2


WARMUP = Lesson(
    name="warmup",
    title="The warm-up of 110 layers",
    entries=tuple(Entry(NetSpec.parse(NET), recipe) for recipe in (AT_ONCE, WAITING)),
    question=(
        "The paper's 110-layer net does not start at the rate of 0.1 but at 0.01, until its "
        "training error is below 80 %. In a run of 300 mini-batches, what does this warm-up do to "
        "the training error at the end?"
    ),
    choices=(
        "It clearly lowers it",
        "It makes no clear difference",
        "It clearly raises it: time at a low rate is time lost",
    ),
    answer=answer,
    look_for=(
        "The panel with the learning rate shows when the warm-up ends. Watch the dashed curves "
        "before and after that moment."
    ),
    meaning=(
        "At the low rate the net begins to learn at once and its error soon falls below 80 %; then "
        "the rate jumps to 0.1 and much of that is lost again. What comes after depends on the "
        "seed. Started at 0.1, the net stays at guessing to the end of this run with some seeds, "
        "and gets away from it by itself with another; with the warm-up it ends far ahead, or does "
        "not. So one seed proves nothing here: train several. The paper found 0.1 slightly too "
        "large to start converging with 110 layers on 32x32 images, where the warm-up took about "
        "400 iterations, and notes that a net started at 0.1 needs several epochs to get going but "
        "comes to a similar accuracy (He et al. 2015, Section 4.2 and its footnote). This run is "
        "shorter than one epoch, so it can show the start alone, not what is left of it at the end."
    ),
    seconds=135,
    gpu=tuple(Entry(NetSpec.parse(NET), Recipe(warmup=kind)) for kind in ("none", "error")),
)
