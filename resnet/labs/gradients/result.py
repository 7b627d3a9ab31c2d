"""What labs found of the signals in a net: forward, backward, and by what is added."""

from dataclasses import dataclass

import numpy as np

from resnet.labs.result import Result

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
    images       how many were measured on
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
    images: int = 64
