"""The loss on a plane through the weights."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result

CUT_AT = 10.0


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


def known(surface: Surface) -> np.ndarray:
    """(side, side) whether a point has been computed."""
    return ~np.isnan(surface.error)


def begun(surface: Surface) -> bool:
    """Whether the coarsest grid, 5 x 5, is complete, so that there is something to fill in."""
    step = (len(surface.steps) - 1) // 4
    return bool(known(surface)[::step, ::step].all())
