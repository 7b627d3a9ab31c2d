"""Whose turn it is: visitors take turns, each with what has waited longest."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """A comparison in the line. Times in seconds since 1970.

    rank    a teacher's place for it, the lowest first; None where none was given
    served  when a turn of the same owner began last; 0 for never
    """

    comparison: str
    owner: str
    queued: float
    rank: float | None = None
    served: float = 0.0


def in_order(waiting: Sequence[Waiting]) -> list[str]:
    """The comparisons in the order in which their next turns come.

    First what a teacher put ahead. Then the visitor who has waited longest since their last turn,
    or since they came, with their oldest comparison; and so on, as if each turn were taken.
    """
    ahead = sorted(
        (each for each in waiting if each.rank is not None),
        key=lambda each: (each.rank, each.queued, each.comparison),
    )
    lines: dict[str, list[Waiting]] = {}
    for each in sorted(waiting, key=lambda each: (each.queued, each.comparison)):
        if each.rank is None:
            lines.setdefault(each.owner, []).append(each)
    since = {owner: max(line[0].served, line[0].queued) for owner, line in lines.items()}
    latest = max(since.values(), default=0.0)
    order = [each.comparison for each in ahead]
    while lines:
        owner = min(lines, key=lambda owner: (since[owner], lines[owner][0].queued))
        order.append(lines[owner].pop(0).comparison)
        if not lines[owner]:
            del lines[owner]
        latest += 1.0
        since[owner] = latest
    return order
