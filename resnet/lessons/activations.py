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
        "BN, in which does less than a thousandth of the last convolution's gradient reach the "
        "first one, at the first mini-batch?"
    ),
    choices=(
        "In none of the three",
        "With sigmoid alone",
        "With sigmoid and with tanh",
        "With ReLU too, or in another combination",
    ),
    answer=answer,
    look_for=(
        "Go to iteration 1 of the gradient norms by layer; their axis is logarithmic. Follow each "
        "net without BN from output to input, then find the same activation with BN."
    ),
    meaning=(
        "With sigmoid and no BN next to nothing of the gradient reaches the first layers, and the "
        "net stays at guessing: this is the vanishing gradient of the textbooks, and it is real. "
        "With tanh or ReLU the first convolution gets about as much as the last even without BN, "
        "because He et al.'s initialisation keeps the gradient in size. That alone does not make "
        "them learn alike: with tanh the net trains well, with ReLU it hardly gets going in this "
        "run, since its signals and gradients are small in every layer. With BN all three learn, "
        "even the one with sigmoids. So vanishing gradients explain why deep nets of sigmoids "
        "failed before BN; the paper holds that they are unlikely to explain why plain-56 with BN "
        "and ReLU is worse than plain-20 (He et al. 2015, Section 4.1)."
    ),
    seconds=95,
    gpu=entries(ON_ALL_IMAGES, *WITHOUT_BN, *WITH_BN),
)
