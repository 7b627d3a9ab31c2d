"""The time of a lesson that nobody waited for, by the speed of one that was measured."""

import pytest

from resnet.lessons import LESSONS
from resnet.lessons.degradation import DEGRADATION_32
from resnet.lessons.two_cores import seconds_on_two_cores, work
from resnet.spec import Recipe
from resnet.spec.names import Entry
from resnet.spec.net import NetSpec

MEASURED = [lesson for lesson in LESSONS.values() if lesson.seconds]
MACS_20 = 40_551_040  # of ResNet-20 on 32x32 pixels


@pytest.mark.parametrize("lesson", MEASURED, ids=lambda lesson: lesson.name)
def test_the_time_that_was_measured_stands(lesson):
    assert seconds_on_two_cores(lesson) == lesson.seconds


@pytest.mark.parametrize("lesson", MEASURED, ids=lambda lesson: lesson.name)
def test_the_estimate_would_have_told_it_within_a_quarter(lesson):
    estimate = DEGRADATION_32.seconds * work(lesson.entries) / work(DEGRADATION_32.entries)
    assert estimate == pytest.approx(lesson.seconds, rel=0.25)


def test_images_trained_on_count_three_times_and_those_tested_once():
    recipe = Recipe(iterations=10, batch=100, test_every=5, log_every=5, test_images=200)
    tested = 2 * 2 * 200 + (50_000 + 10_000)  # before training, after five, and all at the end
    assert work([Entry(NetSpec.parse("resnet20-A"), recipe)]) == MACS_20 * (3000 + tested)


@pytest.mark.parametrize(("name", "hours"), [("figure6-plain", 16), ("figure6-residual", 29)])
def test_figure_6_at_full_length_takes_most_of_a_day_or_more(name, hours):
    assert round(seconds_on_two_cores(LESSONS[name]) / 3600) == hours
