"""The warm-up of the 110-layer net: a low rate until it has begun to learn."""

from collections.abc import Sequence
from dataclasses import replace

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Entry, Lesson, RunResult
from resnet.lessons.measures import clearly, train_errors
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
    """What the warm-up does to the training error of ResNet-110."""
    at_once, waiting = (train_errors(results, NET, warmup=kind) for kind in ("none", "error"))
    found = clearly(at_once, waiting, 1)
    return None if found is None else {-1: 0, 0: 1, 1: 2}[found]


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
    meanings=(
        "With the warm-up the net ends with clearly fewer training errors than when it starts at "
        "0.1: it has begun to learn before the high rate comes.",
        "The warm-up makes no clear difference to where the net stands after 300 mini-batches.",
        "With the warm-up the net ends clearly behind: the time at the low rate was time lost, and "
        "the jump to 0.1 costs much of what was learnt.",
    ),
    unclear=(
        "These runs cannot tell. At 0.1 from the start the net stays at guessing to the end with "
        "some seeds and gets away from it with others, and the same holds of what comes after a "
        "warm-up: the seed decides more than the warm-up does, in so short a run."
    ),
    beside=(
        "The paper found 0.1 slightly too large to start converging with 110 layers on 32x32 "
        "images, where the warm-up took about 400 iterations, and notes that a net started at 0.1 "
        "needs several epochs to get going but comes to a similar accuracy (He et al. 2015, "
        "Section 4.2 and its footnote). This run is shorter than one epoch, so it can show the "
        "start alone, not what is left of it at the end."
    ),
    seconds=135,
    gpu=tuple(Entry(NetSpec.parse(NET), Recipe(warmup=kind)) for kind in ("none", "error")),
)
