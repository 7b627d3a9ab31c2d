"""The learning rate at every edge of the paper's schedule and of the lesson's."""

import pytest

from resnet.spec import Recipe
from resnet.spec.schedule import lr_at

PAPER = [
    (0, 0.1),
    (31_999, 0.1),
    (32_000, 0.01),
    (47_999, 0.01),
    (48_000, 0.001),
    (63_999, 0.001),
]


@pytest.mark.parametrize("iteration, rate", PAPER)
def test_the_paper_divides_by_ten_at_32k_and_48k(iteration, rate):
    assert lr_at(Recipe(), iteration) == rate


@pytest.mark.parametrize("iterations, halves, three_quarters", [(400, 200, 300), (7, 4, 6)])
def test_steps_come_at_a_half_and_three_quarters_of_any_length(iterations, halves, three_quarters):
    recipe = Recipe(iterations=iterations)
    rates = [lr_at(recipe, i) for i in range(iterations)]
    middle = three_quarters - halves
    assert rates == [0.1] * halves + [0.01] * middle + [0.001] * (iterations - three_quarters)


def test_the_degradation_lesson_climbs_for_60_iterations_and_falls_to_its_last():
    recipe = Recipe(
        iterations=400,
        learning_rate=0.05,
        schedule="linear",
        warmup="linear",
        warmup_iterations=60,
    )
    wanted = [0.05 * min(1, (i + 1) / 60) * (1 - i / 400) for i in range(400)]
    assert [lr_at(recipe, i) for i in range(400)] == wanted


def test_a_linear_warm_up_ends_at_the_rate_itself():
    recipe = Recipe(warmup="linear", warmup_iterations=4, schedule="constant")
    assert [lr_at(recipe, i) for i in range(5)] == [0.025, 0.05, 0.1 * 0.75, 0.1, 0.1]


def test_a_constant_rate_stays_to_the_last_iteration():
    recipe = Recipe(schedule="constant", learning_rate=0.3, iterations=10)
    assert {lr_at(recipe, i) for i in range(10)} == {0.3}


@pytest.mark.parametrize("iteration, rate", PAPER)
def test_resnet_110_waits_at_a_hundredth_until_it_is_warm(iteration, rate):
    recipe = Recipe(warmup="error")
    assert lr_at(recipe, iteration, warm=False) == 0.01
    assert lr_at(recipe, iteration, warm=True) == rate


def test_only_the_error_warm_up_asks_whether_the_net_is_warm():
    assert lr_at(Recipe(), 0, warm=False) == 0.1
