"""Degradation: what depth costs a plain net in training error, and a residual net not."""

from collections.abc import Sequence
from dataclasses import replace

from resnet.lessons.lesson import Lesson, RunResult, entries
from resnet.lessons.measures import clear, train_error
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
LOOK_FOR = (
    "Compare the dashed curves (training error) of the two plain nets, then those of the two "
    "residual nets."
)


def answer(results: Sequence[RunResult]) -> int | None:
    """Which of CHOICES came true, by mean training error."""
    errors = [train_error(results, net) for net in NETS]
    if None in errors:
        return None
    plain20, plain56, resnet20, resnet56 = (error or 0.0 for error in errors)
    gap = clear(results)
    plain, residual = plain56 - plain20 >= gap, resnet56 - resnet20 >= gap
    return {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}[plain, residual]


DEGRADATION = Lesson(
    name="degradation",
    title="Degradation in two minutes",
    entries=entries(GENTLE, *NETS),
    question=QUESTION,
    choices=CHOICES,
    answer=answer,
    look_for=LOOK_FOR,
    meaning=(
        "The deeper plain net is worse on the very images it is trained on, so this is not "
        "overfitting: it is harder to optimise. This is the early-optimisation form of the "
        "degradation problem: after 400 iterations on 5,000 images of 16x16 pixels the gap is far "
        "larger than the paper's gap after 64,000 iterations (He et al. 2015, Fig. 6). Test errors "
        "stay high for every net because 5,000 images are few. The deep plain net's gradients are "
        "smaller in places, but they are not gone: with BN, the paper holds, vanishing gradients "
        "are unlikely to be the cause (Section 4.1)."
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
    meaning=(
        "On images of full size the picture is that of the 16x16 lesson, at an earlier moment: the "
        "deeper plain net is clearly worse on the very images it is trained on, the deeper "
        "residual net is only a little behind the shallower one, and both residual nets are ahead "
        "of both plain ones. So the effect does not come from the small images. After 180 "
        "iterations no net has come far: ResNet-56 has more to get going than ResNet-20, and at "
        "the paper's full length it ends ahead of it (He et al. 2015, Fig. 6 and Table 6)."
    ),
    seconds=195,
    gpu=entries(Recipe(), *NETS),
)
