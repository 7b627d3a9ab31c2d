"""One training step of a net: eager, or as one CUDA graph that is replayed.

Launching the few hundred kernels of a step of a small net takes a GPU's host longer than the GPU
takes to run them. A graph launches them at once: gathering the mini-batch, cropping, mirroring,
forward, backward and the update. What changes from step to step (which images, how they are
augmented, the learning rate) lies in tensors that stay where they are, and is written ahead of a
replay.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from resnet.data.batches import Batches
from resnet.model import Net
from resnet.train.fused.training import for_training

AHEAD = 50  # iterations whose draws go to the device at once
WARM_UPS = 3  # steps before recording, which are taken back


class Replay(Protocol):
    """What recording gives: the step again, on what its tensors hold now."""

    def replay(self) -> None: ...


Record = Callable[[Callable[[], None]], Replay]


class Step:
    """Trains `net` on the mini-batch of an iteration; `step(iteration, rate)`.

    sums  (P, 2) of losses and of errors, on the device; every step adds its own to each of P
    """

    def __init__(
        self,
        net: Net,
        optimizer: torch.optim.SGD,
        batches: Batches,
        sums: Tensor,
        precision: str,
    ) -> None:
        self.net = net
        self.optimizer = optimizer
        self.batches = batches
        self.sums = sums
        self.device = batches.device
        self.half = precision == "bf16"
        self.forward: Callable[[Tensor], Tensor] = for_training(net, self.device, self.half)

    @property
    def how(self) -> str:
        """How it runs, for people."""
        return "step by step"

    def __call__(self, iteration: int, rate: float) -> None:
        self.net.train()
        self._set_rate(rate)
        self._learn(*self.batches.batch(iteration))

    def forget(self) -> None:
        """To be called when weights or momenta were put elsewhere."""

    def _learn(self, images: Tensor, labels: Tensor) -> None:
        # a graph must not hold weights that were cast outside of it
        with torch.autocast(
            self.device.type, dtype=torch.bfloat16, enabled=self.half, cache_enabled=False
        ):
            logits = self.forward(images)
        loss = F.cross_entropy(logits.float(), labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            wrong = (logits.argmax(1) != labels).float().mean()
            self.sums += torch.stack((loss.detach(), wrong))

    def _set_rate(self, rate: float | Tensor) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = rate


class GraphStep(Step):
    """The same step, recorded once and replayed; where recording fails, it runs step by step.

    record  makes a replay of a function; on a GPU `on_cuda`
    """

    def __init__(self, *arguments: Any, record: Record) -> None:
        super().__init__(*arguments)
        self._record = record
        self._replay: Replay | None = None
        self._failed = ""
        # all that a replay reads; a step of an epoch's end has as many images as any other
        self._draws = torch.zeros(4, self.batches.recipe.batch, dtype=torch.int64).to(self.device)
        self._rate = torch.zeros((), device=self.device)
        self._block: tuple[int, Tensor] | None = None

    @property
    def how(self) -> str:
        return f"step by step, for {self._failed}" if self._failed else "as a CUDA graph"

    def __call__(self, iteration: int, rate: float) -> None:
        if self._replay is None and not self._failed:
            self._prepare(iteration, rate)
        if self._replay is None:
            super().__call__(iteration, rate)
            return
        self._write(iteration, rate)
        self._replay.replay()

    def forget(self) -> None:
        self._replay = None

    def _prepare(self, iteration: int, rate: float) -> None:
        """Records the step; weights, statistics, momenta and sums are as before when it is done."""
        self.net.train()
        self._write(iteration, rate)
        try:
            with self._as_before():
                for _ in range(WARM_UPS):
                    self._learn_drawn()
                self._replay = self._record(self._learn_drawn)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            self._failed = f"recording it failed: {str(error).splitlines()[0][:200]}"
            print(f"{self.how}", file=sys.stderr, flush=True)
        finally:
            self._set_rate(rate)

    @contextlib.contextmanager
    def _as_before(self) -> Iterator[None]:
        """Puts back, in place, what steps inside change."""
        begin_momenta(self.optimizer)
        momenta = [state["momentum_buffer"] for state in self.optimizer.state.values()]
        kept = [*self.net.state_dict().values(), *momenta, self.sums]
        before = [tensor.detach().clone() for tensor in kept]
        try:
            yield
        finally:
            with torch.no_grad():
                for tensor, old in zip(kept, before, strict=True):
                    tensor.copy_(old)

    def _learn_drawn(self) -> None:
        self._set_rate(self._rate)  # a number would be recorded as it is now
        self._learn(*self.batches.assembled(self._draws))

    def _write(self, iteration: int, rate: float) -> None:
        """What the next replay reads; draws go to the device many steps at a time."""
        start = iteration - iteration % AHEAD
        if self._block is None or self._block[0] != start:
            ahead = torch.stack([self.batches.draws(start + step) for step in range(AHEAD)])
            if self.device.type == "cuda":
                ahead = ahead.pin_memory()
            self._block = start, ahead.to(self.device, non_blocking=True)
        self._draws.copy_(self._block[1][iteration - start])
        self._rate.fill_(rate)


def begin_momenta(optimizer: torch.optim.SGD) -> None:
    """Gives every weight a momentum of zero where it has none.

    The first step without one is another kernel, and a graph would repeat it for ever; from zero,
    the next step gives the same.
    """
    for group in optimizer.param_groups:
        if group["momentum"]:
            for parameter in group["params"]:
                if optimizer.state[parameter].get("momentum_buffer") is None:
                    optimizer.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)


def on_cuda(learn: Callable[[], None]) -> Replay:
    """Records on the current stream, which must not be the default one; the pool is its own."""
    torch.cuda.current_stream().synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=torch.cuda.current_stream()):
        learn()
    return graph
