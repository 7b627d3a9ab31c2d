"""Gradients along a line of inputs."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result


def half_life(correlation: np.ndarray) -> float:
    """The lag, in steps, at which an autocorrelation first falls to 1/2; NaN if it never does."""
    below = np.flatnonzero(correlation <= 0.5)
    if not len(below):
        return float("nan")
    after = int(below[0])
    high, low = float(correlation[after - 1]), float(correlation[after])
    return after - 1 + (high - 0.5) / (high - low)


@dataclass(frozen=True)
class Shattered(Result):
    """Lab "shattered": the gradient along lines of T inputs, and how it relates to itself.

    step         distance between neighbouring inputs, L2 over all their numbers; the mean of lines
    series       (lines, T) the gradient in the direction of each line
    correlation  (T // 2 + 1,) autocorrelation of the whole gradient by lag, the mean of the lines

    white, brownian  (T // 2 + 1,) the same of white noise and of Brownian motion, the mean of 20
                     series, of which the first is `white_series` and `brownian_series`, (T,)
    """

    net: str
    statistics: str
    points: int
    lines: int
    step: float
    series: np.ndarray
    correlation: np.ndarray
    white_series: np.ndarray
    white: np.ndarray
    brownian_series: np.ndarray
    brownian: np.ndarray
    seed: int

    @property
    def half_life(self) -> float:
        """The lag, in steps, at which the autocorrelation first falls to 1/2; NaN if it never does.

        White noise has one half by this measure, for it falls from 1 to 0 in one step.
        """
        below = np.flatnonzero(self.correlation <= 0.5)
        if not len(below):
            return float("nan")
        after = int(below[0])
        high, low = self.correlation[after - 1], self.correlation[after]
        return float(after - 1 + (high - 0.5) / (high - low))
