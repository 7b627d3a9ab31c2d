"""`Evaluated`: a folded net shown images, its 3x3 convolutions by Winograd's algorithm.

Convolutions were 94 % of an evaluation and ran at what the processor's arithmetic gives, so only
fewer products are faster. Source: Lavin and Gray 2016, Sections 4.1 and 4.3 (arXiv 1509.09308).
"""

import ctypes
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeGuard

import torch
from torch import Tensor, nn

from resnet.model import Net
from resnet.model.net import Branches
from resnet.plan import Block, Layer
from resnet.train.fused.library import library, usable
from resnet.train.fused.steps import Operation, address, chained, joined

WIDTH = 16  # channels are taken so many at a time
TILE, TILES, POINTS = 4, 32, 36  # outputs a side of a tile; tiles of a block; points of a tile
MAPS = 1 << 20  # bytes of a map of the images that a thread is shown: what its cache keeps
MOST = 100  # images at once
FILTERS = 64 << 20  # bytes of all transformed filters: wider nets are oneDNN's
FILTER = torch.tensor(
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ]
)  # G of F(4, 3) at the points 0, 1, -1, 2, -2 and infinity


def for_evaluation(net: Net, device: torch.device) -> "Net | Evaluated":
    """What shows images to a folded net fastest here; later changes to `net` may not be seen."""
    if device.type != "cpu" or not usable(torch.get_num_threads()):
        return net
    ours = [module for module in net.modules() if suits(module)]
    filters = sum(4 * POINTS * module.in_channels * module.out_channels for module in ours)
    return Evaluated(net) if 0 < filters <= FILTERS else net


def suits(module: nn.Module) -> TypeGuard[nn.Conv2d]:
    """Whether the convolution can be ours: float32, 3x3 with stride and padding 1."""
    return (
        isinstance(module, nn.Conv2d)
        and module.kernel_size == (3, 3)
        and module.stride == module.padding == module.dilation == (1, 1)
        and module.groups == 1
        and module.in_channels % WIDTH == module.out_channels % WIDTH == 0
        and module.weight.dtype == torch.float32
    )


class Evaluated:
    """`net(images)` of a net in evaluation mode, to rounding; no gradients.

    ours     how many convolutions run here
    at_once  how many images are best shown together
    blocks   each block alone, by name, under `torch.inference_mode`
    """

    def __init__(self, net: Net) -> None:
        self._net = net
        self.ours = 0
        self._room = torch.empty(0)
        stem = self._steps(net.plan.stem)
        self.blocks = {block.name: self._block(block) for block in net.plan.blocks}
        self._run = chained([*stem, *self.blocks.values(), *self._steps(net.plan.head)])
        self.at_once = _at_once(net)

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) to logits (B, classes)."""
        return self._run(images)

    def _steps(self, layers: Sequence[Layer]) -> list[Operation]:
        """The layers one after the other; a ReLU behind a convolution of ours runs with it."""
        found: list[Operation] = []
        rest = [each for each in layers if not isinstance(self._module(each), nn.Identity)]
        while rest:
            layer = rest.pop(0)
            module = self._module(layer)
            if suits(module):
                relu = bool(rest) and rest[0].kind == "relu"
                found.append(partial(self._convolution(module), relu=relu))
                if relu:
                    rest.pop(0)
            else:
                found.append(module)
        return found

    def _block(self, block: Block) -> Operation:
        module = self._net.get_submodule(block.name)
        if block.shortcut and type(module) is not Branches:
            return module  # somebody put another in its place, which knows what it does
        if not block.shortcut:
            return chained(self._steps((*block.before, *block.main, *block.after)))
        main = [each for each in block.main if not isinstance(self._module(each), nn.Identity)]
        after = list(block.after)
        last = self._module(main[-1])
        if suits(last):
            relu = bool(after) and after[0].kind == "relu"
            add: Callable[[Tensor, Tensor], Tensor] = partial(self._convolution(last), relu=relu)
            steps = self._steps(main[:-1])
            after = after[1:] if relu else after
        else:
            add, steps = torch.add, self._steps(main)
        before, then = self._steps(block.before), self._steps(after)
        return joined(before, steps, self._steps(block.shortcut), add, then)

    def _module(self, layer: Layer) -> nn.Module:
        return self._net.get_submodule(layer.name)

    def _convolution(self, module: nn.Conv2d) -> Callable[..., Tensor]:
        self.ours += 1
        filters = transformed(module.weight)
        bias = torch.zeros(module.out_channels) if module.bias is None else module.bias.detach()
        self._room = max(self._room, room_for(module.in_channels, module.out_channels), key=len)

        def convolution(x: Tensor, shortcut: Tensor | None = None, *, relu: bool) -> Tensor:
            return winograd(x, filters, bias, shortcut, relu=relu, room=self._room)

        return convolution


@torch.no_grad()
def transformed(weight: Tensor) -> Tensor:
    """Filters (K, C, 3, 3) as the 36 matrices (36, C, K) of their products: G w G^T."""
    outputs, inputs = weight.shape[:2]
    points = torch.einsum("ia,kcab,jb->ijck", FILTER, weight.float(), FILTER)
    return points.reshape(POINTS, inputs, outputs).contiguous()


def room_for(inputs: int, outputs: int) -> Tensor:
    """What `winograd` writes its matrices to, for so many channels and torch's threads."""
    return torch.empty(torch.get_num_threads() * _room_each(inputs, outputs))


def _room_each(inputs: int, outputs: int) -> int:
    """How many numbers a thread of winograd.c writes."""
    return POINTS * (TILES * (inputs + outputs) + 2 * WIDTH)


def winograd(
    x: Tensor,
    filters: Tensor,
    bias: Tensor,
    shortcut: Tensor | None = None,
    *,
    relu: bool = False,
    room: Tensor,
) -> Tensor:
    """(B, C, H, W) float32 to (B, K, H, W): convolution, bias, the addition of `shortcut`, ReLU.

    filters  as `transformed` gives them
    room     as `room_for` gives it for these channels, or more; it is written over
    """
    found = library()
    assert found is not None, "for_evaluation was not asked"
    x = x.contiguous(memory_format=torch.channels_last)
    if shortcut is not None:
        shortcut = shortcut.contiguous(memory_format=torch.channels_last)
    batch, inputs, height, width = x.shape
    outputs = len(bias)
    y = torch.empty(batch, outputs, height, width, memory_format=torch.channels_last)
    # no more than there is room for, should torch have been given more threads meanwhile
    threads = min(torch.get_num_threads(), len(room) // _room_each(inputs, outputs))
    found.winograd(
        *(address(each) for each in (x, filters, bias, shortcut, y)),
        ctypes.c_int64(batch),
        *(height, width, inputs, outputs, int(relu), threads),
        address(room),
    )
    return y


def _at_once(net: Net) -> int:
    """Images whose maps a cache keeps, or more where filters would be read for too few tiles."""
    maps = [layer.out_shape for layer in net.plan.answering]
    kept = torch.get_num_threads() * MAPS // max(4 * math.prod(shape) for shape in maps)
    needed = max(shape[0] // math.ceil(shape[1] / TILE) ** 2 for shape in maps)
    return max(1, kept, min(MOST, needed))
