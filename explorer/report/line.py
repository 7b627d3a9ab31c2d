"""The line: what trains, what waits, in what order, and from when on."""

from dataclasses import dataclass, field, replace

from explorer.report.estimates import ends_in, machine_throughput, starts_in
from explorer.report.formatting import place_words
from explorer.store.comparisons import RunStore
from explorer.store.records import Comparison


@dataclass(frozen=True)
class Line:
    """What is active at one moment.

    active      all that trains, waits or is paused, by id
    order       the ids of what waits, in the order of their next turns; what trains is among them
                while further seeds of it wait
    throughput  of the machine, see `explorer.report.estimates`; None while it is not known
    starts      seconds until these turns, and
    ends        until the turns that train now are over; empty while the throughput is not known
    """

    active: dict[str, Comparison] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    throughput: float | None = None
    starts: dict[str, float] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)

    @property
    def training(self) -> list[Comparison]:
        return [each for each in self.active.values() if each.running]

    @property
    def waiting(self) -> list[Comparison]:
        return [self.active[each] for each in self.order]

    def ahead(self, comparison: str) -> int | None:
        """How many stand before it; None where it does not wait."""
        return self.order.index(comparison) if comparison in self.order else None

    def words(self, comparison: str) -> str:
        """ "3rd in line, starts in about 4 min"; "" where it does not wait."""
        place = self.ahead(comparison)
        return "" if place is None else place_words(place, self.starts.get(comparison))


def read(store: RunStore) -> Line:
    """The line as it is in the store now."""
    active = {each.id: each for each in store.active()}
    turns = [each for each in store.coming_turns() if each in active]
    line = Line(active, tuple(dict.fromkeys(turns)), machine_throughput(store))
    if line.throughput is None:
        return line
    return replace(
        line,
        starts=starts_in(list(active.values()), turns, line.throughput),
        ends={each.id: ends_in(each, line.throughput) for each in line.training},
    )
