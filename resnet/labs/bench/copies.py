"""The copy of a net that a lab works on, so that the net itself stays as it was."""

import copy
from typing import cast

import torch
from torch import nn

from resnet.cost.layers import macs_of
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import Progress, quiet
from resnet.model import Net
from resnet.model.net import InPlace

KEPT = "kept from training"
TAKEN = "taken from the images shown, for the net is untrained"
NO_BN = "the net has no BN"
MACS_AT_ONCE = 8e9  # of one chunk of images: a fraction of a second on one core
MOST_AT_ONCE = 250


def copied(net: Net) -> Net:
    """A copy in which nothing is written in place, so that hooks see what a layer gave."""
    copy_of = copy.deepcopy(net)
    for name, module in list(copy_of.named_modules()):
        if isinstance(module, nn.ReLU):
            module.inplace = False
        elif isinstance(module, InPlace):
            parent, last = name.rsplit(".", 1)
            activation = nn.Tanh() if module.kind == "tanh" else nn.Sigmoid()
            setattr(copy_of.get_submodule(parent), last, activation)
    return copy_of


def settled(net: Net, examples: Examples, progress: Progress = quiet) -> tuple[Net, str]:
    """A copy in evaluation mode whose BN statistics mean something, and where they came from.

    A trained net keeps its running means and variances. An untrained one has none: they are taken
    from `examples`, by one pass in training mode, averaged over its chunks.
    """
    settled_net = copied(net)
    norms = [each for each in settled_net.modules() if isinstance(each, nn.BatchNorm2d)]
    if not norms:
        return settled_net.eval(), NO_BN
    if any(cast(torch.Tensor, each.num_batches_tracked) > 0 for each in norms):
        return settled_net.eval(), KEPT
    for norm in norms:
        norm.momentum = None  # an average over all chunks, each weighing the same
    settled_net.train()
    done = 0
    with torch.inference_mode():
        for chunk in examples.chunks(images_at_once(net)):
            progress(done / len(examples), "taking BN's means and variances from the images")
            settled_net(chunk.images)
            done += len(chunk)
    return settled_net.eval(), TAKEN


def images_at_once(net: Net) -> int:
    """How many images a net is shown at a time, so that a lab can stop soon after any of them."""
    macs = sum(macs_of(layer) for layer in net.plan.layers)
    return max(8, min(MOST_AT_ONCE, int(MACS_AT_ONCE / macs)))
