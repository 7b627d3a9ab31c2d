"""What labs found by training, and on the surface that training moves on."""

from dataclasses import dataclass

from resnet.labs.result import Result, TrainingCurve


@dataclass(frozen=True)
class Constructed(Result):
    """Lab "constructed": a shallow net, the deep one built from it, and how the deep one trains.

    images              training and test images that both were shown
    shallow_errors      of the shallow net on them, training and test, in percent; `deep_errors` of
                        the deep one
    largest_difference  between any two logits of theirs; `equal`: whether all are the same, bit
                        for bit
    training_losses     of the shallow and the deep net on one mini-batch with BN by batch, where
                        the construction holds only about
    from_built          the deep net trained on from the construction
    from_random         the same net, images and recipe from a random start
    recipe              as JSON; `data` is the label of the images
    """

    shallow: str
    deep: str
    images: int
    shallow_errors: tuple[float, float]
    deep_errors: tuple[float, float]
    largest_difference: float
    equal: bool
    training_losses: tuple[float, float]
    from_built: TrainingCurve
    from_random: TrainingCurve
    recipe: str
    data: str
