"""What labs found with blocks off, swapped, or taken apart into paths."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result


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
