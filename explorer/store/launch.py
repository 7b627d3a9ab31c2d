"""What is launched, by a page or a command: nets with their recipes, and how they are queued."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.store.comparisons import MAX_SEEDS, Refused, RunStore
from explorer.store.records import Visitor
from resnet.lessons import Lesson
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry
from resnet.spec.net import for_classes

CLASSES = 10  # of CIFAR-10, and of the generated images


@dataclass(frozen=True)
class LaunchRequest:
    """What somebody wants trained.

    title    "" for the titles of its nets
    entries  the nets with their recipes, one for each curve
    lesson   its name, if it is one
    seed     the first of `seeds` seeds, each a turn of its own
    full     whether it is the lesson's full-length form, for a GPU
    """

    title: str
    entries: tuple[Entry, ...]
    lesson: str | None = None
    seed: int = 0
    seeds: int = 1
    full: bool = False

    def runs(self, data: str, classes: int) -> list[Entry]:
        """What the store takes: every net with every seed, on images of so many classes."""
        return [
            Entry(for_classes(net, classes), replace(recipe, data=data, seed=self.seed + turn))
            for turn in range(self.seeds)
            for net, recipe in self.entries
        ]


def own_request(nets: Sequence[NetSpec], recipe: Recipe, seeds: int = 1) -> LaunchRequest:
    """One's own comparison: nets that share a recipe."""
    entries = tuple(Entry(net, recipe) for net in nets)
    return LaunchRequest("Your own comparison", entries, None, recipe.seed, seeds)


def lesson_request(lesson: Lesson, seed: int, seeds: int = 1, full: bool = False) -> LaunchRequest:
    entries = lesson.gpu if full and lesson.gpu else lesson.entries
    return LaunchRequest(lesson.title, entries, lesson.name, seed, seeds, full and bool(lesson.gpu))


def launch(
    store: RunStore,
    request: LaunchRequest,
    data: str,
    classes: int | None,
    owner: str | Visitor = "",
) -> str:
    """Queues a request; returns the comparison's id. Raises Refused beyond the limits.

    data     the image set; the recipes' own does not count
    classes  how many the folder of images has, None where there is no folder
    owner    the visitor who launches it, as `RunStore.submit` has it
    """
    if request.seeds < 1:
        raise Refused(
            f"{request.seeds} seeds were asked for; one is the least, and at most {MAX_SEEDS} "
            "train in a row"
        )
    of_these = (classes if data == "folder" else None) or CLASSES
    runs = request.runs(data, of_these)
    title = request.title or ", ".join(dict.fromkeys(run.net.title for run in runs))
    return store.submit(title, runs, request.lesson, owner)
