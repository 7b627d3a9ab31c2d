"""What labs found of the signals in a net: forward, backward, and by what is added."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.written import Result

EDGES_OF_BINS = np.linspace(-8, 8, 41, dtype=np.float32)  # of the histograms of what enters


@dataclass(frozen=True)
class Moment(Result):
    """A net's signals at one iteration, over L weighted layers and A activations, float32.

    A gradient of 0 fell below what float32 holds (1e-45), as it does in training.

    loss        mean cross-entropy of the images measured on
    variance    (L,) of a layer's output over images and positions within a channel, averaged over
                channels: what BN would divide by
    signal      (L,) L2 norm of the gradient of one image's loss by the layer's output, root mean
                square over the images
    weights     (L,) L2 norm of the gradient of the mean loss by the layer's weights
    saturated   (A,) share of what enters an activation where its derivative is below 5 % of its
                largest (for ReLU: where it is off)
    derivative  (A,) the activation's mean derivative there
    histogram   (A, 40) shares of what enters, between EDGES_OF_BINS; the outermost bins hold
                whatever lies beyond
    """

    iteration: int
    loss: float
    variance: np.ndarray
    signal: np.ndarray
    weights: np.ndarray
    saturated: np.ndarray
    derivative: np.ndarray
    histogram: np.ndarray

    @property
    def reach(self) -> float:
        """The gradient at the first convolution's output over that at the last one's."""
        return float(self.signal[0] / self.signal[-2]) if self.signal[-2] else float("nan")


@dataclass(frozen=True)
class Gradients(Result):
    """Lab "gradients": what reaches each layer, before training and after some steps.

    layers       the L weighted layers of the main branch, in the order they run
    activations  the A activations, likewise; `activation` is their kind
    moments      before the first step, and after the last where there were any
    """

    net: str
    initialisation: str
    std: float
    learning_rate: float
    layers: tuple[str, ...]
    activations: tuple[str, ...]
    activation: str
    moments: tuple[Moment, ...]
    seed: int


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
