"""Training: `Trainer` for one net, `train_together` for several in step; rows come out."""

import contextlib
import copy
import functools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast

import torch

from resnet.data import ImageSet, identity
from resnet.data.batches import Batches, LabelledImages
from resnet.model import build
from resnet.model.folding import folded
from resnet.model.probe import GradientProbe, responding
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.row import Row
from resnet.spec.schedule import WARM_BELOW, Schedule, warm_every
from resnet.train import checkpoint, training_state
from resnet.train.evaluate import error_on
from resnet.train.fused.evaluation import for_evaluation
from resnet.train.step import GraphStep, Step, on_cuda

Method = TypeVar("Method", bound=Callable[..., Any])


def _on_its_stream(method: Method) -> Method:
    """On a GPU every net works on a stream of its own, so that those of a comparison overlap."""

    @functools.wraps(method)
    def inside(self: "Trainer", *given: Any, **named: Any) -> Any:
        with torch.cuda.stream(self._stream) if self._stream else contextlib.nullcontext():
            return method(self, *given, **named)

    return cast(Method, inside)


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
        self.schedule = Schedule(recipe)
        self.device = torch.device(device or best_device())
        self.precision = precision_on(self.device, recipe.precision)
        if self.device.type == "cuda":  # errors in fp32 are to be fp32
            torch.backends.cudnn.allow_tf32 = False
        self.batches = Batches(images, recipe, self.device)
        self.images = identity.of(images)
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
        self._rate: float | None = None  # of the last step
        self._sums = torch.zeros(2, 2, device=self.device)  # of loss and of errors:
        self._summed_from = 0  # first since the last row that the recipe asks for,
        self._waited_from = 0  # then since the warm-up last looked
        self._shown = 0  # the iteration of the last row of any kind, or of the checkpoint
        self._stream = torch.cuda.Stream() if self.device.type == "cuda" else None
        parts = (self.net, self.optimizer, self.batches, self._sums, self.precision)
        self._learn = GraphStep(*parts, record=on_cuda) if self._stream else Step(*parts)
        if self._stream:
            self._stream.wait_stream(torch.cuda.current_stream())

    @property
    def layer_names(self) -> tuple[str, ...]:
        return self.probe.names

    @property
    def how(self) -> str:
        """How its steps run, for people."""
        return self._learn.how

    @property
    def finished(self) -> bool:
        return self.iteration >= self.schedule.iterations

    def modules_changed(self) -> None:
        """To be called when modules of the net were replaced: its steps run through them then."""
        self._learn.forward = self.net
        self._learn.forget()

    def change_rate(self, rate: float) -> None:
        """Trains on with `rate` in place of the recipe's learning rate; the schedule stays."""
        self.schedule = self.schedule.changed(self.iteration, rate)

    def extend(self, until: int, rate: float) -> None:
        """Trains on to `until` iterations in all, at a constant rate beyond the end it had.

        Raises SpecError where that is not beyond it.
        """
        self.schedule = self.schedule.extended(until, rate)

    @_on_its_stream
    def start(self) -> Row | None:
        """The row before the first step: the errors of the untrained net."""
        if self.iteration:
            return None
        began = time.perf_counter()
        tested = self.errors(self.recipe.test_images)
        self.seconds += time.perf_counter() - began
        return Row(0, self.seconds, **tested)

    @_on_its_stream
    def step(self) -> Row | None:
        """Trains on the next mini-batch; a Row where the recipe logs one, else None."""
        began = time.perf_counter()
        self._rate = rate = self.schedule.rate(self.iteration, self.warm)
        self._learn(self.iteration, rate)
        self.iteration += 1
        self._look_whether_warm()
        row = None
        if self.finished or self.iteration % self.recipe.log_every == 0:
            row = self._row(rate, began)
        else:
            self.seconds += time.perf_counter() - began
        return row

    @_on_its_stream
    def peek(self) -> Row | None:
        """A row of this moment, tested, beside those that the recipe asks for.

        Loss and batch error are means since the last of those; none of them changes because of it,
        nor does `seconds`. None where nothing was trained since a row, or since `load_state`.
        """
        if self.iteration == self._shown:
            return None
        self._shown = self.iteration
        loss, batch_error, gradients, weights = self._figures()
        tested = self._tested(self.recipe.test_images, loss)
        known = {"gradients": gradients, "weights": weights, **tested}
        return Row(self.iteration, self.seconds, self._rate, loss, batch_error, **known)

    @_on_its_stream
    def test(self, count: int | None) -> tuple[float, float]:
        """Training and test error in percent on the first `count` fixed images of either set."""
        net = for_evaluation(folded(self.net), self.device)
        train, test = self._parts(count)
        return error_on(net, self.batches, train), error_on(net, self.batches, test)

    @_on_its_stream
    def errors(self, count: int | None) -> dict[str, Any]:
        """Both errors as a row has them, and on how many images they were measured."""
        train_error, test_error = self.test(count)
        train, test = (len(part) for part in self._parts(count))
        return {
            "train_error": train_error,
            "test_error": test_error,
            "train_images": train,
            "test_images": test,
        }

    @_on_its_stream
    def state(self) -> dict[str, Any]:
        """All that `load_state` needs to go on as if nothing had happened."""
        if self._stream:
            self._stream.synchronize()  # whoever copies it does so on another
        return {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "iteration": self.iteration,
            "seconds": self.seconds,
            "warm": self.warm,
            "sums": self._sums.clone(),
            "summed_from": self._summed_from,
            "waited_from": self._waited_from,
            "changes": self.schedule.to_list(),
            identity.SET: self.images,
        }

    @_on_its_stream
    def load_state(self, state: dict[str, Any]) -> None:
        """Goes on from what `state` gave. Raises CheckpointError for anything else."""
        try:
            training_state.check_whole(state, self.net, self.optimizer, self._sums)
        except training_state.StateError as error:
            raise checkpoint.CheckpointError(
                f"the checkpoint is not of this training, or it is damaged: {error}; train the "
                "net again, or choose another file"
            ) from error
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self._learn.forget()
        self.iteration = state["iteration"]
        self.seconds = state["seconds"]
        self.warm = state["warm"]
        self._sums.copy_(state["sums"])
        # checkpoints of older versions have no changes, and rows on the beat and at the end alone
        self.schedule = Schedule.from_list(self.recipe, state.get("changes", ()))
        past = 0 if self.finished else self.iteration % self.recipe.log_every
        self._summed_from = state.get("summed_from", self.iteration - past)
        # nor have they sums for the warm-up, which then goes on from those of the rows
        self._waited_from = state.get("waited_from", self._summed_from)
        self._shown = self.iteration

    def _look_whether_warm(self) -> None:
        """Ends a warm-up by error, whichever rows are asked for; waits for the device at a look."""
        seen = self.iteration - self._waited_from
        if self.warm or seen < warm_every(self.recipe):
            return
        self.warm = 100 * float(self._sums[1, 1]) / seen < WARM_BELOW
        self._sums[1].zero_()
        self._waited_from = self.iteration

    def _row(self, rate: float, began: float) -> Row:
        loss, batch_error, gradients, weights = self._figures()
        self._sums[0].zero_()
        self._summed_from = self._shown = self.iteration
        tested: dict[str, Any] = {}
        if self.finished:
            tested = self._tested(self.recipe.final_images, loss)
        elif self.iteration % self.recipe.test_every == 0:
            tested = self._tested(self.recipe.test_images, loss)
        self.seconds += time.perf_counter() - began
        known = {"gradients": gradients, "weights": weights, **tested}
        return Row(self.iteration, self.seconds, rate, loss, batch_error, **known)

    def _figures(self) -> tuple[float, float, tuple[float, ...], tuple[float, ...]]:
        """Mean loss and batch error, gradient and weight norms, in one transfer."""
        means = self._sums[0] / (self.iteration - self._summed_from)
        loss, wrong, *norms = torch.cat((means, self.probe.norms().flatten())).tolist()
        layers = len(self.layer_names)
        return loss, 100 * wrong, tuple(norms[:layers]), tuple(norms[layers:])

    def _tested(self, count: int | None, loss: float) -> dict[str, Any]:
        """What a row says after a test; nothing where the net diverged."""
        if not math.isfinite(loss):
            return {}
        found = self.errors(count)
        if self.recipe.responses:
            read = copy.deepcopy(self.net).eval()  # folding would move a BN into a response
            with responding(read) as deviations:
                error_on(read, self.batches, self._parts(count)[1])
            found["responses"] = tuple(each.deviation for each in deviations.values())
        return found

    def _parts(self, count: int | None) -> tuple[LabelledImages, LabelledImages]:
        return self.batches.train.first(count), self.batches.test.first(count)


def in_step(trainers: Sequence[Trainer]) -> Iterator[tuple[Trainer, Row | None]]:
    """Steps several nets in turn, the one furthest behind first; yields after every step.

    A net whose loss is not finite yields its row (`row.diverged`) and is stepped no more; the
    others go on.
    """
    for trainer in trainers:
        first = trainer.start()
        if first:
            yield trainer, first
    active = [trainer for trainer in trainers if not trainer.finished]
    while active:
        trainer = furthest_behind(active)
        row = trainer.step()
        if trainer.finished or (row and row.diverged):
            active.remove(trainer)
        yield trainer, row


def furthest_behind(trainers: Sequence[Trainer]) -> Trainer:
    """Whose turn it is among nets that train in step."""
    return min(trainers, key=lambda trainer: trainer.iteration)


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
        # cards before Ampere say that they have it, and emulate it more slowly than fp32
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    return "bf16" if device.type == "cpu" and torch.cpu._is_avx512_bf16_supported() else "fp32"
