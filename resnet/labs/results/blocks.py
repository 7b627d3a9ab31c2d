"""What labs found with blocks off, swapped, or taken apart into paths."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.written import Result


@dataclass(frozen=True)
class Switched(Result):
    """Lab "switched": the error, in percent, with the blocks `off`, and with all of them on."""

    net: str
    images: int
    statistics: str
    off: tuple[str, ...]
    whole_error: float
    error: float


@dataclass(frozen=True)
class Lesion(Result):
    """Lab "lesion": errors, in percent, of a net with blocks off or in another order.

    error           of the whole net
    blocks          its B blocks; `removable` are those that can be off
    single          (B,) with this block off; NaN where it cannot be
    deleted_counts  K counts; `deleted` (K, draws) with so many random blocks off
    swap_counts     J counts; `swapped` (J, draws) after so many swaps of two blocks of one stage
    order_kept      (J, draws) Kendall's rank correlation of that order with the net's own
    """

    net: str
    images: int
    statistics: str
    error: float
    blocks: tuple[str, ...]
    removable: tuple[str, ...]
    single: np.ndarray
    deleted_counts: tuple[int, ...]
    deleted: np.ndarray
    swap_counts: tuple[int, ...]
    swapped: np.ndarray
    order_kept: np.ndarray
    seed: int


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
