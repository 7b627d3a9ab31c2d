"""How far a comparison is, and how long it still takes."""

from collections.abc import Sequence

from explorer.report.estimates import seconds_left
from explorer.report.formatting import duration
from explorer.store import states
from explorer.store.records import Comparison, Run, macs_of_an_iteration


def progress(comparison: Comparison, throughput: float | None = None) -> tuple[float, str]:
    """The share of the work that is done, 0 to 1, and a sentence about it.

    The sentence is about the seed that trains: "seed 2 of 3, iteration 240 of 400, 41 s left".
    What will not train on counts as done. throughput: of the machine, for `seconds_left`.
    """
    done = sum(run.iteration * macs_of_an_iteration(run) for run in comparison.runs)
    total = sum(
        _planned(run, comparison.active) * macs_of_an_iteration(run) for run in comparison.runs
    )
    turns = sorted({run.turn for run in comparison.runs})
    now = _turn(comparison.runs)
    mine = [run for run in comparison.runs if run.turn == now]
    active = [run for run in mine if run.state in states.ACTIVE] or mine
    behind = min(active, key=lambda run: run.iteration / run.iterations)
    words = f"iteration {behind.iteration:,} of {behind.iterations:,}"
    if len(turns) > 1:
        all_done = all(run.state == states.FINISHED for run in comparison.runs)
        seed = f"{len(turns)} seeds" if all_done else f"seed {turns.index(now) + 1} of {len(turns)}"
        words = f"{seed}, {words}"
    left = seconds_left(comparison, throughput)
    if comparison.running and left is not None:
        words += f", {duration(left)} left"
    return done / max(1, total), words


def _planned(run: Run, active: bool) -> int:
    """How many iterations a run will have in the end, as things stand."""
    ended_early = run.state in states.RESUMABLE and active
    return run.iteration if ended_early or run.state == states.DIVERGED else run.iterations


def _turn(runs: Sequence[Run]) -> int:
    """The turn that trains or is paused; else the next; else where it broke off; else the last."""
    for kinds in (states.HELD_BY_A_LANE, (states.QUEUED,), states.RESUMABLE):
        turns = [run.turn for run in runs if run.state in kinds]
        if turns:
            return min(turns)
    return max(run.turn for run in runs)
