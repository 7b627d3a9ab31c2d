"""What a lesson's outcome means, where its nets were trained as the lesson says."""

from dataclasses import replace

from explorer.report import verdicts
from explorer.store import states
from explorer.store.records import EXTENDED, RATE, Run
from explorer.store.snapshots import Snapshot
from resnet.lessons import Lesson
from resnet.spec import Recipe
from resnet.spec.checks import listed


def meaning(lesson: Lesson, snapshot: Snapshot) -> str:
    """The lesson's explanation; or, where something else was trained, what that was.

    The explanation speaks of the lesson's own recipe, trained to its end and not changed by hand.
    """
    runs = snapshot.comparison.runs
    others, few = _differing(lesson, runs), _fewer(runs)
    early = [run for run in runs if run.state != states.FINISHED]
    changed = any(event.kind in (RATE, EXTENDED) for event in snapshot.events)
    if not (others or few or early or changed):
        return lesson.meaning(lesson.answer(verdicts.results(snapshot)))
    said = []
    if others:
        said.append("the nets had another recipe than the lesson's, " + _recipe_of(others[0]))
    if few and not others:
        said.append(f"there are {few[0].images:,} images to train on")
    if early:
        said.append(_how_far(early))
    if changed:
        said.append("rate or length was changed by hand")
    return (
        f"The lesson's explanation is about {lesson.recipe.iterations:,} iterations on "
        f"{_images(lesson.recipe)} and is left out here: {'; '.join(said)}. "
        "The curves and the errors above stand as they were measured."
    )


def _differing(lesson: Lesson, runs: tuple[Run, ...]) -> list[Run]:
    """The runs whose recipe, but for seed and images' origin, is none of the lesson's."""
    known = {_apart_from_data(entry.recipe) for entry in lesson.entries}
    return [run for run in runs if _apart_from_data(run.recipe) not in known]


def _fewer(runs: tuple[Run, ...]) -> list[Run]:
    """The runs whose images are fewer than their recipe asks for."""
    return [run for run in runs if run.images and run.images < (run.recipe.images or 0)]


def _apart_from_data(recipe: Recipe) -> Recipe:
    return replace(recipe, seed=0, data=Recipe().data)


def _recipe_of(run: Run) -> str:
    return f"{run.recipe.iterations:,} iterations on {_images(run.recipe, run.images)}"


def _images(recipe: Recipe, trained: int | None = None) -> str:
    count = f"{recipe.images:,}" if recipe.images else "all"
    if trained and trained < (recipe.images or 0):
        count = f"{trained:,}"
    return f"{count} images of {recipe.image_size}x{recipe.image_size} pixels"


def _how_far(early: list[Run]) -> str:
    """Which nets did not reach the end, and where they were."""
    reached = sorted({run.iteration for run in early})
    span = " to ".join(f"{each:,}" for each in dict.fromkeys((reached[0], reached[-1])))
    nets = listed(dict.fromkeys(run.spec.title for run in early))
    return f"{nets} ended after {span} of {early[0].iterations:,} iterations"
