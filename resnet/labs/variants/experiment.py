"""Shortcut variants: what happens when the shortcut is more than the identity.

Source: He et al. 2016 (arXiv 1603.05027), Section 3 and Fig. 2. A factor on every shortcut is
multiplied over all blocks, so whatever scales, gates or drops the signal there blocks its way; the
identity does not. Pre-activation is of their Section 4.

In the first block of stages 2 and 3 the shortcut is option A's, as in the paper's nets, and the
variant acts on what it gives; the gate reads the block's input with the same stride. The paper does
not say what it did there.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from resnet.data import ImageSet
from resnet.data.seeds import generator
from resnet.labs.bench.curves import curve_of
from resnet.labs.bench.progress import LabError, Progress, quiet
from resnet.labs.variants.result import Trained, Variants
from resnet.labs.variants.table import VARIANTS, Variant
from resnet.model import Net
from resnet.model.net import Branches
from resnet.plan import Block
from resnet.spec import NetSpec, Recipe
from resnet.spec.row import Row
from resnet.train import Trainer, in_step

DROPPED = 0.5
SCALE = 0.5
RECIPE = Recipe(
    images=5000,
    image_size=16,
    augment=False,
    iterations=60,
    learning_rate=0.05,
    schedule="linear",
    warmup="linear",
    warmup_iterations=15,
    log_every=5,
    test_every=30,
    test_images=500,
    final_images=1000,
)
DEFAULT = ("identity", "scaled-both", "shortcut-gate", "dropout")


def variants(
    spec: NetSpec,
    images: ImageSet,
    *,
    names: tuple[str, ...] = DEFAULT,
    recipe: Recipe = RECIPE,
    seed: int = 0,
    device: str = "cpu",
    progress: Progress = quiet,
    show: Callable[[Variants], None] = lambda so_far: None,
) -> Variants:
    """Trains one residual net in several variants, in step, on the same images.

    spec   a residual net with shortcut A in the paper's order
    names  of VARIANTS
    show   given the result so far whenever a curve has a new point

    Raises LabError for another net or a name that is not known.
    """
    if spec.shortcut != "A" or spec.order != "post":
        raise LabError(
            f"{spec.title} is not what the variants start from; give a residual net with shortcut "
            "A in the paper's order, as resnet56-A"
        )
    for name in names:
        if name not in VARIANTS:
            raise LabError(f"variant {name!r} is not known; choose {', '.join(VARIANTS)}")
    progress(0.0, "preparing the images")
    recipe = replace(recipe, seed=seed)
    trainers = {name: trainer_of(VARIANTS[name], spec, recipe, images, device) for name in names}
    known = {id(trainer): name for name, trainer in trainers.items()}
    rows: dict[str, list[Row]] = {name: [] for name in names}
    steps = 0

    def result() -> Variants:
        return Variants(
            net=str(spec),
            data=images.label,
            recipe=recipe.to_json(),
            trained=tuple(Trained(name=name, curve=curve_of(rows[name])) for name in names),
        )

    for trainer, row in in_step(list(trainers.values())):
        steps += row is None or row.iteration > 0
        share = steps / (len(names) * recipe.iterations)
        progress(min(share, 1.0), f"training, step {trainer.iteration} of {recipe.iterations}")
        if row:
            rows[known[id(trainer)]].append(row)
            show(result())
    progress(1.0, "done")
    return result()


def trainer_of(
    variant: Variant, spec: NetSpec, recipe: Recipe, images: ImageSet, device: str | None = None
) -> Trainer:
    """A trainer whose net is of this variant; weights that all variants have start the same."""
    if variant.name == "1x1":
        spec = replace(spec, shortcut="C")
    if variant.name == "pre-activation":
        spec = replace(spec, order="pre")
    trainer = Trainer(spec, recipe, images, device)
    if variant.name not in ("identity", "1x1", "pre-activation"):
        added = change_shortcuts(trainer.net, variant, recipe.seed)
        trainer.modules_changed()
        if added:
            trainer.optimizer.add_param_group({"params": added})
    return trainer


def change_shortcuts(net: Net, variant: Variant, seed: int = 0) -> list[nn.Parameter]:
    """Makes every block of a net one of the variant, in place; returns the weights that came in.

    Modules and weights that were there stay the same objects, under the same names.
    """
    rng = generator(seed, "labs", "variants", variant.name)
    added: list[nn.Parameter] = []
    device = next(net.parameters()).device
    for block in net.plan.blocks:
        stage, last = block.name.rsplit(".", 1)
        changed = Changed(cast(Branches, net.get_submodule(block.name)), block, variant, rng)
        changed.dropout.seed = seed
        changed.gate.to(device)
        setattr(net.get_submodule(stage), last, changed.train(net.training))
        added += changed.gate.parameters()
    return added


class Dropped(nn.Module):
    """Dropout whose masks depend on the seed, the block and the step alone."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.seed = 0
        self._step = 0

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        rng = generator(self.seed, "labs", "dropout", self.name, self._step)
        self._step += 1
        kept = torch.rand(x.shape, generator=rng) >= DROPPED
        return x * kept.to(x.device) / (1 - DROPPED)


class Changed(nn.Module):
    """A residual block, (B, C, H, W) to the same or half the size, with a variant's shortcut."""

    def __init__(
        self, block: Branches, laid_out: Block, variant: Variant, rng: torch.Generator
    ) -> None:
        super().__init__()
        self.variant = variant
        self.main_names, self.after_names = block.paths[1], block.paths[2]
        for name, child in block.named_children():
            self.add_module(name, child)
        self.gate = nn.Sequential()
        self.dropout = Dropped(laid_out.name)
        if variant.bias is not None:
            c_in, c_out = laid_out.in_shape[0], laid_out.out_shape[0]
            stride = laid_out.in_shape[1] // laid_out.out_shape[1]
            conv = nn.Conv2d(c_in, c_out, 1, stride)
            nn.init.kaiming_normal_(conv.weight, mode="fan_out", generator=rng)
            nn.init.constant_(conv.bias, variant.bias)  # type: ignore[arg-type]
            self.gate.add_module("conv", conv)
            self.gate.add_module("activation", nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for name in self.main_names:
            y = self.get_submodule(name)(y)
        passed = self.get_submodule("shortcut")(x)
        match self.variant.name:
            case "scaled-shortcut":
                y = y + SCALE * passed
            case "scaled-both":
                y = SCALE * y + SCALE * passed
            case "exclusive-gate":
                opened = self.gate(x)
                y = opened * y + (1 - opened) * passed
            case "shortcut-gate" | "shortcut-gate-0":
                y = y + (1 - self.gate(x)) * passed
            case "dropout":
                y = y + self.dropout(passed)
            case _:
                y = y + passed
        for name in self.after_names:
            y = self.get_submodule(name)(y)
        return y
