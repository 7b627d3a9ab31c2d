"""A net whose blocks can be switched off or put in another order, without touching the net.

A residual block that is off lets x through on its shortcut: F(x) is not added. A plain block that
is off is not there: the next block gets what it would have got. A plain block that changes the
shape of the maps cannot be off, for the next one could not read what comes.

Source: Veit et al. 2016 (arXiv 1605.06431), Sections 4.1 to 4.3. They take single layers out of a
plain net (VGG); here it is a block of two (bottleneck: three) layers, the same layers as in the
residual twin.
"""

from collections.abc import Collection, Sequence
from typing import Self, cast

import torch
from torch import Tensor

from resnet.labs.bench.progress import LabError
from resnet.model import Net
from resnet.model.net import Branches
from resnet.plan import Block
from resnet.spec.checks import did_you_mean
from resnet.train.fused.evaluation import Evaluated, for_evaluation
from resnet.train.fused.steps import Operation


class Switchboard:
    """The blocks of a net, to be run one by one.

    net    in evaluation mode, nothing in it written in place (`resnet.labs.bench.copies.settled`)
    names  of its blocks, in the order they run: "stage1.block1", ...
    """

    def __init__(self, net: Net) -> None:
        self.net = net
        self.names = tuple(block.name for block in net.plan.blocks)
        self._blocks = {block.name: block for block in net.plan.blocks}
        self._quick: dict[str, Operation] = {}

    def quicken(self, device: torch.device) -> Self:
        """Lets blocks run as fast as they can; for a net that is folded and stays as it is."""
        found = for_evaluation(self.net, device)
        self._quick = found.blocks if isinstance(found, Evaluated) else {}
        return self

    @property
    def removable(self) -> tuple[str, ...]:
        """The blocks that can be off."""
        return tuple(name for name in self.names if can_be_off(self._blocks[name]))

    def swappable(self) -> list[tuple[str, ...]]:
        """Groups of blocks that may change places: those of a stage that keep the shape."""
        stages: dict[int, list[str]] = {}
        for block in self.net.plan.blocks:
            if block.in_shape == block.out_shape and not block.before:
                stages.setdefault(block.stage, []).append(block.name)
        return [tuple(names) for names in stages.values() if len(names) > 1]

    def begin(self, images: Tensor) -> Tensor:
        """What the first block gets."""
        return self.net.stem(images)

    def on(self, name: str, x: Tensor) -> Tensor:
        """What a block gives."""
        return self._quick.get(name, self.net.get_submodule(name))(x)

    def off(self, name: str, x: Tensor) -> Tensor:
        """What is left of a block that is off."""
        block = self._blocks[name]
        if not block.shortcut:
            return x
        module = cast(Branches, self.net.get_submodule(name))
        for layer in block.before:
            x = module.get_submodule(layer.name.rsplit(".", 1)[1])(x)
        x = module.shortcut(x)
        for layer in block.after:
            x = module.get_submodule(layer.name.rsplit(".", 1)[1])(x)
        return x

    def end(self, x: Tensor) -> Tensor:
        """(B, classes) logits, from what the last block gave."""
        return self.net.head(x)

    def run(
        self,
        images: Tensor,
        off: Collection[str] = (),
        order: Sequence[str] | None = None,
    ) -> Tensor:
        """(B, classes) logits with the blocks `off`, in this order (their own if none is given)."""
        x = self.begin(images)
        for name in order or self.names:
            x = self.off(name, x) if name in off else self.on(name, x)
        return self.end(x)

    def check(self, off: Collection[str]) -> None:
        """Raises LabError where one of these blocks is not there or cannot be off."""
        for name in off:
            if name not in self._blocks:
                raise LabError(
                    f"{self.net.plan.spec.title} has no block {name!r}"
                    f"{did_you_mean(name, self.names)}"
                )
            if name not in self.removable:
                raise LabError(
                    f"{name} cannot be taken out of {self.net.plan.spec.title}: it changes the "
                    "shape of the maps and has no shortcut; choose another block of its stage"
                )


def can_be_off(block: Block) -> bool:
    return bool(block.shortcut) or block.in_shape == block.out_shape
