"""What is found of paths by their length."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result


@dataclass(frozen=True)
class Paths(Result):
    """Lab "paths": the paths through a net of n blocks by length, 0 to n (`lengths` is n + 1).

    paths     (n + 1,) the share of all 2^n paths that have this length: binomial
    gradient  (n + 1,) L2 norm of the gradient that one path carries to the input, the mean over
              `samples` paths and over the images
    carried   (n + 1,) their product, as shares of its sum: the gradient that the paths of each
              length carry together, if their norms are added up as Veit et al. do
    """

    net: str
    images: int
    statistics: str
    lengths: int
    paths: np.ndarray
    gradient: np.ndarray
    carried: np.ndarray
    samples: int
    seed: int

    @property
    def effective(self) -> tuple[int, int]:
        """The lengths between which the middle 95 % of the gradient is carried."""
        along = np.cumsum(self.carried)
        low, high = (int(np.searchsorted(along, share)) for share in (0.025, 0.975))
        return low, min(high, self.lengths - 1)
