"""What is found of a net trained with other shortcuts."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result, TrainingCurve

LOSS, TRAIN, TEST = "loss", "train", "test"


@dataclass(frozen=True)
class Trained(Result):
    """One shortcut variant (`resnet.labs.variants.table.VARIANTS`) and how it trained."""

    name: str
    curve: TrainingCurve


@dataclass(frozen=True)
class Variants(Result):
    """Lab "variants": a residual net with other shortcuts, trained on the same images.

    recipe  as JSON; `data` is the label of the images
    """

    net: str
    data: str
    recipe: str
    trained: tuple[Trained, ...]


def values(trained: Trained, quantity: str) -> tuple[np.ndarray, np.ndarray]:
    """Iterations and what is known there; empty where nothing is."""
    column = {
        LOSS: trained.curve.loss,
        TRAIN: trained.curve.train_error,
        TEST: trained.curve.test_error,
    }[quantity]
    there = np.isfinite(column)
    return trained.curve.iterations[there], column[there]


def diverged(trained: Trained) -> bool:
    """Whether training ended because the loss was no longer a number; row 0 has none yet."""
    curve = trained.curve
    return len(curve.iterations) > 1 and not np.isfinite(curve.loss[-1])
