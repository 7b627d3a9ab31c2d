"""Lessons: ready comparisons with words around them, as data."""

from dataclasses import dataclass

from resnet.spec import NetSpec, Recipe


@dataclass(frozen=True)
class Lesson:
    """A named comparison.

    nets      in the order in which their curves are listed
    question  what a class is asked before
    look_for  what to watch while the curves grow
    meaning   what the outcome does and does not show
    """

    name: str
    title: str
    nets: tuple[NetSpec, ...]
    recipe: Recipe
    question: str
    look_for: str
    meaning: str


DEGRADATION = Lesson(
    name="degradation",
    title="Degradation in two minutes",
    nets=tuple(NetSpec.parse(name) for name in ("plain20", "plain56", "resnet20-A", "resnet56-A")),
    recipe=Recipe(
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
    ),
    question=(
        "A 56-layer net can do all that a 20-layer net can, and more. "
        "So after the same training, which makes fewer errors on its training images?"
    ),
    look_for=(
        "Compare the dashed curves (training error) of the two plain nets, "
        "then those of the two residual nets."
    ),
    meaning=(
        "The deeper plain net is worse on the very images it is trained on, so this is not "
        "overfitting: it is harder to optimise. This is the early-optimisation form of the "
        "degradation problem: after 400 iterations on 5,000 images of 16x16 pixels the gap is far "
        "larger than the paper's gap after 64,000 iterations (He et al. 2015, Fig. 6). Test errors "
        "stay high for every net because 5,000 images are few. The deep plain net's gradients are "
        "smaller in places, but they are not gone: with BN, the paper holds, vanishing gradients "
        "are unlikely to be the cause (Section 4.1)."
    ),
)

LESSONS = {lesson.name: lesson for lesson in (DEGRADATION,)}
