"""Training: `Trainer` for one net, `train_together` for several in step; rows come out."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from resnet.batches import Batches, Part
from resnet.data import ImageSet
from resnet.fold import folded
from resnet.model import build
from resnet.plan import plan
from resnet.probe import GradientProbe
from resnet.schedule import WARM_BELOW, lr_at
from resnet.spec import NetSpec, Recipe, SpecError

TEST_BATCH = 250


@dataclass(frozen=True)
class Row:
    """What is known after `iteration` mini-batches. Errors in percent, top-1.

    seconds       spent on this net so far, tests included
    loss          mean cross-entropy over the mini-batches since the row before; None in row 0
    batch_error   training error on those mini-batches as they were seen (augmented, BN by batch)
    train_error   on fixed training images, in evaluation mode and fp32; None where not tested
    test_error    on fixed test images, likewise
    gradients     L2 norm of the loss gradient for every layer of `Trainer.layer_names`
    weights       L2 norm of the weights themselves, likewise
    """

    iteration: int
    seconds: float
    learning_rate: float | None = None
    loss: float | None = None
    batch_error: float | None = None
    train_error: float | None = None
    test_error: float | None = None
    gradients: tuple[float, ...] | None = None
    weights: tuple[float, ...] | None = None

    @property
    def diverged(self) -> bool:
        return self.loss is not None and not math.isfinite(self.loss)


class Trainer:
    """One net on its way through a recipe.

    `step()` trains on one mini-batch and returns a Row where the recipe logs one. With the same
    seed, device and number of threads the numbers are the same, interrupted or not, alone or in
    company (bit for bit on a CPU).

    Raises SpecError for a net or image set that the recipe cannot train.
    Source: He et al. 2015, Section 4.2.
    """

    def __init__(
        self, spec: NetSpec, recipe: Recipe, images: ImageSet, device: str | None = None
    ) -> None:
        check_trainable(spec, len(images.classes))
        self.spec = spec
        self.recipe = recipe
        self.device = torch.device(device or best_device())
        self.precision = precision_on(self.device, recipe.precision)
        if self.device.type == "cuda":  # errors in fp32 are to be fp32
            torch.backends.cudnn.allow_tf32 = False
        self.batches = Batches(images, recipe, self.device)
        self.net = build(spec, image_size=recipe.image_size, seed=recipe.seed)
        self.net.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.SGD(
            self.net.parameters(),
            lr=recipe.learning_rate,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
            fused=self.device.type != "mps",
        )
        self.probe = GradientProbe(self.net, plan(spec, recipe.image_size))
        self.iteration = 0
        self.seconds = 0.0
        self.warm = recipe.warmup != "error"
        self.halted = False  # set from outside, it makes `in_step` leave this net where it is
        self._sums = torch.zeros(2, device=self.device)  # of loss and of errors, since the last row

    @property
    def layer_names(self) -> tuple[str, ...]:
        return self.probe.names

    @property
    def finished(self) -> bool:
        return self.iteration >= self.recipe.iterations

    def start(self) -> Row | None:
        """The row before the first step: the errors of the untrained net."""
        if self.iteration:
            return None
        began = time.perf_counter()
        errors = self.test(self.recipe.test_images)
        self.seconds += time.perf_counter() - began
        return Row(0, self.seconds, train_error=errors[0], test_error=errors[1])

    def step(self) -> Row | None:
        """Trains on the next mini-batch; a Row where the recipe logs one, else None."""
        began = time.perf_counter()
        rate = lr_at(self.recipe, self.iteration, self.warm)
        self._learn(rate)
        self.iteration += 1
        row = None
        if self.finished or self.iteration % self.recipe.log_every == 0:
            row = self._row(rate, began)
        else:
            self.seconds += time.perf_counter() - began
        return row

    def test(self, count: int | None) -> tuple[float, float]:
        """Training and test error in percent on the first `count` fixed images of either set."""
        net = folded(self.net)
        train, test = (
            self._error(net, part.first(count)) for part in (self.batches.train, self.batches.test)
        )
        return train, test

    def state(self) -> dict[str, Any]:
        """All that `load_state` needs to go on as if nothing had happened."""
        return {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "iteration": self.iteration,
            "seconds": self.seconds,
            "warm": self.warm,
            "sums": self._sums.clone(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.iteration = state["iteration"]
        self.seconds = state["seconds"]
        self.warm = state["warm"]
        self._sums.copy_(state["sums"])

    def _learn(self, rate: float) -> None:
        images, labels = self.batches.batch(self.iteration)
        self.net.train()
        with torch.autocast(
            self.device.type, dtype=torch.bfloat16, enabled=self.precision == "bf16"
        ):
            logits = self.net(images)
        loss = F.cross_entropy(logits.float(), labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        with torch.no_grad():
            wrong = (logits.argmax(1) != labels).float().mean()
            self._sums += torch.stack((loss.detach(), wrong))

    def _row(self, rate: float, began: float) -> Row:
        since = (self.iteration - 1) % self.recipe.log_every + 1
        *gradients, loss, wrong = torch.cat((self.probe.norms(), self._sums / since)).tolist()
        self._sums.zero_()
        batch_error = 100 * wrong
        self.warm = self.warm or batch_error < WARM_BELOW
        errors: tuple[float | None, float | None] = (None, None)
        if math.isfinite(loss):
            if self.finished:
                errors = self.test(self.recipe.final_images)
            elif self.iteration % self.recipe.test_every == 0:
                errors = self.test(self.recipe.test_images)
        self.seconds += time.perf_counter() - began
        return Row(self.iteration, self.seconds, rate, loss, batch_error, *errors, tuple(gradients))

    @torch.inference_mode()
    def _error(self, net: torch.nn.Module, part: Part) -> float:
        wrong = torch.zeros((), device=self.device)
        for start in range(0, len(part), TEST_BATCH):
            images = self.batches.normalised(part.images[start : start + TEST_BATCH])
            logits: Tensor = net(images.contiguous(memory_format=torch.channels_last))
            wrong += (logits.argmax(1) != part.labels[start : start + TEST_BATCH]).sum()
        return 100 * wrong.item() / len(part)


def in_step(trainers: Sequence[Trainer]) -> Iterator[tuple[Trainer, Row | None]]:
    """Steps several nets in turn, the one furthest behind first; yields after every step.

    A net whose loss is not finite yields its row (`row.diverged`) and is stepped no more, nor is
    one that is `halted`; the others go on.
    """
    for trainer in trainers:
        first = trainer.start()
        if first:
            yield trainer, first
    active = [trainer for trainer in trainers if not trainer.finished]
    while active := [trainer for trainer in active if not trainer.halted]:
        trainer = min(active, key=lambda each: each.iteration)
        row = trainer.step()
        if trainer.finished or (row and row.diverged):
            active.remove(trainer)
        yield trainer, row


def train_together(trainers: Sequence[Trainer]) -> Iterator[tuple[Trainer, Row]]:
    """Trains several nets in step to the end; yields their rows as they come."""
    return ((trainer, row) for trainer, row in in_step(trainers) if row)


def check_trainable(spec: NetSpec, classes: int) -> None:
    """Raises SpecError where images of 32x32 in so many classes cannot train this net."""
    if spec.family == "imagenet":
        raise SpecError(
            f"{spec.title} is made for 224x224 images and cannot be trained here; "
            "choose a net of the CIFAR family, as resnet56-A or plain56"
        )
    if spec.classes != classes:
        raise SpecError(
            f"{spec.title} tells {spec.classes} classes apart, but the images have {classes}; "
            f"give the net {classes} classes"
        )


def best_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def precision_on(device: torch.device, wanted: str) -> str:
    """ "bf16" or "fp32": what "auto" means on this device, or what was asked for."""
    if wanted != "auto":
        return wanted
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported() else "fp32"
    return "bf16" if device.type == "cpu" and torch.cpu._is_avx512_bf16_supported() else "fp32"
