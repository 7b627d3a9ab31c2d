"""A net for measuring errors: every BN folded into the convolution before it, in fp32."""

import copy
from itertools import pairwise
from typing import cast

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from resnet.model.net import Net


@torch.no_grad()
def folded(net: Net) -> Net:
    """A copy in evaluation mode: what `net.eval()` computes, to rounding, in half the time.

    Folding needs the BN right behind a convolution; where it stands elsewhere (pre-activation)
    it is left as it is.
    """
    copied = copy.deepcopy(net).eval()
    layers = net.plan.layers
    for layer, behind in pairwise(layers):
        if layer.kind == "conv" and behind.kind == "norm":
            conv = cast(nn.Conv2d, copied.get_submodule(layer.name))
            norm = cast(nn.BatchNorm2d, copied.get_submodule(behind.name))
            _replace(copied, layer.name, fuse_conv_bn_eval(conv, norm))
            _replace(copied, behind.name, nn.Identity())
    return copied.to(memory_format=torch.channels_last)


def _replace(net: Net, name: str, module: nn.Module) -> None:
    parent, last = name.rsplit(".", 1)
    setattr(net.get_submodule(parent), last, module)
