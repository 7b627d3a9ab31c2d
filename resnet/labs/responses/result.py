"""How strongly every layer answers."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result


@dataclass(frozen=True)
class Responses(Result):
    """Lab "responses" (Fig. 7): how strongly each 3x3 layer answers.

    images      how many the deviations are taken over
    statistics  where BN's means and variances came from, in words
    layers      the L 3x3 layers of the main branch in the order they run; `stages` of each
    after_bn    whether the outputs were read after a BN, as in the paper
    deviations  (L,) float32 standard deviations, in the same order
    """

    net: str
    images: int
    statistics: str
    layers: tuple[str, ...]
    stages: tuple[int, ...]
    after_bn: bool
    deviations: np.ndarray

    @property
    def ranked(self) -> np.ndarray:
        """(L,) the deviations, the largest first, as in the lower half of Fig. 7."""
        return np.sort(self.deviations)[::-1]
