"""Shortcuts A, B and C: what goes around a block, and whether it should be learnt."""

from collections.abc import Sequence

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import clear, train_error
from resnet.spec import Recipe

NETS = ("plain32", "resnet32-A", "resnet32-B", "resnet32-C")


def answer(results: Sequence[RunResult]) -> int | None:
    """Whether every option beats the plain net, and how C stands to A, by training error."""
    errors = [train_error(results, net) for net in NETS]
    known = [error for error in errors if error is not None]
    if len(known) < len(NETS):
        return None
    plain, *options = known
    gap = clear(results)
    if plain - max(options) < gap:
        return 3
    identity, _, learnt = options
    if abs(learnt - identity) < gap:
        return 0
    return 1 if learnt < identity else 2


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
    meaning=(
        "Every option trains better than the plain net, so having shortcuts matters more than "
        "their kind. But after this short training C lies clearly behind A and B: with a learnt "
        "layer around every block, nothing passes unchanged any more. This is early optimisation, "
        "not the end: the paper trains 34-layer nets to the end on ImageNet and finds small "
        "differences the other way, 25.03 % top-1 error with A, 24.52 % with B, 24.19 % with C "
        "(He et al. 2015, Table 3), and calls projections not essential for degradation. For "
        "110-layer nets on CIFAR-10 the same authors later found C's kind of shortcut worse at "
        "full length too, 12.22 % against 6.61 % (He et al. 2016)."
    ),
    seconds=95,
    gpu=entries(Recipe(), *NETS),
)
