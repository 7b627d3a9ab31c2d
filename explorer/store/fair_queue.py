"""Whose turn it is: visitors take turns, each with what has waited longest.

Between two turns of a visitor who waits, every other visitor has at most one; so nobody waits
longer for a turn than the others' number of turns, however many they queue and whoever comes later.
Only what a teacher puts ahead comes before, each for one turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """A comparison in the line. Times in seconds since 1970.

    rank    a teacher's place for it, the lowest first; None where none was given
    served  when a turn of the same owner began last, 0 for never; for the owner of the last turn
            of all, which may have lasted until now: now
    turns   how many turns of it wait, one a seed
    owner   who takes turns for it, as `Visitor.party` has it
    address  that it came from, "" where that does not count
    """

    comparison: str
    owner: str
    queued: float
    rank: float | None = None
    served: float = 0.0
    turns: int = 1
    address: str = ""


def in_order(waiting: Sequence[Waiting]) -> list[str]:
    """The comparisons in the order in which their next turns come."""
    return list(dict.fromkeys(turns_in_order(waiting)))


def turns_in_order(waiting: Sequence[Waiting]) -> list[str]:
    """The comparison of each turn to come, if nobody joins: one of three seeds comes three times.

    First what a teacher put ahead, a turn each. Then the visitor who has waited longest since their
    last turn, or since they came, with their oldest comparison; and so on.
    """
    ahead = sorted(
        (each for each in waiting if each.rank is not None),
        key=lambda each: (each.rank, each.queued, each.comparison),
    )
    lines: dict[str, list[str]] = {}
    since: dict[str, float] = {}
    for each in sorted(waiting, key=lambda each: (each.queued, each.comparison)):
        since.setdefault(each.owner, max(each.served, each.queued))
        left = each.turns - (each.rank is not None)
        lines.setdefault(each.owner, []).extend([each.comparison] * left)
    order = []
    latest = max(since.values(), default=0.0)
    for each in ahead:
        order.append(each.comparison)
        latest += 1.0
        since[each.owner] = latest
    while any(lines.values()):
        owner = min((owner for owner in lines if lines[owner]), key=since.__getitem__)
        order.append(lines[owner].pop(0))
        latest += 1.0
        since[owner] = latest
    return order


def moved(waiting: Sequence[Waiting], comparison: str, place: int) -> dict[str, float]:
    """The ranks that put a comparison at a place in the line, 0 being the head.

    Only what is then ahead of it, and what had a rank before, gets one: all else takes turns on.
    """
    line = in_order(waiting)
    line.remove(comparison)
    line.insert(max(0, place), comparison)
    ranked = {each.comparison for each in waiting if each.rank is not None} | {comparison}
    last = max(line.index(each) for each in ranked)
    return {each: float(rank) for rank, each in enumerate(line[: last + 1])}
