# mypy: disable-error-code="no-untyped-def"
"""`convolution` on a GPU: 3x3, stride 1, few channels, in bfloat16, for maps in channels_last.

cuDNN is made for wide layers: at 16 to 64 channels its passes take 1.2 to 4 times as long as these
on an H200, and for the gradient of 16 channels' weights it converts all maps to float32 first.
Here a program takes a tile of pixels and multiplies it with the filter tap by tap; the gradient of
the weights comes out in float32, its sums always in the same order.
"""

from functools import cache
from typing import Any, NamedTuple

import torch
import triton
import triton.language as tl
from torch import Tensor, nn


class Tile(NamedTuple):
    """How a pass is cut: pixels that a program takes at a time, its warps, shares of all pixels."""

    pixels: int
    warps: int
    shares: int = 0


FORWARD, WEIGHTS = "forward", "weights"
# by pass and channels, the quickest of those tried on an H200 (benchmarks/README.md)
TILES = {
    (FORWARD, 16): Tile(256, 8),
    (FORWARD, 32): Tile(64, 4),
    (FORWARD, 64): Tile(64, 4),
    (WEIGHTS, 16): Tile(128, 4, 128),
    (WEIGHTS, 32): Tile(128, 4, 128),
    (WEIGHTS, 64): Tile(64, 4, 32),
}
TAPS = 9


def suits(module: nn.Conv2d) -> bool:
    """Whether `convolution` can stand in for this module."""
    return (
        module.kernel_size == (3, 3)
        and module.stride == module.padding == module.dilation == (1, 1)
        and module.groups == 1
        and module.bias is None
        and module.in_channels == module.out_channels
        and (FORWARD, module.in_channels) in TILES
    )


@cache
def usable(device: torch.device) -> bool:
    """Whether this device can run the widest of the kernels; tried once."""
    try:
        x = torch.zeros(2, 64, 8, 8, device=device, dtype=torch.bfloat16)
        x = x.to(memory_format=torch.channels_last)
        convolved(x, x.new_zeros(64, 64, 3, 3).to(memory_format=torch.channels_last))
        weight_gradient(x, x)
        return True
    except torch.OutOfMemoryError:
        raise
    except Exception:  # too little shared memory, no instruction for bfloat16 ...
        return False


def convolution(x: Tensor, weight: Tensor, half: Tensor) -> Tensor:
    """(B, C, H, W) to (B, C, H, W) bfloat16; the gradient of `weight` is float32.

    weight  (C, C, 3, 3) float32;  half  the same in bfloat16
    """
    y: Tensor = _Convolution.apply(x, weight, half)
    return y


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, half: Tensor) -> Tensor:
        x = x.to(torch.bfloat16, memory_format=torch.channels_last)
        half = half.contiguous(memory_format=torch.channels_last)
        ctx.save_for_backward(x, half)
        return convolved(x, half)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, Tensor, None]:
        x, half = ctx.saved_tensors
        dy = dy.contiguous(memory_format=torch.channels_last)
        return convolved(dy, half, backward=True), weight_gradient(x, dy), None


def convolved(x: Tensor, half: Tensor, backward: bool = False) -> Tensor:
    """The convolution of `x` with `half`; backward, of a gradient, with the filter turned round."""
    batch, channels, height, width = x.shape
    tile = TILES[FORWARD, channels]
    y = torch.empty_like(x)
    rows = batch * height * width
    _convolve[(triton.cdiv(rows, tile.pixels),)](
        x,
        half,
        y,
        rows,
        H=height,
        W=width,
        C=channels,
        BACKWARD=backward,
        ROWS=tile.pixels,
        num_warps=tile.warps,
    )
    return y


