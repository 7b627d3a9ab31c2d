"""The paper's construction: a deeper net that computes what a shallow one does.

"The added layers are identity mapping, and the other layers are copied from the learned shallower
model" (He et al. 2015, Section 1).

A residual block is the identity when what its main branch ends in is zero: x >= 0 after a ReLU,
so relu(0 + x) = x. A plain block is it when its convolutions are Dirac (each channel copied by a
kernel of zeros with a one in the middle), its BN neutral and its input without negative numbers.

Neutral BN has two meanings, and both must hold. In evaluation mode BN is (x - mean) / deviation *
scale + shift with running statistics, so scale = deviation and shift = mean undo it whatever they
are. In training mode mean and deviation are the batch's own: BN is neutral only where the scale and
shift are those of the maps that come in. So the running statistics are measured on the shallow
net's maps, and scale and shift set to undo exactly them: the deep net equals the shallow one to the
last digit in evaluation mode, and up to the differences between batches in training mode.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from resnet.labs.bench.copies import copied, images_at_once
from resnet.labs.bench.progress import LabError, Progress, quiet
from resnet.model import Net, build
from resnet.model.hooks import hooked
from resnet.model.net import Branches
from resnet.plan import Block
from resnet.spec import NetSpec, SpecError

TRIES = 64  # to find a scale that undoes a deviation to the last bit


def deepened(
    net: Net, target: NetSpec, images: Tensor, *, seed: int = 0, progress: Progress = quiet
) -> Net:
    """A net of the deeper `target`, in evaluation mode, on the CPU, that computes what `net` does.

    images  (N, 3, S, S) float32: what a plain net's BN statistics are measured on; 128 or more
    seed    for the weights of residual blocks that the zero at their end hides

    The shallow net's blocks come first in their stage, the inserted ones after them.
    Raises LabError for nets between which there is no such construction.
    """
    check_deepens(net.plan.spec, target)
    shallow = copied(net).cpu().eval()
    deep = build(target, image_size=net.plan.image_size, seed=seed).eval()
    deep.load_state_dict(shallow.state_dict(), strict=False)
    kept = {block.name: block for block in net.plan.blocks}
    measured = {blocks[-1].name for blocks in net.plan.stages}
    means: dict[str, Tensor] = {}
    variances: dict[str, Tensor] = {}
    inserted = [block for block in deep.plan.blocks if block.name not in kept]
    if target.norm == "batch" and any(_needs_statistics(block) for block in inserted):
        means, variances = _maps(shallow, measured, images.cpu(), progress)
    for block in inserted:
        before = net.plan.stages[block.stage - 1][-1].name
        statistics = (means[before], variances[before]) if before in means else None
        _make_identity(cast(Branches, deep.get_submodule(block.name)), block, statistics)
    return deep


def check_deepens(shallow: NetSpec, target: NetSpec) -> None:
    """Raises LabError where `target` is no deeper version of `shallow`, or none can be built."""
    if replace(shallow, depth=target.depth, stages=target.stages) != target:
        raise LabError(
            f"{target.title} differs from {shallow.title} in more than its depth; "
            f"choose a net like {_example(shallow)}"
        )
    pairs = list(zip(shallow.blocks, target.blocks, strict=True))
    if any(deep < few for few, deep in pairs) or shallow == target:
        raise LabError(
            f"{target.title} is not deeper than {shallow.title} in every stage; "
            f"choose a net like {_example(shallow)}"
        )
    if shallow.plain and shallow.block == "bottleneck":
        raise LabError(
            f"no identity fits into a block of {shallow.title}: its middle layers have fewer "
            "channels than come in; choose basic blocks, or a net with shortcuts"
        )
    if shallow.plain and (shallow.activation != "relu" or shallow.order != "post"):
        raise LabError(
            f"no layer of {shallow.title} can be the identity: only a ReLU behind every BN leaves "
            "what comes in as it is; choose a plain net with ReLU in the paper's order, or one "
            "with shortcuts"
        )
    if shallow.activation != "relu" and shallow.order == "post":
        raise LabError(
            f"no block of {shallow.title} can be the identity, for its {shallow.activation} after "
            "the addition changes what passes; choose ReLU, or pre-activation"
        )


def _example(spec: NetSpec) -> str:
    for depth in (56, 110, 1001, 1202):
        try:
            deeper = replace(spec, depth=depth, stages=None)
        except SpecError:
            continue
        if depth > spec.depth:
            return str(deeper)
    return "plain56"


def _needs_statistics(block: Block) -> bool:
    return not block.shortcut or any(layer.kind == "norm" for layer in block.shortcut)


@torch.inference_mode()
def _maps(
    net: Net, names: set[str], images: Tensor, progress: Progress
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Mean and variance, by channel, of what these blocks give in training mode."""
    sums: dict[str, list[Tensor]] = {name: [] for name in names}

    def note(name: str, output: Tensor) -> None:
        maps = output.double().transpose(0, 1).flatten(1)
        sums[name].append(torch.stack((maps.mean(1), maps.square().mean(1))))

    net = copied(net).train()
    size = min(128, images_at_once(net))
    full = range(0, max(len(images) - size, 0) + 1, size)  # as batches in training are
    with hooked(net, names, note):
        for start in full:
            progress(start / len(images), "measuring the maps that identities must pass on")
            net(images[start : start + size])
    means, variances = {}, {}
    for name, taken in sums.items():
        mean, square = torch.stack(taken).mean(0)
        means[name] = mean.float()
        variances[name] = (square - mean.square()).clamp_min(0).float()
    return means, variances


