"""What is launched: nets with their recipes, and how they enter the store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.store.comparisons import Refused, RunStore
from resnet.lessons import Lesson
from resnet.spec import NetSpec, Recipe
from resnet.spec.net import for_classes


@dataclass(frozen=True)
class LaunchRequest:
    """What the controls describe.

    entries  the nets with their recipes, one for each curve
    lesson   its name, if it is one
    seed     the first of `seeds` seeds, each a turn of its own
    full     whether it is the lesson's full-length form, for a GPU
    """

    title: str
    entries: tuple[tuple[NetSpec, Recipe], ...]
    lesson: str | None = None
    seed: int = 0
    seeds: int = 1
    full: bool = False

    def runs(self, data: str, classes: int) -> list[tuple[NetSpec, Recipe]]:
        """What the store takes: every net with every seed, on images of so many classes."""
        return [
            (for_classes(net, classes), replace(recipe, data=data, seed=self.seed + turn))
            for turn in range(self.seeds)
            for net, recipe in self.entries
        ]


def own_request(nets: Sequence[NetSpec], recipe: Recipe, seeds: int = 1) -> LaunchRequest:
    """One's own comparison: nets that share a recipe."""
    entries = tuple((net, recipe) for net in nets)
    return LaunchRequest("Your own comparison", entries, None, recipe.seed, seeds)


def lesson_request(lesson: Lesson, seed: int, seeds: int = 1, full: bool = False) -> LaunchRequest:
    entries = lesson.gpu if full and lesson.gpu else lesson.entries
    pairs = tuple((entry.net, entry.recipe) for entry in entries)
    return LaunchRequest(lesson.title, pairs, lesson.name, seed, seeds, full and bool(lesson.gpu))


def submit(
    store: RunStore, wanted: LaunchRequest, data: str, worker: dict[str, Any], owner: str = ""
) -> str:
    """Queues the request with images from `data`; returns the comparison's id. Raises Refused.

    worker  its last report, which says how many classes a folder of images has
    owner   the visitor who launches it
    """
    if not wanted.entries:
        raise Refused("no net was chosen; choose at least one")
    classes = (worker.get("folder_classes") if data == "folder" else None) or 10
    return store.submit(wanted.title, wanted.runs(data, classes), wanted.lesson, owner)
