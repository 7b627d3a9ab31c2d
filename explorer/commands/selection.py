"""Comparisons as the command line names and describes them."""

from datetime import datetime

from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.records import Comparison
from explorer.store.snapshots import Feed, Snapshot


class CommandError(RuntimeError):
    """Why a command could not do what was asked, in one sentence."""


def chosen(store: RunStore, begins: str) -> Comparison:
    """The comparison whose id begins so. Raises CommandError where there is none, or several."""
    found = [each for each in store.comparisons() if each.id.startswith(begins.lower())]
    if not found or not begins:
        raise CommandError(
            f"no comparison has an id that begins with {begins!r}; "
            "python -m explorer list shows them all"
        )
    if len(found) > 1:
        ids = ", ".join(each.id for each in found[:6])
        raise CommandError(f"{len(found)} ids begin with {begins!r}: {ids}; write more of it")
    return found[0]


def snapshot_of(store: RunStore, identity: str) -> Snapshot:
    snapshot = Feed(store, identity).snapshot(fresh=True)
    if snapshot is None:
        raise CommandError(f"the comparison {identity} was deleted meanwhile")
    return snapshot


def states_of(comparison: Comparison) -> str:
    """ "finished", or "1 finished, 3 diverged"."""
    kinds = [run.state for run in comparison.runs]
    if len(set(kinds)) == 1:
        return kinds[0]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in states.WORDS if kind in kinds)


def when(comparison: Comparison) -> str:
    return datetime.fromtimestamp(comparison.created).strftime("%Y-%m-%d %H:%M")


def seeds_of(comparison: Comparison) -> str:
    """ "0", or "0-2"."""
    seeds = comparison.seeds
    if len(seeds) > 1 and seeds == tuple(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]}-{seeds[-1]}"
    return ",".join(map(str, seeds))
