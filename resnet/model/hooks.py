"""Catching what layers give or receive while a net runs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

Note = Callable[[str, Tensor], None]


@contextmanager
def hooked(
    net: nn.Module, names: Iterable[str], note: Note, *, of: str = "output"
) -> Iterator[None]:
    """While inside, `note(name, tensor)` is called whenever the module of that name has run.

    of    "output": what the module gave; "input": what it was given
    note  what it raises ends the net's run; the tensor may be overwritten by a later layer, so it
          is measured or copied at once (`resnet.labs.bench.copies.copied` overwrites nothing)
    """

    def hook(name: str, _module: nn.Module, inputs: Any, output: Tensor) -> None:
        note(name, inputs[0] if of == "input" else output)

    handles = [net.get_submodule(name).register_forward_hook(partial(hook, name)) for name in names]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


class RunningDeviation:
    """The standard deviation of numbers that come in parts, each (N, C, H, W).

    A part's mean is taken in float32; squares are summed, and parts joined, in float64.
    """

    def __init__(self) -> None:
        self._count = 0
        self._mean = 0.0
        self._squares = 0.0  # the sum of squared distances from the mean

    def add(self, part: Tensor) -> None:
        """Chan et al. 1979: joins two counts, means and sums of squares without cancellation."""
        values = part.detach().float()
        shift = values.mean()
        values = values - shift
        count, rest = values.numel(), float(values.mean())
        mean = float(shift) + rest
        length = float(torch.linalg.vector_norm(values, dtype=torch.float64))
        squares = max(0.0, length * length - count * rest * rest)
        total = self._count + count
        step = mean - self._mean
        self._squares += squares + step * step * self._count * count / total
        self._mean += step * count / total
        self._count = total

    @property
    def deviation(self) -> float:
        return float((self._squares / self._count) ** 0.5) if self._count else float("nan")
