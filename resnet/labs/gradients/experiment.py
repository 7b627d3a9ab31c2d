"""Do gradients vanish? The signal forward and the gradient backward, layer by layer.

Source: Glorot and Bengio 2010 (activations and gradients by layer, Sections 3 and 4); He et al.
2015, Section 4.1 (with BN, forward signals have non-zero variances and backward gradients healthy
norms, so vanishing gradients are unlikely to be what holds deep plain nets back).
"""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet.data.seeds import generator
from resnet.labs.bench.copies import copied
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.gradients.activations import EDGES
from resnet.labs.gradients.result import EDGES_OF_BINS, Gradients, Moment
from resnet.labs.result import numbers
from resnet.model import Net, build
from resnet.model.hooks import hooked

INITIALISATIONS = ("he", "xavier", "gaussian", "as it is")
MEASURED = 64  # images that the gradients are measured on
MOMENTUM = 0.9


def gradients(
    net: Net,
    examples: Examples,
    *,
    initialisation: str = "he",
    std: float = 0.01,
    steps: int = 20,
    batch: int = 64,
    learning_rate: float = 0.05,
    seed: int = 0,
    progress: Progress = quiet,
) -> Gradients:
    """What reaches each layer before training and after `steps` mini-batches of SGD.

    initialisation  "he" as `resnet.model.build` does, "xavier", "gaussian" with deviation `std` for
                    every weight, or "as it is": the weights that the net has
    examples        two or more; mini-batches of `batch` are drawn from them, and the first 64 (or
                    all, where they are fewer) are what is measured on, with BN in training mode

    Raises LabError for too few examples or an initialisation that is not known.
    """
    if initialisation not in INITIALISATIONS:
        raise LabError(
            f"initialisation {initialisation!r} is not known; choose {', '.join(INITIALISATIONS)}"
        )
    examples.first(2)
    measured = examples[:MEASURED]
    progress(0.0, "setting the weights")
    trained = copied(net)
    initialise(trained, initialisation, std, seed)
    weight_of_steps = steps * batch / (steps * batch + 2 * 2 * MEASURED)  # hooks: about twice
    before = (1 - weight_of_steps) / 2
    moments = [_moment(trained, measured, 0, part_of(progress, 0.0, before))]
    if steps:
        part_progress = part_of(progress, before, before + weight_of_steps)
        done = _train(trained, examples, steps, batch, learning_rate, seed, part_progress)
        part_progress = part_of(progress, before + weight_of_steps, 1.0)
        moments.append(_moment(trained, measured, done, part_progress))
    layers = _weighted(trained)
    progress(1.0, "done")
    return Gradients(
        net=str(net.plan.spec),
        initialisation=initialisation,
        std=std,
        learning_rate=learning_rate,
        layers=layers,
        activations=_activations(trained),
        activation=net.plan.spec.activation,
        moments=tuple(moments),
        seed=seed,
        images=len(measured),
    )


@torch.no_grad()
def initialise(net: Net, kind: str, std: float, seed: int) -> None:
    """Sets weights anew, BN to scale 1 and shift 0, biases to zero; "as it is" does nothing.

    "xavier" is Glorot and Bengio's normal distribution, variance 2 / (fan in + fan out).
    """
    if kind == "as it is":
        return
    fresh = build(net.plan.spec, image_size=net.plan.image_size, seed=seed)
    net.load_state_dict(fresh.state_dict())
    if kind == "he":
        return
    rng = generator(seed, "labs", "initialisation", kind)
    for module in fresh.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            if kind == "xavier":
                nn.init.xavier_normal_(module.weight, generator=rng)
            else:
                nn.init.normal_(module.weight, 0.0, std, generator=rng)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    net.load_state_dict(fresh.state_dict())


@dataclass
class _Taken:
    """What the hooks of one pass leave behind, by name."""

    variance: dict[str, float]
    signal: dict[str, float]
    saturated: dict[str, float]
    derivative: dict[str, float]
    histogram: dict[str, np.ndarray]


