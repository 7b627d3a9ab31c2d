"""How large what a block adds is."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result


@dataclass(frozen=True)
class ResidualSize(Result):
    """Lab "residual_size": what each of B blocks adds, F(x), against what it adds to, x.

    of_f, of_x  (B,) L2 norms of one image's maps, averaged over the images
    ratio       (B,) the mean of ||F(x)|| / ||x||
    expected    (B,) what an untrained net should have, by arithmetic, falling like De and Smith's
                1/sqrt(l); NaN where the net has no BN or no ReLU
    """

    net: str
    images: int
    statistics: str
    blocks: tuple[str, ...]
    stages: tuple[int, ...]
    of_f: np.ndarray
    of_x: np.ndarray
    ratio: np.ndarray
    expected: np.ndarray
