"""`norm`: batch normalisation, the addition behind it and ReLU as one step of training."""

import ctypes
from typing import Any

import torch
from torch import Tensor, nn

from resnet.train.fused.library import library
from resnet.train.fused.steps import address

WIDTH = 16  # channels are taken so many at a time
KINDS = {torch.bfloat16: "bf16", torch.float32: "fp32"}


def suits(module: nn.BatchNorm2d) -> bool:
    """Whether `norm` can stand in for this module."""
    return (
        module.num_features % WIDTH == 0
        and module.affine
        and module.track_running_stats
        and module.momentum is not None
    )


def norm(
    module: nn.BatchNorm2d,
    x: Tensor,
    shortcut: Tensor | None = None,
    *,
    relu: bool = False,
    reuse: bool = False,
) -> Tensor:
    """What `relu(module(x) + shortcut)` computes in training mode, running statistics included.

    x, shortcut  (B, C, H, W), bfloat16 or float32, C a multiple of 16

    reuse        whether the backward pass may write over `x`, for nobody else kept it

    For training alone: the backward pass may write over the gradient that it is given, and it can
    run once. `num_batches_tracked` is left to the caller.
    Source: Ioffe and Szegedy 2015, Algorithm 1.
    """
    y: Tensor = _Norm.apply(x, module.weight, module.bias, shortcut, module, relu, reuse)
    return y


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        gamma: Tensor,
        beta: Tensor,
        shortcut: Tensor | None,
        module: nn.BatchNorm2d,
        relu: bool,
        reuse: bool,
    ) -> Tensor:
        x = _flat(x)
        y = torch.empty_like(x)
        shortcut = None if shortcut is None else _flat(shortcut.to(x.dtype))
        batch, channels, height, width = x.shape
        mean, inverse = torch.empty(2, channels).unbind()
        threads = torch.get_num_threads()
        sums = torch.empty(2 * threads * channels, dtype=torch.float64)
        _call(
            "forward",
            x.dtype,
            address(x),
            address(shortcut),
            address(y),
            ctypes.c_int64(batch * height * width),
            channels,
            address(gamma),
            address(beta),
            address(module.running_mean),
            address(module.running_var),
            ctypes.c_float(module.momentum),  # type: ignore[arg-type]
            ctypes.c_float(module.eps),
            int(relu),
            address(mean),
            address(inverse),
            threads,
            address(sums),
        )
        # y tells where ReLU was off; without one it may be written over (tanh, in place)
        ctx.save_for_backward(x, y if relu else None, gamma, mean, inverse)
        ctx.relu, ctx.reuse, ctx.with_shortcut = relu, reuse, shortcut is not None
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        x, y, gamma, mean, inverse = ctx.saved_tensors
        dy = _flat(dy)
        dx = x if ctx.reuse else torch.empty_like(x)
        batch, channels, height, width = x.shape
        dgamma, dbeta = torch.empty(2, channels).unbind()
        threads = torch.get_num_threads()
        sums = torch.empty(2 * threads * channels, dtype=torch.float64)
        _call(
            "backward",
            x.dtype,
            address(dy),
            address(y),
            address(x),
            address(dx),
            int(ctx.with_shortcut),
            ctypes.c_int64(batch * height * width),
            channels,
            address(gamma),
            address(mean),
            address(inverse),
            int(ctx.relu),
            address(dgamma),
            address(dbeta),
            threads,
            address(sums),
        )
        return dx, dgamma, dbeta, dy if ctx.with_shortcut else None, None, None, None


def _call(name: str, dtype: torch.dtype, *arguments: Any) -> None:
    found = library()
    assert found is not None, "fused.available() was not asked"
    getattr(found, f"{name}_{KINDS[dtype]}")(*arguments)


def _flat(x: Tensor) -> Tensor:
    """The map as rows of channels, without a gap."""
    return x.contiguous(memory_format=torch.channels_last)
