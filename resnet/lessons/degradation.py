"""Degradation: what depth costs a plain net in training error, and a residual net not."""

from collections.abc import Sequence
from dataclasses import replace

from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import clearly_worse, judged, train_errors
from resnet.spec import Recipe

NETS = ("plain20", "plain56", "resnet20-A", "resnet56-A")

GENTLE = Recipe(
    images=5000,
    image_size=16,
    augment=False,
    iterations=400,
    learning_rate=0.05,
    schedule="linear",
    warmup="linear",
    warmup_iterations=60,
    log_every=10,
    test_every=20,
    test_images=500,
    final_images=2000,
)

LARGE = replace(GENTLE, image_size=32, iterations=180, warmup_iterations=30)

QUESTION = (
    "A 56-layer net can do all that a 20-layer net can, and more. So after the same training, "
    "which makes fewer errors on the very images it was trained on?"
)
CHOICES = (
    "Depth is no harm: neither 56-layer net is clearly worse than its 20-layer twin",
    "The deeper plain net is clearly worse, the deeper residual net is not",
    "Both deeper nets are clearly worse",
    "The deeper residual net is clearly worse, the deeper plain net is not",
)
NO_HARM = (
    "Depth did no clear harm here, to neither kind of net. That is not what the paper finds, nor "
    "what this lesson usually shows: look at the recipe and at how far the nets have come before "
    "you believe it."
)
BOTH_WORSE = (
    "Both deeper nets are worse on the images they are trained on. For the plain net that is the "
    "degradation problem; that the residual net lags too says that it has not had the time to get "
    "going, or that something in the recipe holds it back."
)
RESIDUAL_WORSE = (
    "The deeper residual net is the one that trains worse. That is the opposite of what the paper "
    "finds and of what this lesson usually shows; another seed is the first thing to try."
)
UNCLEAR = (
    "These runs cannot tell: the differences are within what another seed could change. More "
    "seeds would, or a run that is not ended early."
)
LOOK_FOR = (
    "Compare the dashed curves (training error) of the two plain nets, then those of the two "
    "residual nets."
)


def answer(results: Sequence[RunResult]) -> int | None:
    """Which of CHOICES came true, by training error."""
    plain20, plain56, resnet20, resnet56 = (train_errors(results, net) for net in NETS)
    plain = clearly_worse(plain20, plain56, 2)
    residual = clearly_worse(resnet20, resnet56, 2, judged(plain20, plain56, 2) if plain else None)
    if plain is None or residual is None:
        return None
    return {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}[plain, residual]


DEGRADATION = Lesson(
    name="degradation",
    title="Degradation in two minutes",
    entries=entries(GENTLE, *NETS),
    question=QUESTION,
    choices=CHOICES,
    answer=answer,
    look_for=LOOK_FOR,
    meanings=(
        NO_HARM,
        "The deeper plain net is worse on the very images it is trained on, so this is not "
        "overfitting: it is harder to optimise. With shortcuts the same depth costs little or "
        "nothing.",
        BOTH_WORSE,
        RESIDUAL_WORSE,
    ),
    unclear=UNCLEAR,
    beside=(
        "This is the early-optimisation form of the question: 400 iterations on 5,000 images of "
        "16x16 pixels, where the paper trains 64,000 on 50,000 of 32x32 and finds a smaller gap "
        "(He et al. 2015, Fig. 6). Test errors stay high for every net because 5,000 images are "
        "few. Gradients are smaller in places of the deep plain net, but not gone: with BN, the "
        "paper holds, vanishing gradients are unlikely to be the cause (Section 4.1)."
    ),
    seconds=120,
    gpu=entries(Recipe(), *NETS),
)

DEGRADATION_32 = Lesson(
    name="degradation-32",
    title="Degradation on 32x32 images",
    entries=entries(LARGE, *NETS),
    question=QUESTION,
    choices=CHOICES,
    answer=answer,
    look_for=LOOK_FOR,
    meanings=(
        NO_HARM,
        "As on images of 16x16 pixels the deeper plain net is worse on the very images it is "
        "trained on, and the deeper residual net is not, or only a little. So the effect does not "
        "come from the small images.",
        BOTH_WORSE,
        RESIDUAL_WORSE,
    ),
    unclear=UNCLEAR,
    beside=(
        "After 180 iterations no net has come far: ResNet-56 has more to get going than ResNet-20. "
        "At the paper's full length it ends ahead of it, with a test error of 6.97 % against "
        "8.75 % (He et al. 2015, Table 6)."
    ),
    seconds=195,
    gpu=entries(Recipe(), *NETS),
)
