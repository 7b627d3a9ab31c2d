"""Lanes: processes that each train some nets in step; how nets are shared out among them.

On a CPU a lane has one thread, so that a net's numbers do not depend on how many lanes there are;
on a GPU one lane interleaves all nets.
"""

import os
from collections.abc import Sequence

from resnet.cost.layers import cost
from resnet.spec import NetSpec


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share_out(nets: Sequence[NetSpec], lanes: int) -> list[list[int]]:
    """Indices of `nets` for each lane, so that the lanes have about the same MACs to do.

    The costliest net goes first, each to the lane that has least; empty lanes are left out.
    """
    load = [0] * lanes
    shares: list[list[int]] = [[] for _ in range(lanes)]
    for index in sorted(range(len(nets)), key=lambda i: -cost(nets[i]).macs):
        lane = load.index(min(load))
        load[lane] += cost(nets[index]).macs
        shares[lane].append(index)
    return [sorted(share) for share in shares if share]
