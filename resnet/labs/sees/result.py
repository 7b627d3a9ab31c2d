"""What labs found that a net sees in images."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result


@dataclass(frozen=True)
class Maps(Result):
    """The feature maps that a stage gives to one image.

    channels   how many there are; `shades` holds the first 64 of them
    shades     (C, H, W) uint8, 0 for the value `low` and 255 for `high`, the extremes of them all
    """

    name: str
    channels: int
    low: float
    high: float
    shades: np.ndarray


@dataclass(frozen=True)
class Seen(Result):
    """Lab "sees": a net's answer to one image.

    image              (S, S, 3) uint8 as people see it
    label              what it is; None where nobody said so
    probabilities      (classes,) float32, by softmax; they sum to 1
    top                the five most likely classes and their probabilities, the likeliest first
    """

    net: str
    statistics: str
    image: np.ndarray
    label: str | None
    classes: tuple[str, ...]
    probabilities: np.ndarray
    top: tuple[str, ...]
    top_probabilities: tuple[float, ...]
    maps: tuple[Maps, ...]


@dataclass(frozen=True)
class Mistake(Result):
    """An image that a net is wrong about: what it is, what the net said, and how sure it was."""

    index: int
    image: np.ndarray
    label: str
    said: str
    probability: float
    probability_of_label: float


@dataclass(frozen=True)
class Confusion(Result):
    """Lab "confusion": which classes a net takes for which.

    counts    (classes, classes) int32: row, what an image is; column, what the net said
    error     top-1, in percent
    mistakes  those that the net is most sure of, the surest first
    """

    net: str
    images: int
    statistics: str
    classes: tuple[str, ...]
    counts: np.ndarray
    error: float
    mistakes: tuple[Mistake, ...]
