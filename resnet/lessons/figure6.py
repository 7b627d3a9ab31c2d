"""The paper's Figure 6 on CIFAR-10 at full length: its plain nets, and its residual nets."""

from collections.abc import Sequence

from resnet.lessons.lesson import Entry, Lesson, RunResult, entries
from resnet.lessons.measures import clear, test_error, train_error
from resnet.spec import NetSpec, Recipe

PLAIN = ("plain20", "plain32", "plain44", "plain56")
RESIDUAL = ("resnet20-A", "resnet32-A", "resnet44-A", "resnet56-A")
DEEPEST = "resnet110-A"

LENGTH = (
    "This is the paper's recipe at full length: 64,000 iterations on all 50,000 images. One NVIDIA "
    "H200 made nine tenths of that for four nets of 20 and 56 layers in eight minutes; by the "
    "speed of short runs, two cores would need {time}."
)


def answer_plain(results: Sequence[RunResult]) -> int | None:
    """What depth does to the mean training error of plain nets."""
    errors = [train_error(results, net) for net in PLAIN]
    known = [error for error in errors if error is not None]
    if len(known) < len(PLAIN):
        return None
    rise = known[-1] - known[0]
    if abs(rise) < clear(results):
        return 1
    if rise < 0:
        return 0
    return 2 if known == sorted(known) else 3


def answer_residual(results: Sequence[RunResult]) -> int | None:
    """Where the mean test error of residual nets is lowest."""
    errors = [test_error(results, net) for net in (*RESIDUAL, DEEPEST)]
    known = [error for error in errors if error is not None]
    if len(known) <= len(RESIDUAL):
        return None
    if known == sorted(known, reverse=True):
        return 0
    lowest = known.index(min(known))
    if lowest == 0:
        return 3
    return 2 if lowest == len(RESIDUAL) else 1


FIGURE6_PLAIN = Lesson(
    name="figure6-plain",
    title="Figure 6 at full length: plain nets",
    entries=entries(Recipe(), *PLAIN),
    question=(
        "Plain nets of 20, 32, 44 and 56 layers get the paper's whole training. Does the deepest "
        "catch up with the shallowest on the training images, given all that time? Clearly: by one "
        "point or more."
    ),
    choices=(
        "It overtakes: 56 layers end with clearly fewer training errors than 20",
        "It catches up: no clear difference between 20 and 56 layers",
        "It stays behind, and every step in depth adds training errors",
        "It stays behind, but not every step in depth adds training errors",
    ),
    answer=answer_plain,
    look_for=(
        "Compare the dashed curves before and after the rate is divided by ten, at 32,000 and at "
        "48,000 iterations."
    ),
    meaning=(
        "In the paper's Figure 6 (left) a deeper plain net has the higher error, in training and "
        "in test, and 110 plain layers stay above 60 %. The paper prints no other figures for "
        "these nets, so curves of your own can be held against its picture only. "
        + LENGTH.format(time="half a day or more")
    ),
    seconds=None,
)

FIGURE6_RESIDUAL = Lesson(
    name="figure6-residual",
    title="Figure 6 at full length: residual nets",
    entries=(
        *entries(Recipe(), *RESIDUAL),
        Entry(NetSpec.parse(DEEPEST), Recipe(warmup="error")),
    ),
    question=(
        "Residual nets of 20, 32, 44, 56 and 110 layers get the paper's whole training. Which of "
        "them has the lowest test error at the end?"
    ),
    choices=(
        "The deepest, and each step in depth lowers the test error",
        "One of the nets between: beyond it, depth costs something",
        "The deepest, though not every step in depth lowers the test error",
        "The shallowest",
    ),
    answer=answer_residual,
    look_for=(
        "The bold curves are test errors. The 110-layer net starts at a rate of 0.01 until its "
        "training error is below 80 %, as in the paper."
    ),
    meaning=(
        "The paper's test errors (Table 6) are 8.75 % with 20 layers, 7.51 with 32, 7.17 with 44, "
        "6.97 with 56 and 6.43 with 110 at best, 6.61 +/- 0.16 over five runs. One run of yours "
        "can differ by a few tenths of a point, which is more than some of these steps. "
        + LENGTH.format(time="a day or more")
    ),
    seconds=None,
)