@torch.no_grad()
def _make_identity(
    module: Branches, block: Block, statistics: tuple[Tensor, Tensor] | None
) -> None:
    if not block.shortcut:
        _pass_on(module, [layer.name for layer in block.main], statistics)
        return
    _end_in_zero(module, block)
    if any(layer.kind == "conv" for layer in block.shortcut):  # option C
        _pass_on(module.shortcut, [layer.name for layer in block.shortcut], statistics)


def _end_in_zero(module: Branches, block: Block) -> None:
    """Zero for the scale and shift of the main branch's last BN, or for its last convolution."""
    weights = next(layer for layer in reversed(block.main) if layer.kind in ("norm", "conv"))
    last = module.get_submodule(weights.name.rsplit(".", 1)[1])
    for weight in last.parameters():
        weight.zero_()


def _pass_on(
    module: nn.Module, names: Sequence[str], statistics: tuple[Tensor, Tensor] | None
) -> None:
    for name in names:
        layer = module.get_submodule(name.rsplit(".", 1)[1])
        if isinstance(layer, nn.Conv2d):
            nn.init.dirac_(layer.weight)
            if layer.bias is not None:
                layer.bias.zero_()
        elif isinstance(layer, nn.BatchNorm2d):
            assert statistics is not None
            neutralise(layer, *statistics)


@torch.no_grad()
def neutralise(norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> None:
    """Sets a BN's running statistics, and the scale and shift that undo them.

    The scale is 1 / (1 / deviation), as rounded; where the product of the two is not exactly 1 the
    variance is moved by its last digit until it is, so that in evaluation mode what comes out is
    what went in, bit for bit.
    """
    running = cast(Tensor, norm.running_mean), cast(Tensor, norm.running_var)
    running[0].copy_(mean)
    running[1].copy_(variance)
    norm.bias.copy_(mean)
    probe = torch.linspace(0, 8, 61)[:, None] * mean.clamp_min(1e-3) + 0.1  # (61, C)
    norm.eval()
    for _ in range(TRIES):
        norm.weight.copy_(1 / torch.rsqrt(running[1] + norm.eps))
        changed = (
            (norm(probe[:, :, None, None]) != probe[:, :, None, None]).flatten(2).any(2).any(0)
        )
        if not changed.any():
            return
        running[1][changed] = running[1][changed] * (1 + 2**-21) + 1e-12
