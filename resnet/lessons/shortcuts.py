"""Shortcuts A, B and C: what goes around a block, and whether it should be learnt."""

from collections.abc import Sequence

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import clearly, clearly_worse, train_errors
from resnet.spec import Recipe

NETS = ("plain32", "resnet32-A", "resnet32-B", "resnet32-C")


def answer(results: Sequence[RunResult]) -> int | None:
    """Whether every option beats the plain net, and how C stands to A, by training error."""
    plain, identity, *others = (train_errors(results, net) for net in NETS)
    better = [clearly_worse(option, plain, len(NETS)) for option in (identity, *others)]
    if False in better:
        return 3
    learnt = clearly(identity, others[-1], len(NETS))
    if None in better or learnt is None:
        return None
    return {0: 0, -1: 1, 1: 2}[learnt]


SHORTCUTS = Lesson(
    name="shortcuts",
    title="Shortcuts A, B and C",
    entries=entries(GENTLE, *NETS),
    question=(
        "Option A passes the input of a block on as it is, and fills new channels with zeros. "
        "B learns a 1x1 convolution where the shape changes, C learns one in every block. How do "
        "they compare with each other, and with no shortcut at all?"
    ),
    choices=(
        "All three are clearly better than the plain net, and A and C do not differ clearly",
        "All three are clearly better than the plain net, and C is clearly ahead of A",
        "All three are clearly better than the plain net, and C is clearly behind A",
        "At least one of them is not clearly better than the plain net",
    ),
    answer=answer,
    look_for=(
        "C has most parameters and the most to learn on the way around a block. Watch the dashed "
        "curves of A and B, then where C runs between them and the plain net."
    ),
    meanings=(
        "Every option trains better than the plain net, and C is as good as A: that there is a "
        "shortcut matters more than which.",
        "Every option trains better than the plain net, and C, which learns a layer in every "
        "shortcut, is ahead of A, which passes the input on as it is.",
        "Every option trains better than the plain net, so having shortcuts matters more than "
        "their kind. But C lies clearly behind A: with a learnt layer around every block, nothing "
        "passes unchanged any more.",
        "Not every option trains clearly better than the plain net here. A shortcut alone is then "
        "not enough: look which of them lags, and what it has to learn.",
    ),
    unclear=(
        "These runs cannot tell the options apart, or not from the plain net: the differences are "
        "within what another seed could change."
    ),
    beside=(
        "This is early optimisation, not the end: the paper trains 34-layer nets to the end on "
        "ImageNet and finds small differences, 25.03 % top-1 validation error with A, 24.52 % "
        "with B, 24.19 % with C over ten crops (He et al. 2015, Table 3), and calls projections "
        "not essential for degradation. For 110-layer nets on CIFAR-10 the same authors later "
        "found C's kind of shortcut worse at full length too, 12.22 % against 6.61 % test error, "
        "medians of five runs (He et al. 2016, Table 1)."
    ),
    seconds=95,
    gpu=entries(Recipe(), *NETS),
)
