"""When a waiting turn is likely to start: from what trains, what waits and the throughput."""

from collections.abc import Iterable, Sequence

from explorer.store import states
from explorer.store.records import Comparison, Run, macs_of_an_iteration


def ends_in(comparison: Comparison, seconds_per_mac: float) -> float:
    """Seconds until the turn that trains now has ended.

    seconds_per_mac  of this machine: wall seconds of training for each multiply-add of a forward
                     pass, with all its lanes busy
    """
    return seconds_per_mac * work_left(
        run for run in comparison.runs if run.state == states.RUNNING
    )


def starts_in(
    active: Sequence[Comparison], turns: Sequence[str], seconds_per_mac: float
) -> dict[str, float]:
    """Seconds until the next turn of each comparison that waits.

    active  the comparisons that train or wait
    turns   the comparison of each turn to come, in the line's order
    """
    clock = sum(ends_in(each, seconds_per_mac) for each in active)
    coming = {each.id: _turns_of(each) for each in active}
    starts: dict[str, float] = {}
    for comparison in turns:
        starts.setdefault(comparison, clock)
        if coming.get(comparison):
            clock += seconds_per_mac * work_left(coming[comparison].pop(0))
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
