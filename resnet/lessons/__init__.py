"""Lessons: ready comparisons, each with a question before and an answer computed after."""

from resnet.lessons.activations import ACTIVATIONS
from resnet.lessons.degradation import DEGRADATION, DEGRADATION_32
from resnet.lessons.depth import DEPTH
from resnet.lessons.figure6 import FIGURE6_PLAIN, FIGURE6_RESIDUAL
from resnet.lessons.gradients import GRADIENTS
from resnet.lessons.lesson import Entry, Lesson, RunResult
from resnet.lessons.measures import CLEARLY
from resnet.lessons.shortcuts import SHORTCUTS
from resnet.lessons.trap import TRAP
from resnet.lessons.warmup import WARMUP

__all__ = ["CLEARLY", "DEGRADATION", "LESSONS", "Entry", "Lesson", "RunResult"]

LESSONS = {
    lesson.name: lesson
    for lesson in (
        DEGRADATION,
        DEGRADATION_32,
        TRAP,
        SHORTCUTS,
        DEPTH,
        WARMUP,
        GRADIENTS,
        ACTIVATIONS,
        FIGURE6_PLAIN,
        FIGURE6_RESIDUAL,
    )
}
