"""The line as all pages see it: what trains, what waits, in what order, and from when on."""

from dataclasses import dataclass, field, replace

import streamlit as st

from explorer.report.estimates import ends_in, starts_in
from explorer.report.formatting import place_words
from explorer.server import shared
from explorer.store.comparisons import RunStore
from explorer.store.records import Comparison

FRESH_FOR = 1.0  # seconds; one reading of the store serves everyone who asks meanwhile


@dataclass(frozen=True)
class Line:
    """What is active at one moment.

    active  all that trains, waits or is paused, by id
    order   the ids of what waits, in the order of their next turns; what trains is among them
            while further seeds of it wait
    starts  seconds until these turns, and
    ends    until the turns that train now are over; empty while the throughput is not known
    """

    active: dict[str, Comparison] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    starts: dict[str, float] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)

    @property
    def training(self) -> list[Comparison]:
        return [each for each in self.active.values() if each.running]

    @property
    def waiting(self) -> list[Comparison]:
        return [self.active[each] for each in self.order]

    def words(self, comparison: str) -> str:
        """ "3rd in line, starts in about 4 min"; "" where it does not wait."""
        if comparison not in self.order:
            return ""
        return place_words(self.order.index(comparison), self.starts.get(comparison))


def read(store: RunStore) -> Line:
    """The line as it is in the store now."""
    active = {each.id: each for each in store.active()}
    turns = [each for each in store.coming_turns() if each in active]
    line = Line(active, tuple(dict.fromkeys(turns)))
    throughput = store.reported("throughput")
    if throughput is None:
        return line
    seconds = throughput[0]["seconds_per_mac"]
    return replace(
        line,
        starts=starts_in(list(active.values()), turns, seconds),
        ends={each.id: ends_in(each, seconds) for each in line.training},
    )


def now(fresh: bool = False) -> Line:
    """The line, at most a second old, or read anew if `fresh`; one reading for all visitors."""
    if fresh:
        _shared.clear()
    return _shared()


@st.cache_resource(ttl=FRESH_FOR, show_spinner=False)
def _shared() -> Line:
    return read(shared.store())