def weight_gradient(x: Tensor, dy: Tensor) -> Tensor:
    """(B, C, H, W) twice, bfloat16 in channels_last, to (C, C, 3, 3) float32."""
    batch, channels, height, width = x.shape
    tile = TILES[WEIGHTS, channels]
    rows = batch * height * width
    shares = min(tile.shares, triton.next_power_of_2(triton.cdiv(rows, tile.pixels)))
    partial = torch.empty(shares, channels * TAPS * channels, device=x.device)
    gradient = torch.empty(channels, channels, 3, 3, device=x.device)
    gradient = gradient.to(memory_format=torch.channels_last)
    _gather_taps[(shares, 3)](
        x,
        dy,
        partial,
        rows,
        H=height,
        W=width,
        C=channels,
        TIMES=triton.cdiv(rows, shares * tile.pixels),
        SHARES=shares,
        ROWS=tile.pixels,
        num_warps=tile.warps,
    )
    size = channels * TAPS * channels
    part = max(16, min(256, 4096 // shares))
    _sum[(triton.cdiv(size, part),)](partial, gradient, SIZE=size, SHARES=shares, PART=part)
    return gradient


@triton.jit(do_not_specialize=["rows"])
def _convolve(
    x,
    weight,
    y,
    rows,
    H: tl.constexpr,
    W: tl.constexpr,
    C: tl.constexpr,
    BACKWARD: tl.constexpr,
    ROWS: tl.constexpr,
):
    """A tile of pixels; what a tap reads lies the same number of pixels away from each of them."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    channel = tl.arange(0, C)
    up = (row // W) % H
    left = row % W
    sums = tl.zeros((ROWS, C), tl.float32)
    for tap in tl.static_range(9):
        down = tap // 3 - 1
        right = tap % 3 - 1
        inside = (row < rows) & (up + down >= 0) & (up + down < H)
        inside = inside & (left + right >= 0) & (left + right < W)
        at = (row + down * W + right)[:, None] * C + channel[None, :]
        found = tl.load(x + at, inside[:, None], 0.0)
        if BACKWARD:  # from output channels to input channels
            place = channel[:, None] * 9 * C + (8 - tap) * C + channel[None, :]
        else:
            place = channel[None, :] * 9 * C + tap * C + channel[:, None]
        sums = tl.dot(found, tl.load(weight + place), sums)
    at = row[:, None] * C + channel[None, :]
    tl.store(y + at, sums.to(y.dtype.element_ty), (row < rows)[:, None])


@triton.jit(do_not_specialize=["rows"])
def _gather_taps(
    x,
    dy,
    partial,
    rows,
    H: tl.constexpr,
    W: tl.constexpr,
    C: tl.constexpr,
    TIMES: tl.constexpr,
    SHARES: tl.constexpr,
    ROWS: tl.constexpr,
):
    """A share's sums for the three taps of one row of the filter: (shares, C, 9, C)."""
    share = tl.program_id(0)
    line = tl.program_id(1)
    channel = tl.arange(0, C)
    first = tl.zeros((C, C), tl.float32)
    second = tl.zeros((C, C), tl.float32)
    third = tl.zeros((C, C), tl.float32)
    for turn in range(TIMES):
        row = (turn * SHARES + share) * ROWS + tl.arange(0, ROWS)
        up = (row // W) % H + line - 1
        left = row % W
        inside = row < rows
        given = tl.load(dy + row[:, None] * C + channel[None, :], inside[:, None], 0.0)
        given = tl.trans(given)
        inside = inside & (up >= 0) & (up < H)
        at = (row + (line - 1) * W)[:, None] * C + channel[None, :]
        before = tl.load(x + at - C, (inside & (left > 0))[:, None], 0.0)
        here = tl.load(x + at, inside[:, None], 0.0)
        behind = tl.load(x + at + C, (inside & (left < W - 1))[:, None], 0.0)
        first = tl.dot(given, before, first)
        second = tl.dot(given, here, second)
        third = tl.dot(given, behind, third)
    at = share * C * 9 * C + channel[:, None] * 9 * C + line * 3 * C + channel[None, :]
    tl.store(partial + at, first)
    tl.store(partial + at + C, second)
    tl.store(partial + at + 2 * C, third)


@triton.jit
def _sum(partial, total, SIZE: tl.constexpr, SHARES: tl.constexpr, PART: tl.constexpr):
    place = tl.program_id(0) * PART + tl.arange(0, PART)
    share = tl.arange(0, SHARES)
    inside = place < SIZE
    found = tl.load(partial + share[:, None] * SIZE + place[None, :], inside[None, :], 0.0)
    tl.store(total + place, tl.sum(found, 0), inside)
