"""What a chart shows of a comparison: one curve a net over all its seeds, its name, its marks.

Imports no streamlit; explorer/charts draws it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.store.records import EXTENDED, PAUSED, RATE, Event
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry, curve, differing, short_titles, short_words

NEAR = 0.01  # of the longest run: marks of one kind that are closer become one


@dataclass(frozen=True)
class Group:
    """One curve of a chart: a net with a recipe, and its runs, one a seed."""

    spec: NetSpec
    recipe: Recipe
    name: str
    runs: tuple[RunHistory, ...]

    @property
    def images(self) -> int | None:
        """How many images it trains on, where its runs know."""
        return next((each.run.images for each in self.runs if each.run.images), None)


@dataclass(frozen=True)
class Mark:
    """What people did while it trained; `names` are the nets it befell, () for all of them."""

    iteration: int
    label: str
    names: tuple[str, ...] = ()


def grouped(curves: Sequence[RunHistory]) -> list[Group]:
    """The runs of each net and recipe together, in the order of their first run."""
    members: dict[Entry, list[RunHistory]] = {}
    for each in curves:
        members.setdefault(curve(each.run.spec, each.run.recipe), []).append(each)
    names = curve_names([runs[0] for runs in members.values()])
    return [
        Group(spec, recipe, name, tuple(runs))
        for ((spec, recipe), runs), name in zip(members.items(), names, strict=True)
    ]


def curve_names(curves: Sequence[RunHistory]) -> list[str]:
    """A short name for each curve, no two the same.

    Titles without a shortcut's letter that all share; a net that occurs more than once carries what
    is different in its recipe ("ResNet-110, warm-up"), and its seed where nothing else is.
    """
    titles = short_titles([each.run.spec for each in curves])
    known = [Entry(each.run.spec, each.run.recipe) for each in curves]
    names = []
    for mine in known:
        twins = [other for other in known if other.net == mine.net]
        names.append(", ".join([titles[mine.net], *short_words(mine, differing(twins))]))
    return [
        name if names.count(name) == 1 else f"{name}, seed {each.run.recipe.seed}"
        for name, each in zip(names, curves, strict=True)
    ]


def marks(snapshot: Snapshot, groups: Sequence[Group]) -> list[Mark]:
    """The events of a comparison, those of one kind at one moment as one, the earliest first."""
    group_of = {each.run.id: group.name for group in groups for each in group.runs}
    longest = max((each.run.iterations for each in snapshot.histories), default=1)
    clusters: list[list[Event]] = []
    for event in sorted(snapshot.events, key=lambda e: (e.kind, e.value or 0, e.iteration)):
        last = clusters[-1][0] if clusters else None
        if (
            last
            and (last.kind, last.value) == (event.kind, event.value)
            and event.iteration - last.iteration <= NEAR * longest
        ):
            clusters[-1].append(event)
        else:
            clusters.append([event])
    found = []
    for cluster in clusters:
        names = tuple(dict.fromkeys(group_of[e.run] for e in cluster if e.run in group_of))
        everyone = len(names) == len(groups)
        found.append(Mark(cluster[0].iteration, _label(cluster[0]), () if everyone else names))
    return sorted(found, key=lambda mark: mark.iteration)


def iterations_per_epoch(recipe: Recipe, images: int | None = None) -> float | None:
    """Mini-batches in one pass over the training images; None where their number is not known.

    images  how many a run did train on, where that is known
    """
    images = images or recipe.training_images
    return images / recipe.batch if images else None


def _label(event: Event) -> str:
    if event.kind == RATE:
        return f"rate {event.value:g}"
    if event.kind == EXTENDED:
        return f"extended to {event.value:,.0f}"
    return "paused" if event.kind == PAUSED else event.kind
