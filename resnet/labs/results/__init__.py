"""What each lab returns. No torch here: pages read these and figures draw them."""

from resnet.labs.results.blocks import Lesion, Paths, Switched
from resnet.labs.results.seen import Confusion, Maps, Mistake, Seen
from resnet.labs.results.signals import (
    EDGES_OF_BINS,
    Gradients,
    Moment,
    ResidualSize,
    Responses,
    Shattered,
)
from resnet.labs.results.training import Constructed, Curve, Surface, Trained, Variants

__all__ = [
    "EDGES_OF_BINS",
    "Confusion",
    "Constructed",
    "Curve",
    "Gradients",
    "Lesion",
    "Maps",
    "Mistake",
    "Moment",
    "Paths",
    "ResidualSize",
    "Responses",
    "Seen",
    "Shattered",
    "Surface",
    "Switched",
    "Trained",
    "Variants",
]
