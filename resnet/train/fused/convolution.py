"""`convolution`: a 3x3 convolution in bfloat16 whose weights' gradient is our own, in float32.

A convolution's three passes take as many operations each, but oneDNN takes up to twice as long
for the gradient of the weights as for the others where maps are small.
"""

import ctypes
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet.train.fused.library import library

WIDTH = 16  # channels are taken so many at a time
CACHE = 128 << 10  # bytes of a core's cache that laid-out images may fill
CONVOLUTION = ([1, 1], [1, 1], [1, 1], False, [0, 0], 1)  # stride, padding, dilation ...


def available() -> bool:
    """Whether this processor has the instructions."""
    found = library()
    return found is not None and hasattr(found, "weight_gradient")


def suits(module: nn.Conv2d, width: int) -> bool:
    """Whether `convolution` can stand in for this module on maps of this width."""
    return (
        module.kernel_size == (3, 3)
        and module.stride == module.padding == module.dilation == (1, 1)
        and module.groups == 1
        and module.bias is None
        and module.in_channels % WIDTH == module.out_channels % WIDTH == 0
        and width % 2 == 0
    )


def convolution(module: nn.Conv2d, x: Tensor) -> Tensor:
    """What `module(x)` computes under autocast: (B, C, H, W) to (B, K, H, W) bfloat16."""
    y: Tensor = _Convolution.apply(x, module.weight)
    return y


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        x = x.to(torch.bfloat16, memory_format=torch.channels_last)
        half = weight.to(torch.bfloat16, memory_format=torch.channels_last)
        ctx.save_for_backward(x, half)
        return F.conv2d(x, half, None, 1, 1)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, Tensor]:
        x, half = ctx.saved_tensors
        dy = dy.contiguous(memory_format=torch.channels_last)
        dx = None
        if ctx.needs_input_grad[0]:
            wanted = [True, False, False]
            backward = torch.ops.aten.convolution_backward
            dx = backward(dy, x, half, None, *CONVOLUTION, wanted)[0]
        return dx, weight_gradient(x, dy)


def weight_gradient(x: Tensor, dy: Tensor) -> Tensor:
    """(B, C, H, W) and (B, K, H, W) bfloat16 in channels_last to (K, C, 3, 3) float32."""
    found = library()
    assert found is not None, "available() was not asked"
    batch, inputs, height, width = x.shape
    outputs = dy.shape[1]
    dw = torch.empty(outputs, inputs, 3, 3).to(memory_format=torch.channels_last)
    laid_out = 4 * height * ((width + 1) * inputs + width // 2 * outputs)  # bytes of an image
    failed = found.weight_gradient(
        ctypes.c_void_p(x.data_ptr()),
        ctypes.c_void_p(dy.data_ptr()),
        ctypes.c_void_p(dw.data_ptr()),
        ctypes.c_int64(batch),
        height,
        width,
        inputs,
        outputs,
        max(1, CACHE // laid_out),
        torch.get_num_threads(),
    )
    if failed:
        raise MemoryError("there is no memory for the gradient of a convolution's weights")
    return dw
