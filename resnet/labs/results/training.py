"""What labs found by training, and on the surface that training moves on."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.written import Result


@dataclass(frozen=True)
class Curve(Result):
    """A net's way through training, R rows; errors in percent, NaN where not tested."""

    iterations: np.ndarray
    loss: np.ndarray
    train_error: np.ndarray
    test_error: np.ndarray


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
    from_built: Curve
    from_random: Curve
    recipe: str
    data: str


@dataclass(frozen=True)
class Trained(Result):
    """One shortcut variant (`resnet.labs.variants_table.VARIANTS`) and how it trained."""

    name: str
    curve: Curve


@dataclass(frozen=True)
class Variants(Result):
    """Lab "variants": a residual net with other shortcuts, trained on the same images.

    recipe  as JSON; `data` is the label of the images
    """

    net: str
    data: str
    recipe: str
    trained: tuple[Trained, ...]


@dataclass(frozen=True)
class Surface(Result):
    """Lab "surface": loss and error (percent) on a square of the weights' space, (side, side).

    steps  (side,) how far along either direction; [row, column] of a grid is `steps[row]` in the
           second and `steps[column]` in the first; the centre is the net as it is
    loss   mean cross-entropy; NaN where not computed yet. Far out it may be infinite
    """

    net: str
    images: int
    statistics: str
    reach: float
    steps: np.ndarray
    loss: np.ndarray
    error: np.ndarray
    seed: int

    @property
    def done(self) -> float:
        """The share of points that are known."""
        return float(np.mean(~np.isnan(self.error)))
