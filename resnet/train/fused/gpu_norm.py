# mypy: disable-error-code="no-untyped-def"
"""`norm` on a GPU: batch normalisation, the addition behind it and ReLU in two kernels each way.

A step of a small net is hundreds of kernels that take a few microseconds each, whatever they do:
torch's own operations need three to four kernels forward and three backward for the same. Written
in Triton, which comes with torch on Linux; elsewhere torch's operations run.
"""

from functools import cache
from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor, nn

TILE = 8192  # numbers of a map that a program takes at a time
PARTIALS = 2048  # numbers that the programs of a first kernel leave for those of the second
WARPS = 8
CHANNELS = (8, 16, 32, 64, 128, 256)


def suits(module: nn.BatchNorm2d) -> bool:
    """Whether `norm` can stand in for this module."""
    return (
        module.num_features in CHANNELS
        and module.affine
        and module.track_running_stats
        and module.momentum is not None
    )


@cache
def usable(device: torch.device) -> bool:
    """Whether the kernels can be compiled and run on this device; tried once."""
    try:
        module = nn.BatchNorm2d(CHANNELS[0]).to(device)
        x = torch.zeros(1, CHANNELS[0], 1, 1, device=device)
        norm(module, x, relu=True)
        return True
    except torch.OutOfMemoryError:
        raise
    except Exception:  # no compiler for its launcher, a card that it does not know ...
        return False


