"""The trap: a recipe under which a residual net looks nearly as bad as a plain one."""

from collections.abc import Sequence
from dataclasses import replace

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import clear, train_error
from resnet.spec import Recipe

NETS = ("plain56", "resnet56-A")

SOFT = replace(GENTLE, images=None, augment=True, iterations=250)
HARD = replace(
    SOFT, learning_rate=0.1, schedule="constant", warmup="none", warmup_iterations=0
)  # the paper's rate before its first step down


def answer(results: Sequence[RunResult]) -> int | None:
    """Under which recipe ResNet-56 is how far ahead of plain-56, by mean training error."""
    gaps = []
    for warmup in ("linear", "none"):
        plain, residual = (train_error(results, net, warmup=warmup) for net in NETS)
        if plain is None or residual is None:
            return None
        gaps.append(plain - residual)
    soft, hard = gaps
    if max(gaps) < clear(results):
        return 3
    if hard < soft / 2:
        return 1
    return 2 if soft < hard / 2 else 0


TRAP = Lesson(
    name="trap",
    title="The trap of a bad recipe",
    entries=entries(HARD, *NETS) + entries(SOFT, *NETS),
    question=(
        "plain-56 and ResNet-56 are trained twice: once with the paper's rate of 0.1 from the "
        "first mini-batch, once with half that rate, climbed to slowly and then lowered. How large "
        "is the gap in training error between the two nets at the end, under either recipe?"
    ),
    choices=(
        "About the same, within a factor of two: the net decides, not the recipe",
        "Less than half as large with the paper's rate from the start as with the gentle recipe",
        "Less than half as large with the gentle recipe as with the paper's rate from the start",
        "Neither recipe shows a clear gap in so few iterations",
    ),
    answer=answer,
    look_for=(
        "Compare the two nets of one recipe first, then the same net under both. A net that "
        "guesses among ten classes makes 90 % errors."
    ),
    meaning=(
        "With the high rate from the start plain-56 stays near guessing, and ResNet-56 gets away "
        "from it late or not at all, as the seed has it: who saw only these two curves could "
        "conclude that shortcuts are of little use. The gentle recipe, with the same images in the "
        "same order, shows the difference. So a comparison says something of nets only where the "
        "recipe lets at least one of them learn. The paper's rate is not wrong for the paper: it "
        "is held for 32,000 iterations, of which these are the first few, and its 110-layer net "
        "needed a warm-up too (He et al. 2015, Section 4.2). The two recipes differ in warm-up, "
        "height and fall of the rate together; this lesson does not say which matters most."
    ),
    seconds=115,
    gpu=entries(Recipe(), *NETS)
    + entries(Recipe(learning_rate=0.05, warmup="linear", warmup_iterations=1000), *NETS),
)
