"""When a waiting turn is likely to start: arithmetic over what trains, what waits and the pace."""

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


def place_words(place: int, seconds: float | None = None) -> str:
    """ "3rd in line, starts in about 4 min"; the place alone where no time is known.

    place    how many are ahead of it in the line
    seconds  until it starts
    """
    words = f"{ordinal(place + 1)} in line"
    return words if seconds is None else f"{words}, starts in {about(seconds)}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    teens = 10 < number % 100 < 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def about(seconds: float) -> str:
    """A time as exact as an estimate can be: a few seconds, about 40 s, about 4 min, about 3 h."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 95:
        return f"about {10 * round(seconds / 10)} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min"
    if seconds < 48 * 3600:
        return f"about {round(seconds / 3600)} h"
    return f"about {round(seconds / 86400)} days"


def _turns_of(comparison: Comparison) -> list[list[Run]]:
    """The runs that wait, those of one turn together, in the order of the turns."""
    waiting = [run for run in comparison.runs if run.state == states.QUEUED]
    return [
        [run for run in waiting if run.turn == turn]
        for turn in sorted({run.turn for run in waiting})
    ]