def norm(
    module: nn.BatchNorm2d, x: Tensor, shortcut: Tensor | None = None, *, relu: bool = False
) -> Tensor:
    """What `relu(module(x) + shortcut)` computes in training mode, running statistics included.

    x, shortcut  (B, C, H, W), bfloat16 or float32

    `num_batches_tracked` is left to the caller.
    Source: Ioffe and Szegedy 2015, Algorithm 1.
    """
    y: Tensor = _Norm.apply(x, module.weight, module.bias, shortcut, module, relu)
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
    ) -> Tensor:
        x = _flat(x)
        shortcut = None if shortcut is None else _flat(shortcut.to(x.dtype))
        y = torch.empty_like(x)
        rows, channels, programs = _shape(x)
        partial = torch.empty(2, programs, channels, device=x.device)
        statistics = torch.empty(2, channels, device=x.device)
        sizes = {"C": channels, "ROWS": TILE // channels, "num_warps": WARPS}
        times = triton.cdiv(rows, programs * sizes["ROWS"])
        _spread[(programs,)](x, partial, rows, P=programs, TIMES=times, **sizes)
        _normalise[(_tiles(rows, channels),)](
            x,
            y if shortcut is None else shortcut,
            y,
            partial,
            statistics,
            gamma,
            beta,
            module.running_mean,
            module.running_var,
            module.momentum,
            module.eps,
            rows,
            P=programs,
            ADD=shortcut is not None,
            RELU=relu,
            **sizes,
        )
        ctx.save_for_backward(x, y if relu else None, gamma, statistics)
        ctx.relu, ctx.added = relu, shortcut is not None
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        x, y, gamma, statistics = ctx.saved_tensors
        dy = _flat(dy)
        y = x if y is None else y
        dx = torch.empty_like(x)
        # behind a ReLU the shortcut's gradient is dy where that was on, else dy itself
        behind = torch.empty_like(dy) if ctx.added and ctx.relu else dy
        rows, channels, programs = _shape(x)
        partial = torch.empty(2, programs, channels, device=x.device)
        gradients = torch.empty(2, channels, device=x.device)
        sizes = {"C": channels, "ROWS": TILE // channels, "RELU": ctx.relu, "num_warps": WARPS}
        times = triton.cdiv(rows, programs * sizes["ROWS"])
        _weigh[(programs,)](
            dy,
            y,
            x,
            behind,
            partial,
            statistics,
            rows,
            P=programs,
            TIMES=times,
            ADD=ctx.added,
            **sizes,
        )
        _propagate[(_tiles(rows, channels),)](
            dy, y, x, dx, partial, statistics, gradients, gamma, rows, P=programs, **sizes
        )
        return dx, gradients[0], gradients[1], behind if ctx.added else None, None, None


def _flat(x: Tensor) -> Tensor:
    """The map as rows of channels, without a gap."""
    return x.contiguous(memory_format=torch.channels_last)


def _shape(x: Tensor) -> tuple[int, int, int]:
    """Rows and channels of a map, and how many programs share its first kernel."""
    batch, channels, height, width = x.shape
    rows = batch * height * width
    tiles = triton.next_power_of_2(_tiles(rows, channels))
    return rows, channels, min(tiles, PARTIALS // channels)


def _tiles(rows: int, channels: int) -> int:
    return triton.cdiv(rows * channels, TILE)


@triton.jit(do_not_specialize=["rows"])
def _spread(
    x,
    partial,
    rows,
    P: tl.constexpr,
    TIMES: tl.constexpr,
    C: tl.constexpr,
    ROWS: tl.constexpr,
):
    """A program's mean and sum of squared distances from it, (2, P, C); zero where it had no rows.

    Chan et al. 1979: two counts, means and sums of squares are joined without cancellation.
    """
    program = tl.program_id(0)
    channel = tl.arange(0, C)
    mean = tl.zeros((C,), tl.float32)
    squares = tl.zeros((C,), tl.float32)
    count = 0.0
    for turn in range(TIMES):
        start = (turn * P + program) * ROWS
        row = start + tl.arange(0, ROWS)
        inside = (row < rows)[:, None]
        found = tl.load(x + row[:, None] * C + channel[None, :], inside, 0.0).to(tl.float32)
        here = tl.minimum(tl.maximum(rows - start, 0), ROWS).to(tl.float32)
        middle = tl.sum(found, 0) / tl.maximum(here, 1.0)
        away = tl.where(inside, found - middle[None, :], 0.0)
        apart = middle - mean
        share = here / tl.maximum(count + here, 1.0)
        squares += tl.sum(away * away, 0) + apart * apart * (count * share)
        mean += apart * share
        count += here
    tl.store(partial + program * C + channel, mean)
    tl.store(partial + P * C + program * C + channel, squares)


@triton.jit
def _had(rows, P: tl.constexpr, ROWS: tl.constexpr):
    """How many rows each program of `_spread` had, (P,) float32."""
    program = tl.arange(0, P)
    whole = rows // (P * ROWS)
    rest = tl.minimum(tl.maximum(rows - whole * P * ROWS - program * ROWS, 0), ROWS)
    return (whole * ROWS + rest).to(tl.float32)


@triton.jit(do_not_specialize=["rows"])
def _normalise(
    x,
    shortcut,
    y,
    partial,
    statistics,
    gamma,
    beta,
    running_mean,
    running_var,
    momentum,
    eps,
    rows,
    P: tl.constexpr,
    ADD: tl.constexpr,
    RELU: tl.constexpr,
    C: tl.constexpr,
    ROWS: tl.constexpr,
):
    """Joins what the programs found, and normalises a tile; the first one keeps the statistics."""
    program = tl.program_id(0)
    channel = tl.arange(0, C)
    place = tl.arange(0, P)[:, None] * C + channel[None, :]
    count = _had(rows, P, ROWS)[:, None]
    means = tl.load(partial + place)
    squares = tl.load(partial + P * C + place)
    number = rows.to(tl.float32)
    mean = tl.sum(means * count, 0) / number
    apart = means - mean[None, :]
    variance = (tl.sum(squares, 0) + tl.sum(apart * apart * count, 0)) / number
    inverse = 1.0 / tl.sqrt(variance + eps)
    if program == 0:
        tl.store(statistics + channel, mean)
        tl.store(statistics + C + channel, inverse)
        unbiased = variance * (number / tl.maximum(number - 1.0, 1.0))
        old = tl.load(running_mean + channel)
        tl.store(running_mean + channel, old + momentum * (mean - old))
        old = tl.load(running_var + channel)
        tl.store(running_var + channel, old + momentum * (unbiased - old))
    scale = tl.load(gamma + channel) * inverse
    shift = tl.load(beta + channel)
    row = program * ROWS + tl.arange(0, ROWS)
    inside = (row < rows)[:, None]
    at = row[:, None] * C + channel[None, :]
    found = tl.load(x + at, inside, 0.0).to(tl.float32)
    made = (found - mean[None, :]) * scale[None, :] + shift[None, :]
    if ADD:
        made += tl.load(shortcut + at, inside, 0.0).to(tl.float32)
    if RELU:
        made = tl.maximum(made, 0.0, propagate_nan=tl.PropagateNan.ALL)
    tl.store(y + at, made.to(y.dtype.element_ty), inside)


@triton.jit(do_not_specialize=["rows"])
def _weigh(
    dy,
    y,
    x,
    behind,
    partial,
    statistics,
    rows,
    P: tl.constexpr,
    TIMES: tl.constexpr,
    ADD: tl.constexpr,
    C: tl.constexpr,
    ROWS: tl.constexpr,
    RELU: tl.constexpr,
):
    """A program's share of the gradients of scale and shift, (2, P, C), and the shortcut's."""
    program = tl.program_id(0)
    channel = tl.arange(0, C)
    mean = tl.load(statistics + channel)
    inverse = tl.load(statistics + C + channel)
    of_scale = tl.zeros((C,), tl.float32)
    of_shift = tl.zeros((C,), tl.float32)
    for turn in range(TIMES):
        row = (turn * P + program) * ROWS + tl.arange(0, ROWS)
        inside = (row < rows)[:, None]
        at = row[:, None] * C + channel[None, :]
        given = tl.load(dy + at, inside, 0.0).to(tl.float32)
        if RELU:
            on = tl.load(y + at, inside, 0.0).to(tl.float32) > 0
            given = tl.where(on, given, 0.0)
            if ADD:
                tl.store(behind + at, given.to(behind.dtype.element_ty), inside)
        found = tl.load(x + at, inside, 0.0).to(tl.float32)
        of_scale += tl.sum(given * (found - mean[None, :]), 0) * inverse
        of_shift += tl.sum(given, 0)
    tl.store(partial + program * C + channel, of_scale)
    tl.store(partial + P * C + program * C + channel, of_shift)


@triton.jit(do_not_specialize=["rows"])
def _propagate(
    dy,
    y,
    x,
    dx,
    partial,
    statistics,
    gradients,
    gamma,
    rows,
    P: tl.constexpr,
    C: tl.constexpr,
    ROWS: tl.constexpr,
    RELU: tl.constexpr,
):
    """The gradient of one tile of `x`; the first program keeps those of scale and shift."""
    program = tl.program_id(0)
    channel = tl.arange(0, C)
    place = tl.arange(0, P)[:, None] * C + channel[None, :]
    of_scale = tl.sum(tl.load(partial + place), 0)
    of_shift = tl.sum(tl.load(partial + P * C + place), 0)
    if program == 0:
        tl.store(gradients + channel, of_scale)
        tl.store(gradients + C + channel, of_shift)
    mean = tl.load(statistics + channel)
    inverse = tl.load(statistics + C + channel)
    scale = tl.load(gamma + channel) * inverse
    number = rows.to(tl.float32)
    row = program * ROWS + tl.arange(0, ROWS)
    inside = (row < rows)[:, None]
    at = row[:, None] * C + channel[None, :]
    given = tl.load(dy + at, inside, 0.0).to(tl.float32)
    if RELU:
        on = tl.load(y + at, inside, 0.0).to(tl.float32) > 0
        given = tl.where(on, given, 0.0)
    normal = (tl.load(x + at, inside, 0.0).to(tl.float32) - mean[None, :]) * inverse[None, :]
    rest = (of_shift / number)[None, :] + normal * (of_scale / number)[None, :]
    made = scale[None, :] * (given - rest)
    tl.store(dx + at, made.to(dx.dtype.element_ty), inside)
