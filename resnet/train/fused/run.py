"""`Fused`: the training-mode forward pass of a net; BN, addition and ReLU are one step."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from resnet.model import Net
from resnet.plan import Block, Layer
from resnet.train.fused import convolution
from resnet.train.fused.library import usable
from resnet.train.fused.norm import norm, suits
from resnet.train.fused.steps import Step, joined


def for_training(net: Net, device: torch.device, half: bool) -> Callable[[Tensor], Tensor]:
    """What trains `net` fastest here: its fused form on a CPU, else the net itself.

    half  whether it trains in bfloat16, under autocast
    """
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    if device.type != "cpu" or not norms or not all(map(suits, norms)):
        return net
    if not usable(torch.get_num_threads()):
        return net
    return Fused(net, half and convolution.available())


class Fused:
    """`net(images)` in training mode, to rounding; parameters and buffers are the net's own.

    half  whether convolutions are in bfloat16 and may be our own
    """

    def __init__(self, net: Net, half: bool = False) -> None:
        self._net = net
        self._half = half
        steps: list[Step] = self._steps(net.plan.stem)
        for block in net.plan.blocks:
            steps += self._block(block)
        self._run = [*steps, *self._steps(net.plan.head)]
        self._counts = [
            module.num_batches_tracked
            for module in net.modules()
            if isinstance(module, nn.BatchNorm2d) and module.num_batches_tracked is not None
        ]

    def __call__(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) to logits (B, classes)."""
        torch._foreach_add_(self._counts, 1)
        x = images
        for step in self._run:
            x = step(x)
        return x

    def _steps(self, layers: Sequence[Layer]) -> list[Step]:
        """The layers one after the other; a ReLU behind a BN runs with it."""
        found: list[Step] = []
        rest, before = list(layers), ""
        while rest:
            layer = rest.pop(0)
            module = self._net.get_submodule(layer.name)
            if isinstance(module, nn.BatchNorm2d):
                relu = bool(rest) and rest[0].kind == "relu"
                # a convolution does not keep what it gave; what else may come before a BN does
                found.append(partial(norm, module, relu=relu, reuse=before == "conv"))
                if relu:
                    rest.pop(0)
            elif isinstance(module, nn.Conv2d) and self._is_ours(module, layer):
                found.append(partial(convolution.convolution, module))
            else:
                found.append(module)
            before = layer.kind
        return found

    def _is_ours(self, module: nn.Conv2d, layer: Layer) -> bool:
        return self._half and convolution.suits(module, layer.in_shape[2])

    def _block(self, block: Block) -> list[Step]:
        if not block.shortcut:
            return self._steps((*block.before, *block.main, *block.after))
        last = self._net.get_submodule(block.main[-1].name)
        after = list(block.after)
        if isinstance(last, nn.BatchNorm2d):
            relu = bool(after) and after[0].kind == "relu"
            add: Callable[[Tensor, Tensor], Tensor] = partial(norm, last, relu=relu, reuse=True)
            main = self._steps(block.main[:-1])  # which end with a convolution
            after = after[1:] if relu else after
        else:
            add, main = torch.add, self._steps(block.main)
        before, then = self._steps(block.before), self._steps(after)
        return [joined(before, main, self._steps(block.shortcut), add, then)]
