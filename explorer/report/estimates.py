"""How long it takes still: the one estimate that bars, sentences, the line and the terminal read.

What trains goes on at the throughput it has had since a lane took it up, as soon as that is long
enough to tell; until then, and for what waits, the machine's own counts, which the worker reports.
A throughput is given in wall seconds for each multiply-add of a forward pass.
"""

import time
from collections.abc import Iterable, Sequence

from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.records import Comparison, Run, macs_of_an_iteration

SHORTEST = 2.0  # seconds; who has trained for less tells too little


def machine_throughput(store: RunStore) -> float | None:
    """Of this machine with all its lanes busy; None before anything was measured."""
    kept = store.reported("throughput")
    return float(kept[0]["seconds_per_mac"]) if kept else None


def throughput_of(
    comparison: Comparison, machine: float | None = None, now: float | None = None
) -> float | None:
    """The throughput at which a comparison goes on; the machine's where its own is not known."""
    now = time.time() if now is None else now
    speed = sum(
        (run.iteration - run.active_from) * macs_of_an_iteration(run) / (now - run.active_since)
        for run in comparison.runs
        if run.state == states.RUNNING and run.active_since and now - run.active_since >= SHORTEST
    )
    return 1 / speed if speed > 0 else machine


def seconds_left(
    comparison: Comparison, machine: float | None = None, now: float | None = None
) -> float | None:
    """For all that still trains and the turns to come; None while there is no throughput yet.

    Waiting in line between turns is not in it.
    """
    throughput = throughput_of(comparison, machine, now)
    ahead = [run for run in comparison.runs if run.state in (states.RUNNING, states.QUEUED)]
    return None if throughput is None else throughput * work_left(ahead)


def ends_in(comparison: Comparison, machine: float, now: float | None = None) -> float:
    """Seconds until the turn that trains now has ended."""
    throughput = throughput_of(comparison, machine, now) or machine
    return throughput * work_left(run for run in comparison.runs if run.state == states.RUNNING)


def starts_in(
    active: Sequence[Comparison],
    turns: Sequence[str],
    machine: float,
) -> dict[str, float]:
    """Seconds until the next turn of each comparison that waits.

    active  the comparisons that train or wait
    turns   the comparison of each turn to come, in the line's order
    """
    clock = sum(ends_in(each, machine) for each in active)
    theirs = {each.id: throughput_of(each, machine) or machine for each in active}
    coming = {each.id: _turns_of(each) for each in active}
    starts: dict[str, float] = {}
    for comparison in turns:
        starts.setdefault(comparison, clock)
        if coming.get(comparison):
            clock += theirs[comparison] * work_left(coming[comparison].pop(0))
    return starts


def work_left(runs: Iterable[Run]) -> float:
    """Multiply-adds of the forward passes that runs still have before them."""
    return sum(max(0, run.iterations - run.iteration) * macs_of_an_iteration(run) for run in runs)


def _turns_of(comparison: Comparison) -> list[list[Run]]:
    """The runs that wait, those of one turn together, in the order of the turns."""
    waiting = [run for run in comparison.runs if run.state == states.QUEUED]
    return [
        [run for run in waiting if run.turn == turn]
        for turn in sorted({run.turn for run in waiting})
    ]
