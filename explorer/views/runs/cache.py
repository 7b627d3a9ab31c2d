"""What the Runs page reads: all comparisons and their outcomes, shared by all who look at it."""

from collections.abc import Sequence

from explorer.report.outcomes import Outcome, Outcomes
from explorer.server import shared
from explorer.server.once import Fresh, Once
from explorer.store.records import Comparison, Run
from explorer.store.snapshots import FRESH_FOR


def everything() -> list[Comparison]:
    """The newest first, the archived among them, without the deleted; at most 0.9 s old."""
    return _listing()


def changed() -> None:
    """The next look reads anew: the visitor who did something sees it done."""
    _listing.changed()


def outcomes(comparisons: Sequence[Comparison]) -> dict[str, Outcome]:
    return _outcomes().of(comparisons)


def runs_by_id(comparisons: Sequence[Comparison]) -> dict[int, tuple[Run, Comparison]]:
    """Every run with its comparison, the newest comparison first."""
    return {run.id: (run, each) for each in comparisons for run in each.runs}


_listing = Fresh(lambda: shared.store().comparisons(), FRESH_FOR)  # thirty pages cost one query
_outcomes = Once(lambda: Outcomes(shared.store()))