def _moment(net: Net, examples: Examples, iteration: int, progress: Progress) -> Moment:
    layers, activations = _weighted(net), _activations(net)
    kind = net.plan.spec.activation
    taken = _Taken({}, {}, {}, {}, {})
    places = 2 * len(layers) + len(activations)
    seen = iter(range(places))

    def tell(words: str) -> None:
        progress(next(seen) / places, words)

    def forward(name: str, output: Tensor) -> None:
        tell(f"forward through {name}")
        taken.variance[name] = _channel_variance(output)
        output.register_hook(lambda gradient: backward(name, gradient))

    def backward(name: str, gradient: Tensor) -> None:
        tell(f"backward through {name}")
        taken.signal[name] = float(gradient.flatten(1).norm(dim=1).square().mean().sqrt())

    def entering(name: str, entering: Tensor) -> None:
        tell(f"what enters {name}")
        taken.saturated[name], taken.derivative[name] = _saturation(kind, entering.detach())
        taken.histogram[name] = _histogram(entering.detach())

    net.train()
    with hooked(net, layers, forward), hooked(net, activations, entering, of="input"):
        logits = net(examples.images)
        loss = F.cross_entropy(logits, examples.labels, reduction="sum")
        net.zero_grad(set_to_none=True)
        loss.backward()
        loss = loss.detach()
    weights = [cast(Tensor, net.get_submodule(name).weight.grad) for name in layers]
    norms = [float(weight.norm()) / len(examples) for weight in weights]
    net.zero_grad(set_to_none=True)
    return Moment(
        iteration=iteration,
        loss=float(loss) / len(examples),
        variance=numbers([taken.variance[name] for name in layers]),
        signal=numbers([taken.signal[name] for name in layers]),
        weights=numbers(norms),
        saturated=numbers([taken.saturated[name] for name in activations]),
        derivative=numbers([taken.derivative[name] for name in activations]),
        histogram=numbers([taken.histogram[name] for name in activations]),
    )


def _train(
    net: Net,
    examples: Examples,
    steps: int,
    batch: int,
    learning_rate: float,
    seed: int,
    progress: Progress,
) -> int:
    """Steps of SGD with momentum; returns how many were made before the loss left the numbers."""
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate, momentum=MOMENTUM)
    net.train()
    for step in range(steps):
        rng = generator(seed, "labs", "gradients", step)
        index = torch.randperm(len(examples), generator=rng)[:batch].to(examples.labels.device)
        loss = F.cross_entropy(net(examples.images[index]), examples.labels[index])
        now = float(loss.detach())
        progress(step / steps, f"training, step {step + 1} of {steps}, loss {now:.3g}")
        if not math.isfinite(now):
            return step
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return steps


def _weighted(net: Net) -> tuple[str, ...]:
    """Convolutions and the fully connected layer of the main branch, in the order they run."""
    return tuple(layer.name for layer in net.plan.weighted if layer.branch == "main")


def _activations(net: Net) -> tuple[str, ...]:
    kind = net.plan.spec.activation
    return tuple(layer.name for layer in net.plan.layers if layer.kind == kind)


def _channel_variance(output: Tensor) -> float:
    """The variance over images and positions within each channel, averaged over the channels.

    A map that is the same for every image carries nothing, and has variance zero.
    """
    channels = output.detach().double().transpose(0, 1).flatten(1)
    return float(channels.var(1, correction=0).mean())


def _saturation(kind: str, x: Tensor) -> tuple[float, float]:
    """The share of values where the activation is nearly flat, and its mean derivative."""
    if kind == "relu":
        on = float((x > 0).double().mean())
        return 1 - on, on
    y = torch.sigmoid(x.double()) if kind == "sigmoid" else torch.tanh(x.double())
    slope = y * (1 - y) if kind == "sigmoid" else 1 - y * y
    return float((x.abs() > EDGES[kind]).double().mean()), float(slope.mean())


def _histogram(x: Tensor) -> np.ndarray:
    """Shares of the values by bin; what lies outside is counted in the outermost bins."""
    low, high = EDGES_OF_BINS[0], EDGES_OF_BINS[-1]
    inside = x.float().nan_to_num(0.0, high, low).clamp(float(low), float(high))
    counts = torch.histc(inside, len(EDGES_OF_BINS) - 1, float(low), float(high))
    return (counts / x.numel()).cpu().numpy()
