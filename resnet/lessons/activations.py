"""Sigmoid, tanh and ReLU, without BN and with it: where gradients really vanish."""

from collections.abc import Sequence
from dataclasses import replace

from resnet.lessons.gradients import FROM_THE_FIRST, ON_ALL_IMAGES
from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import fade

WITHOUT_BN = ("plain20-nonorm-sigmoid", "plain20-nonorm-tanh", "plain20-nonorm")
WITH_BN = ("plain20-sigmoid", "plain20-tanh", "plain20")
VANISHED = 1 / 1000  # of the last convolution's gradient

RECIPE = replace(FROM_THE_FIRST, iterations=400)


def answer(results: Sequence[RunResult]) -> int | None:
    """In which of the nets without BN the gradient has vanished at the first convolution."""
    shares = [fade(results, net) for net in WITHOUT_BN]
    known = [share for share in shares if share is not None]
    if len(known) < len(WITHOUT_BN):
        return None
    sigmoid, tanh, relu = (share < VANISHED for share in known)
    if not (sigmoid or tanh or relu):
        return 0
    if sigmoid and not relu:
        return 2 if tanh else 1
    return 3


ACTIVATIONS = Lesson(
    name="activations",
    title="Sigmoid, tanh, ReLU: where gradients do vanish",
    entries=entries(RECIPE, *WITHOUT_BN, *WITH_BN),
    question=(
        "Six plain nets of 20 layers with sigmoid, tanh or ReLU, without BN and with it. Without "
        "BN, in which is the gradient of the first layer's weights less than a thousandth of the "
        "last convolution's, at the first mini-batch?"
    ),
    choices=(
        "In none of the three",
        "With sigmoid alone",
        "With sigmoid and with tanh",
        "With ReLU too, or in another combination",
    ),
    answer=answer,
    look_for=(
        "Go to iteration 1 of the gradient norms of the layers' weights; their axis is "
        "logarithmic. Follow each net without BN from output to input, then find the same "
        "activation with BN."
    ),
    meanings=(
        "In none of the three has the gradient of the first layer's weights vanished, not even "
        "with sigmoid: not what this lesson usually shows.",
        "With sigmoid and no BN next to nothing of the gradient reaches the first layers: this is "
        "the vanishing gradient of the textbooks, and it is real. With tanh or ReLU the first "
        "convolution gets its share even without BN, as He et al.'s initialisation intends.",
        "With sigmoid and with tanh next to nothing of the gradient reaches the first layers "
        "without BN; with ReLU, for which He et al.'s initialisation is made, it does.",
        "The gradient vanished where it is not expected to, with ReLU too or in another "
        "combination: look at the start of the weights and at the images.",
    ),
    unclear="The first mini-batches left no gradients to look at.",
    beside=(
        "A gradient that arrives does not make a net learn alone: compare how the nets without BN "
        "train, and then the same activation with BN. Vanishing gradients explain why deep nets of "
        "sigmoids failed before BN; the paper holds that they are unlikely to explain why plain-56 "
        "with BN and ReLU is worse than plain-20 (He et al. 2015, Section 4.1)."
    ),
    seconds=95,
    gpu=entries(ON_ALL_IMAGES, *WITHOUT_BN, *WITH_BN),
)
