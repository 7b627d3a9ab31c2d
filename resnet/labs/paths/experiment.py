"""Paths through a residual net: how many there are of each length, and the gradient they carry.

A residual net of n blocks is the sum over 2^n paths: each goes through a block's F or past it. Most
paths are about n/2 blocks long, but the gradient that reaches the input comes along short ones.
Source: Veit et al. 2016 (arXiv 1605.06431), Sections 3 and 5.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from resnet.data.seeds import generator
from resnet.labs.bench.copies import settled
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.paths.result import Paths
from resnet.labs.result import numbers
from resnet.model import Net
from resnet.model.net import Branches
from resnet.plan import Block

IMAGES = 16
SAMPLES = 6


def paths(
    net: Net,
    examples: Examples,
    *,
    images: int = IMAGES,
    samples: int = SAMPLES,
    seed: int = 0,
    progress: Progress = quiet,
) -> Paths:
    """The gradient that single paths of every length carry to the input, in evaluation mode.

    The images run through the whole net once. Backward, a path of length k goes through F in k
    blocks drawn at random and past it, along the shortcut, in the others. `samples` paths of each
    length are drawn, and all of them where there are no more. What is measured is the L2 norm of
    each image's gradient at the input, averaged.

    Raises LabError for a plain net, which has one path.
    """
    if net.plan.spec.plain:
        raise LabError(
            f"{net.plan.spec.title} has no shortcuts, so all its signal goes one way; "
            "choose a residual net"
        )
    progress(0.0, "starting")
    shown = examples[:images]
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.1))
    unravelled = Unravelled(still, shown, part_of(progress, 0.1, 0.2))
    blocks = len(net.plan.blocks)
    part_progress = part_of(progress, 0.2, 1.0)
    carried = []
    for length in range(blocks + 1):
        sizes = []
        for number, path in enumerate(_paths_of(length, blocks, samples, seed)):
            share = (length + number / samples) ** 2 / (blocks + 1) ** 2  # long paths cost more
            part_progress(min(share, 1.0), f"paths of length {length} of {blocks}")
            gradient = unravelled.gradient(path)
            sizes.append(float(gradient.flatten(1).norm(dim=1).mean()))
        carried.append(sum(sizes) / len(sizes))
    progress(1.0, "done")
    shares = [count / 2**blocks for count in path_counts(blocks)]
    total = [share * size for share, size in zip(shares, carried, strict=True)]
    return Paths(
        net=str(net.plan.spec),
        images=len(shown),
        statistics=statistics,
        lengths=blocks + 1,
        paths=numbers(shares),
        gradient=numbers(carried),
        carried=numbers([each / (sum(total) or math.nan) for each in total]),
        samples=samples,
        seed=seed,
    )


def path_counts(blocks: int) -> tuple[int, ...]:
    """How many paths go through F in 0, 1, ... of so many blocks: the binomial coefficients."""
    return tuple(math.comb(blocks, length) for length in range(blocks + 1))


@dataclass
class _Passed:
    """One block's forward pass, kept so that gradients can go back through either branch."""

    x: Tensor
    f: Tensor
    shortcut: Tensor
    added: Tensor
    out: Tensor


class Unravelled:
    """A net's forward pass over some images, cut between blocks, to send gradients back through.

    net  residual, in evaluation mode, nothing in it written in place
    """

    def __init__(self, net: Net, examples: Examples, progress: Progress = quiet) -> None:
        for weight in net.parameters():
            weight.requires_grad_(False)
        self._images = examples.images.clone().requires_grad_()
        self._stem = net.stem(self._images)
        self._passed = []
        x = self._stem
        for number, block in enumerate(net.plan.blocks):
            progress(number / len(net.plan.blocks), f"forward through {block.name}")
            self._passed.append(_pass(net.get_submodule(block.name), block, x))  # type: ignore[arg-type]
            x = self._passed[-1].out
        last = x.detach().requires_grad_()
        loss = F.cross_entropy(net.head(last), examples.labels, reduction="sum")
        (self._last,) = torch.autograd.grad(loss, last)

    def gradient(self, path: frozenset[int]) -> Tensor:
        """(B, 3, S, S): each image's loss by its pixels, along the path that goes through F in the
        blocks of these numbers (from 0) and past it in all others."""
        gradient = self._last
        for number in reversed(range(len(self._passed))):
            at = self._passed[number]
            gradient = _back(at.out, at.added, gradient)
            gradient = _back(at.f if number in path else at.shortcut, at.x, gradient)
        return _back(self._stem, self._images, gradient)


def _pass(module: Branches, block: Block, x: Tensor) -> _Passed:
    def run(layers: tuple, value: Tensor) -> Tensor:
        for layer in layers:
            value = module.get_submodule(layer.name.rsplit(".", 1)[1])(value)
        return value

    x = x.detach().requires_grad_()
    shared = run(block.before, x)
    f, shortcut = run(block.main, shared), module.shortcut(shared)
    added = (f + shortcut).detach().requires_grad_()
    return _Passed(x, f, shortcut, added, run(block.after, added))


def _back(out: Tensor, to: Tensor, gradient: Tensor) -> Tensor:
    if out is to:
        return gradient
    return torch.autograd.grad(out, to, gradient, retain_graph=True)[0]


def _paths_of(length: int, blocks: int, samples: int, seed: int) -> list[frozenset[int]]:
    """Different paths of one length, drawn at random; fewer where there are no more."""
    wanted = min(samples, math.comb(blocks, length))
    rng = generator(seed, "labs", "paths", length)
    found: dict[frozenset[int], None] = {}
    while len(found) < wanted:
        found[frozenset(torch.randperm(blocks, generator=rng)[:length].tolist())] = None
    return list(found)
