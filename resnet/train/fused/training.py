"""Which form of a net trains fastest on a device: the one door to the fused ones."""

import os
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from resnet.model import Net
from resnet.train.fused import convolution
from resnet.train.fused.library import OFF, usable
from resnet.train.fused.norm import suits
from resnet.train.fused.run import Fused


def for_training(net: Net, device: torch.device, half: bool) -> Callable[[Tensor], Tensor]:
    """What trains `net` fastest here: its fused form on a CPU or a CUDA device, else the net.

    half  whether it trains in bfloat16, under autocast
    """
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    if not norms or os.environ.get(OFF) == "0":
        return net
    if device.type == "cuda":
        return _on_gpu(net, norms, device, half)
    if device.type != "cpu" or not all(map(suits, norms)) or not usable(torch.get_num_threads()):
        return net
    return Fused(net, half and convolution.available())


def _on_gpu(
    net: Net, norms: Sequence[nn.BatchNorm2d], device: torch.device, half: bool
) -> Callable[[Tensor], Tensor]:
    try:
        from resnet.train.fused import gpu, gpu_norm
    except ImportError:  # Triton comes with torch on Linux alone
        return net
    if all(map(gpu_norm.suits, norms)) and gpu_norm.usable(device):
        return gpu.FusedOnGpu(net, half)
    return net
