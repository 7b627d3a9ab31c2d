"""The trap: a recipe under which a residual net looks nearly as bad as a plain one."""

from collections.abc import Sequence
from dataclasses import replace

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import clearly_worse, judged, train_errors
from resnet.spec import Recipe

NETS = ("plain56", "resnet56-A")

SOFT = replace(GENTLE, images=None, augment=True, iterations=250)
HARD = replace(
    SOFT, learning_rate=0.1, schedule="constant", warmup="none", warmup_iterations=0
)  # the paper's rate before its first step down


def answer(results: Sequence[RunResult]) -> int | None:
    """Under which recipe ResNet-56 is how far ahead of plain-56, by training error."""
    recipes = [
        tuple(train_errors(results, net, warmup=warmup) for net in NETS)
        for warmup in ("linear", "none")
    ]
    found = [clearly_worse(residual, plain, 2) for plain, residual in recipes]
    if found == [False, False]:
        return 3
    if True not in found:
        return None
    soft, hard = (judged(residual, plain, 2) for plain, residual in recipes)
    if soft is None or hard is None:
        return None
    if hard.high < soft.low / 2:
        return 1
    if soft.high < hard.low / 2:
        return 2
    return 0 if soft.high <= 2 * hard.low and hard.high <= 2 * soft.low else None


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
    meanings=(
        "The gap is about as large under either recipe: here the net decides, not the recipe.",
        "With the high rate from the start the two nets lie close together, near guessing: who saw "
        "only these two curves could conclude that shortcuts are of little use. The gentle recipe, "
        "with the same images in the same order, shows the difference.",
        "The gap is larger with the high rate from the start: there the plain net does not get "
        "going, and the residual one does.",
        "Neither recipe shows a clear gap in so few iterations: neither lets one of the nets learn "
        "enough to differ.",
    ),
    unclear=(
        "These runs cannot tell how the two gaps compare: they are within what another seed could "
        "change."
    ),
    beside=(
        "A comparison says something of nets only where the recipe lets at least one of them "
        "learn. The paper's rate is not wrong for the paper: it is held for 32,000 iterations, of "
        "which these are the first few, and its 110-layer net needed a warm-up too (He et al. "
        "2015, Section 4.2). The two recipes differ in warm-up, height and fall of the rate "
        "together; this lesson does not say which matters most."
    ),
    seconds=115,
    gpu=entries(Recipe(), *NETS)
    + entries(Recipe(learning_rate=0.05, warmup="linear", warmup_iterations=1000), *NETS),
)
