"""What the fused forms of a net are made of: steps from map to map, and how a block joins them."""

import ctypes
from collections.abc import Callable, Sequence

from torch import Tensor

Operation = Callable[[Tensor], Tensor]


def address(tensor: Tensor | None) -> ctypes.c_void_p:
    """Where a tensor's numbers begin, for a C function; NULL for None."""
    return ctypes.c_void_p(None if tensor is None else tensor.data_ptr())


def chained(steps: Sequence[Operation]) -> Operation:
    """The steps one after the other."""

    def run(x: Tensor) -> Tensor:
        for step in steps:
            x = step(x)
        return x

    return run


def joined(
    before: Sequence[Operation],
    main: Sequence[Operation],
    shortcut: Sequence[Operation],
    add: Callable[[Tensor, Tensor], Tensor],
    after: Sequence[Operation],
) -> Operation:
    """A residual block: `before` for both branches, `add(main, shortcut)`, then `after`."""

    def run(x: Tensor) -> Tensor:
        for step in before:
            x = step(x)
        y = x
        for step in main:
            y = step(y)
        for step in shortcut:
            x = step(x)
        y = add(y, x)
        for step in after:
            y = step(y)
        return y

    return run
