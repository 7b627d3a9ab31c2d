"""The paper's Figure 6 on CIFAR-10 at full length: its plain nets, and its residual nets."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import mean

from resnet.lessons.lesson import Entry, Lesson, RunResult, entries
from resnet.lessons.measures import clearly, steps, test_errors, train_errors
from resnet.spec import NetSpec, Recipe

PLAIN = ("plain20", "plain32", "plain44", "plain56")
RESIDUAL = ("resnet20-A", "resnet32-A", "resnet44-A", "resnet56-A")
DEEPEST = "resnet110-A"

LENGTH = (
    "This is the paper's recipe at full length: 64,000 iterations on all 50,000 images. One NVIDIA "
    "H200 made nine tenths of that for four nets of 20 and 56 layers in eight minutes."
)


def answer_plain(results: Sequence[RunResult]) -> int | None:
    """What depth does to the training error of plain nets."""
    *between, ends = steps([train_errors(results, net) for net in PLAIN])
    if ends in (0, -1):
        return 1 + ends
    if ends == 1 and set(between) == {1}:
        return 2
    return 3 if ends == 1 and -1 in between else None


def answer_residual(results: Sequence[RunResult]) -> int | None:
    """Where the test error of residual nets is lowest."""
    errors = [test_errors(results, net) for net in (*RESIDUAL, DEEPEST)]
    known = [each for each in errors if each is not None]
    if len(known) <= len(RESIDUAL):
        return None
    *between, _ = steps(known)
    if set(between) == {-1}:
        return 0
    pairs = len(known) * (len(known) - 1) // 2
    lowest = min(known, key=lambda each: mean(each.by_seed.values()))
    rest = [each for each in known if each is not lowest]
    if not all(clearly(replace(lowest, clear=0.0), each, pairs) == 1 for each in rest):
        return None
    if lowest is known[0]:
        return 3
    if lowest is not known[-1]:
        return 1
    return 2 if 1 in between else None


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
    meanings=(
        "56 plain layers end with clearly fewer training errors than 20: the paper's Figure 6 "
        "shows the opposite.",
        "56 plain layers end as 20 do: given the time, the degradation is gone here. The paper's "
        "Figure 6 shows that it stays.",
        "The deepest plain net stays behind to the end, and every step in depth adds training "
        "errors, as in the paper's Figure 6 (left).",
        "The deepest plain net stays behind to the end, as in the paper's Figure 6 (left), though "
        "not every step in depth adds training errors here.",
    ),
    unclear=(
        "These runs cannot tell: one seed at this length has no spread on record, and the nets may "
        "lie closer together than seeds do."
    ),
    beside=(
        "In the paper's Figure 6 (left) a deeper plain net has the higher error, in training and "
        "in test, and 110 plain layers stay above 60 %. The paper prints no other figures for "
        "these nets, so curves of your own can be held against its picture only. " + LENGTH
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
    meanings=(
        "Each step in depth lowers the test error, and the deepest net is the best, as in the "
        "paper's Table 6.",
        "One of the nets between has the lowest test error: beyond it, depth costs something "
        "here. In the paper's Table 6 it does so only at 1202 layers.",
        "The deepest net is the best, as in the paper's Table 6, though not every step in depth "
        "lowers the test error here.",
        "The shallowest net has the lowest test error: the opposite of the paper's Table 6.",
    ),
    unclear=(
        "These runs cannot tell: some of these steps are smaller than what another seed, or other "
        "test images, could change."
    ),
    beside=(
        "The paper's test errors (Table 6) are 8.75 % with 20 layers, 7.51 with 32, 7.17 with 44, "
        "6.97 with 56 and 6.43 with 110 at best, 6.61 +/- 0.16 over five runs; how many runs stand "
        "behind the others it does not say. " + LENGTH
    ),
    seconds=None,
)
