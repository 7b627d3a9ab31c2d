"""Gradient norms with and without BN: do they vanish on the way to the first layer?

What is looked at is the gradient by a layer's weights; the lab `gradients` looks at the one by its
output, which is another figure.
"""

from collections.abc import Sequence
from dataclasses import replace

from resnet.lessons.degradation import GENTLE
from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import fade

NETS = ("plain20", "plain56", "resnet56-A", "plain20-nonorm", "plain56-nonorm")
FACTOR = 10.0  # norms further apart than this are not "about as large"

FROM_THE_FIRST = replace(GENTLE, iterations=200, log_every=1)  # so that row 1 is mini-batch 1
ON_ALL_IMAGES = replace(
    FROM_THE_FIRST, images=None, image_size=32, augment=True, iterations=2000, test_every=100
)


def answer(results: Sequence[RunResult]) -> int | None:
    """What becomes of plain-56's gradient between its last convolution and its first, with BN."""
    share = fade(results, "plain56")
    if share is None:
        return None
    if share < 1 / FACTOR:
        return 0
    return 1 if share <= FACTOR else 2


GRADIENTS = Lesson(
    name="gradients",
    title="Do gradients vanish? With BN and without",
    entries=entries(FROM_THE_FIRST, *NETS),
    question=(
        "Many summaries say that deep plain nets fail because the gradient vanishes on its way "
        "back to the first layers. In plain-56 with BN, at the very first mini-batch, how large "
        "is the gradient of the first layer's weights beside that of the last convolution's?"
    ),
    choices=(
        "It vanishes: less than a tenth of the last one's",
        "About as large: within a factor of ten",
        "It grows: more than ten times the last one's",
    ),
    answer=answer,
    look_for=(
        "Look at the gradient norms of the layers' weights at iteration 1, then scrub on: compare "
        "the slope of the lines from input to output, and their height with and without BN. Then "
        "look at the weight norms of plain-56."
    ),
    meanings=(
        "The gradient of the first layer's weights is less than a tenth of the last convolution's: "
        "here it does fade on its way back, which is not what this lesson usually shows with BN.",
        "The gradient of the first layer's weights is about as large as the last convolution's: it "
        "neither vanishes nor explodes.",
        "In plain-56 with BN the gradient does not vanish on its way back: at the first mini-batch "
        "it grows. BN itself causes this in deep nets without shortcuts (Yang et al. 2019, arXiv "
        "1902.08129). The large first steps blow up the weights of the first layers, and behind BN "
        "a layer with larger weights gets smaller gradients: small gradients later in a run do not "
        "prove that they vanish with depth, where they come after an explosion.",
    ),
    unclear="The first mini-batch of plain-56 left no gradients to look at.",
    beside=(
        "The paper reports healthy gradients in its plain nets with BN and holds that vanishing "
        "is unlikely to be their trouble (He et al. 2015, Section 4.1); it does not say when they "
        "were measured. Without BN the size of the gradient depends on the initialisation alone, "
        "and He et al.'s is made to keep it; the signal may still fade in every layer, and "
        "nothing brings it back to size."
    ),
    seconds=80,
    gpu=entries(ON_ALL_IMAGES, *NETS),
)
