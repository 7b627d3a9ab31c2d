"""How long a lesson takes on two cores: as it was measured, or by the speed of one that was."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from resnet.cost import cost
from resnet.lessons.degradation import DEGRADATION_32
from resnet.lessons.lesson import Entry, Lesson
from resnet.spec import Recipe

FORWARD_AND_BACKWARD = 3  # a training step in forward passes: one ahead, twice its products back
ALL_TRAINING_IMAGES, ALL_TEST_IMAGES = 50_000, 10_000  # CIFAR-10's


def seconds_on_two_cores(lesson: Lesson) -> float:
    """Seconds for one seed; where nobody waited for them, by speed."""
    return lesson.seconds if lesson.seconds is not None else seconds_by_speed(lesson.entries)


def seconds_by_speed(entries: Sequence[Entry]) -> float:
    """Seconds for one seed at the speed of DEGRADATION_32.

    That lesson trains and tests the same kind of nets on images of 32x32 pixels too.
    """
    measured = DEGRADATION_32
    assert measured.seconds is not None
    return measured.seconds * work(entries) / work(measured.entries)


def work(entries: Iterable[Entry]) -> int:
    """Multiply-adds of training and tests, a backward pass counted as two forward ones."""
    return sum(_passes(each.recipe) * cost(each.net, each.recipe.image_size).macs
               for each in entries)  # fmt: skip


def _passes(recipe: Recipe) -> int:
    """Images through the net: those trained on three times, those of every test once."""
    tests = (recipe.iterations - 1) // recipe.test_every + 1  # before the last one
    final = replace(recipe, test_images=recipe.final_images)
    return (
        FORWARD_AND_BACKWARD * recipe.iterations * recipe.batch
        + tests * _tested(recipe)
        + _tested(final)
    )


def _tested(recipe: Recipe) -> int:
    """Images of both sets that one test looks at."""
    train = min(recipe.images or ALL_TRAINING_IMAGES, ALL_TRAINING_IMAGES)
    asked = recipe.test_images
    return sum(min(asked or size, size) for size in (train, ALL_TEST_IMAGES))
