"""Beside Launch stands what will be trained, whichever form of the lesson was chosen."""

import pytest

from explorer.report.forecast import forecast, full_length_words
from explorer.store.launch import lesson_request, own_request
from resnet.cost import cost
from resnet.lessons import DEGRADATION, LESSONS
from resnet.spec import NetSpec, Recipe


def test_a_lesson_is_told_with_its_own_recipe_and_the_time_that_was_measured():
    words = forecast(lesson_request(DEGRADATION, 0), DEGRADATION, None)
    assert words.startswith(
        "Press **Launch**: plain-20, plain-56, ResNet-20 A and ResNet-56 A see the same images "
        "(5,000 of 16x16 pixels) in the same order for 400 iterations. One seed takes about "
    )
    assert words.endswith("on two cores.")


def test_its_full_length_form_is_told_with_that_forms_recipe():
    words = forecast(lesson_request(DEGRADATION, 0, full=True), DEGRADATION, None)
    assert "(all of 32x32 pixels) in the same order for 64,000 iterations." in words
    assert "By the speed of short runs, two cores would need" in words


def test_a_machine_that_has_trained_speaks_of_its_own_speed():
    request = own_request([NetSpec.parse("plain20")], Recipe(iterations=100))
    macs = 100 * 128 * cost(NetSpec.parse("plain20"), 32).macs
    words = forecast(request, None, 600 / macs)
    assert words.startswith("Press **Launch**: plain-20 sees the same images (all of 32x32 pixels)")
    assert words.endswith("By the speed that this machine has shown, one seed takes about 10 min.")


def test_nets_under_two_recipes_are_said_to_be():
    trap = LESSONS["trap"]
    assert "plain-56 and ResNet-56 A, each under 2 recipes, see" in forecast(
        lesson_request(trap, 0), trap, None
    )


@pytest.mark.parametrize("name", [name for name, lesson in LESSONS.items() if lesson.gpu])
def test_only_the_papers_recipe_is_called_that(name):
    lesson = LESSONS[name]
    papers = all(
        recipe in (Recipe(), Recipe(warmup="error")) and (net.depth == 110) == (recipe != Recipe())
        for net, recipe in lesson.gpu
    )
    assert ("the paper's recipe" in full_length_words(lesson)) == papers
