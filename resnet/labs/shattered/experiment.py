"""Shattered gradients: how the gradient changes while the input walks along a line.

Source: Balduzzi et al. 2017 (arXiv 1702.08591), Fig. 1: in deep plain nets the
gradients of neighbouring inputs are as unrelated as white noise; with shortcuts they keep
structure, and in a shallow net they look like Brownian motion. They walk with the one input of a
fully connected net, freshly initialised; here the line goes from one image to another, the nets
are convolutional, and BN is in evaluation mode, so that each input's gradient is its own.
"""

import numpy as np
import torch
from torch import Tensor

from resnet.data.seeds import generator
from resnet.labs.bench.copies import images_at_once, settled
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.result import numbers
from resnet.labs.shattered.result import Shattered
from resnet.model import Net

POINTS = 256
LINES = 3
REFERENCES = 20  # white and Brownian series that the references are averaged over


def shattered(
    net: Net,
    examples: Examples,
    *,
    points: int = POINTS,
    lines: int = LINES,
    reach: float = 1.0,
    seed: int = 0,
    progress: Progress = quiet,
) -> Shattered:
    """The gradient of the net's answer by its input, at `points` equal steps along `lines` lines.

    lines  each leads from one of the examples to another, drawn at random
    reach  how far along it to walk: 1 is all the way. Fewer, or shorter, steps see finer structure

    The answer is one fixed random combination of the logits. The autocorrelation is that of the
    whole gradient along the line, summed over the input's numbers; the series shown is the first
    line's gradient in the direction of the line.

    Raises LabError for fewer than two examples or fewer than eight points.
    """
    if points < 8:
        raise LabError(f"{points} points are too few for an autocorrelation; take 8 or more")
    examples.first(2)
    progress(0.0, "starting")
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.1))
    for weight in still.parameters():
        weight.requires_grad_(False)
    rng = generator(seed, "labs", "shattered")
    classes = int(net.plan.spec.classes or 0)
    answer = torch.randn(classes, generator=rng).to(examples.images.device)
    series, correlations, steps = [], [], []
    for line in range(lines):
        one, other = torch.randperm(len(examples), generator=rng)[:2].tolist()
        start, way = examples.images[one], reach * (examples.images[other] - examples.images[one])
        part_progress = part_of(progress, 0.1 + 0.9 * line / lines, 0.1 + 0.9 * (line + 1) / lines)
        found = _along(still, answer, start, way, points, part_progress)
        length = float(way.norm()) or 1.0
        series.append((found @ (way.flatten().cpu() / length)).numpy())
        correlations.append(autocorrelation(found.numpy()))
        steps.append(length / (points - 1))
    white, brownian = references(points, seed)
    progress(1.0, "done")
    return Shattered(
        net=str(net.plan.spec),
        statistics=statistics,
        points=points,
        lines=lines,
        step=float(np.mean(steps)),
        series=numbers(series),
        correlation=numbers(np.mean(correlations, axis=0)),
        white_series=numbers(white[0]),
        white=numbers(autocorrelation_of_each(white)),
        brownian_series=numbers(brownian[0]),
        brownian=numbers(autocorrelation_of_each(brownian)),
        seed=seed,
    )


def autocorrelation(series: np.ndarray) -> np.ndarray:
    """The autocorrelation of T values, or T vectors of D numbers, at lags 0 to T/2.

    series  (T,) or (T, D); what is returned is (T // 2 + 1,) float64 and starts with 1

    At lag k it is sum_t (x_t - m)(x_(t+k) - m) / sum_t (x_t - m)^2 with the mean m over t; vectors
    are multiplied by their scalar product. The usual estimator, which leans to 0 as k grows. White
    noise gives 0 +- 1/sqrt(T) at every lag but 0. A series that does not change gives NaN.
    """
    values = np.asarray(series, np.float64).reshape(len(series), -1)
    values = values - values.mean(0)
    count = len(values)
    # the sum over t is a convolution: by Fourier transform, padded so that it does not wrap around
    power = np.abs(np.fft.rfft(values, 2 * count, axis=0)) ** 2
    sums = np.fft.irfft(power.sum(1), 2 * count)[: count // 2 + 1]
    energy = float((values * values).sum())
    return sums / energy if energy > 0 else np.full(len(sums), np.nan)


def autocorrelation_of_each(many: np.ndarray) -> np.ndarray:
    """(R, T) series: the mean of their autocorrelations."""
    return np.mean([autocorrelation(series) for series in many], axis=0)


def references(points: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """White noise and Brownian motion, (20, points) each: independent values, and their sums."""
    rng = generator(seed, "labs", "noise")
    white = torch.randn(2, REFERENCES, points, generator=rng, dtype=torch.float64).numpy()
    return white[0], white[1].cumsum(1)


def _along(
    net: Net, answer: Tensor, start: Tensor, way: Tensor, points: int, progress: Progress
) -> Tensor:
    """(points, 3 * S * S) float32: the gradient at each point of the line, on the CPU."""
    shares = torch.linspace(0, 1, points, device=start.device)
    found = []
    size = max(8, images_at_once(net) // 3)  # backward costs as much again, and holds every layer
    for at in range(0, points, size):
        progress(at / points, f"gradients at {points} points along a line")
        inputs = start + shares[at : at + size, None, None, None] * way
        inputs.requires_grad_()
        (gradient,) = torch.autograd.grad((net(inputs) @ answer).sum(), inputs)
        found.append(gradient.flatten(1).cpu())
    return torch.cat(found)
