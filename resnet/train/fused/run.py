"""`Fused`: the training-mode forward pass of a net; BN, addition and ReLU are one step."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from resnet.model import Net
from resnet.plan import Block, Layer
from resnet.train.fused import convolution
from resnet.train.fused.norm import norm
from resnet.train.fused.steps import Operation, joined


class Fused:
    """`net(images)` in training mode, to rounding; parameters and buffers are the net's own.

    half  whether convolutions are in bfloat16 and may be our own
    """

    def __init__(self, net: Net, half: bool = False) -> None:
        self._net = net
        self._half = half
        steps: list[Operation] = self._steps(net.plan.stem)
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

    def _steps(self, layers: Sequence[Layer]) -> list[Operation]:
        """The layers one after the other; a ReLU behind a BN runs with it."""
        found: list[Operation] = []
        rest, before = list(layers), ""
        while rest:
            layer = rest.pop(0)
            module = self._net.get_submodule(layer.name)
            if isinstance(module, nn.BatchNorm2d):
                relu = bool(rest) and rest[0].kind == "relu"
                # a convolution does not keep what it gave; what else may come before a BN does
                found.append(self._normal(module, relu, reuse=before == "conv"))
                if relu:
                    rest.pop(0)
            else:
                found.append(self._weighted(module, layer) or module)
            before = layer.kind
        return found

    def _normal(self, module: nn.BatchNorm2d, relu: bool, reuse: bool) -> Callable[..., Tensor]:
        """BN, then what is added to it, then ReLU."""
        return partial(norm, module, relu=relu, reuse=reuse)

    def _weighted(self, module: nn.Module, layer: Layer) -> Operation | None:
        """What stands in for a layer that is no BN; None where it runs itself."""
        if not self._half or not isinstance(module, nn.Conv2d):
            return None
        if not convolution.suits(module, layer.in_shape[2]):
            return None
        return partial(convolution.convolution, module)

    def _block(self, block: Block) -> list[Operation]:
        if not block.shortcut:
            return self._steps((*block.before, *block.main, *block.after))
        last = self._net.get_submodule(block.main[-1].name)
        after = list(block.after)
        if isinstance(last, nn.BatchNorm2d):
            relu = bool(after) and after[0].kind == "relu"
            add: Callable[[Tensor, Tensor], Tensor] = self._normal(last, relu, reuse=True)
            main = self._steps(block.main[:-1])  # which end with a convolution
            after = after[1:] if relu else after
        else:
            add, main = torch.add, self._steps(block.main)
        before, then = self._steps(block.before), self._steps(after)
        return [joined(before, main, self._steps(block.shortcut), add, then)]
