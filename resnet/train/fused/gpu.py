"""`FusedOnGpu`: the training-mode forward pass of a net on a CUDA device, in fewer kernels.

BN, addition and ReLU are one step (`gpu_norm`), narrow 3x3 convolutions are our own
(`gpu_convolution`), all weights are cast to bfloat16 at once, and all BN layers count a mini-batch
at once.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet.model import Net
from resnet.plan import Layer
from resnet.train.fused import gpu_convolution, gpu_norm
from resnet.train.fused.run import Fused
from resnet.train.fused.steps import Operation

WEIGHTED = (nn.Conv2d, nn.Linear)


class FusedOnGpu(Fused):
    """`net(images)` in training mode, to rounding; parameters and buffers are the net's own.

    half  whether convolutions and the fully connected layer are in bfloat16
    """

    def __init__(self, net: Net, half: bool) -> None:
        modules = [module for module in net.modules() if half and isinstance(module, WEIGHTED)]
        self._cast_from = [weight for module in modules for weight in module.parameters()]
        self._halves: dict[int, Tensor] = {}  # the weights of this step by the id of their own
        super().__init__(net, half)

    def __call__(self, images: Tensor) -> Tensor:
        if self._cast_from:
            halves = _Halved.apply(*self._cast_from)
            self._halves = dict(zip(map(id, self._cast_from), halves, strict=True))
        logits = super().__call__(images)
        self._halves.clear()
        return logits

    def _normal(self, module: nn.BatchNorm2d, relu: bool, reuse: bool) -> Callable[..., Tensor]:
        return partial(gpu_norm.norm, module, relu=relu)

    def _weighted(self, module: nn.Module, layer: Layer) -> Operation | None:
        if not self._half:
            return None
        if isinstance(module, nn.Conv2d):
            ours = gpu_convolution.suits(module) and gpu_convolution.usable(module.weight.device)
            return partial(self._convolved_here if ours else self._convolved, module)
        return partial(self._connected, module) if isinstance(module, nn.Linear) else None

    def _convolved(self, module: nn.Conv2d, x: Tensor) -> Tensor:
        bias = None if module.bias is None else self._halves[id(module.bias)]
        weight = self._halves[id(module.weight)]
        x = x.to(torch.bfloat16)
        return F.conv2d(x, weight, bias, module.stride, module.padding)

    def _convolved_here(self, module: nn.Conv2d, x: Tensor) -> Tensor:
        half = self._halves[id(module.weight)].detach()
        return gpu_convolution.convolution(x, module.weight, half)

    def _connected(self, module: nn.Linear, x: Tensor) -> Tensor:
        weight, bias = (self._halves[id(each)] for each in (module.weight, module.bias))
        return F.linear(x.to(torch.bfloat16), weight, bias)


class _Halved(torch.autograd.Function):
    """float32 tensors as bfloat16 ones, in one kernel each way."""

    @staticmethod
    def forward(ctx: Any, *weights: Tensor) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)
        return _copied(weights, torch.bfloat16)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        given = [gradient for gradient in gradients if gradient is not None]
        made = iter(_copied(given, torch.float32))
        return tuple(None if gradient is None else next(made) for gradient in gradients)


def _copied(tensors: Sequence[Tensor], dtype: torch.dtype) -> tuple[Tensor, ...]:
    made = [torch.empty_like(tensor, dtype=dtype) for tensor in tensors]
    torch._foreach_copy_(made, list(tensors))
    return tuple(made)
