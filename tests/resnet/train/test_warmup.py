"""The warm-up by error ends at the same mini-batch however often one logs, interrupted or not."""

from copy import deepcopy
from dataclasses import replace

import pytest
import torch

from resnet.spec import NetSpec, Recipe
from resnet.spec.schedule import WARM_BELOW, WARM_OVER, warm_every
from resnet.train import Trainer, checkpoint, train_together

NET = NetSpec.parse("resnet8-B-w4")
WAITING = Recipe(
    image_size=16,
    batch=64,
    iterations=120,
    augment=False,
    warmup="error",
    warmup_rate=0.002,
    schedule="constant",
    log_every=1,
    test_every=50,
    test_images=10,
    final_images=10,
    precision="fp32",
)
EVERY = 20  # mini-batches of 64 images that make 1,280


def trained(images, **fields):
    """The trainer at its end, and the rows on the way."""
    made = Trainer(NET, replace(WAITING, **fields), images, "cpu")
    return made, [row for _, row in train_together([made])]


def weights(trainer):
    return trainer.net.state_dict()


def same(one, other):
    assert one.keys() == other.keys()
    return all(torch.equal(weight, other[name]) for name, weight in one.items())


def last_at_the_low_rate(rows):
    return max(row.iteration for row in rows[1:] if row.learning_rate == WAITING.warmup_rate)


@pytest.mark.parametrize(
    "batch, iterations", [(128, 10), (64, 20), (100, 13), (1280, 1), (4096, 1)]
)
def test_the_warm_up_looks_after_every_1280_images(batch, iterations):
    assert warm_every(Recipe(batch=batch)) == iterations


def test_it_looks_as_often_whatever_rows_are_asked_for():
    assert {warm_every(Recipe(log_every=each, test_every=1000)) for each in (1, 10, 100)} == {10}


def test_the_warm_up_ends_after_the_first_window_whose_mean_error_is_below_80_percent(images):
    _, rows = trained(images)
    errors = [row.batch_error for row in rows[1:]]
    means = [sum(errors[at : at + EVERY]) / EVERY for at in range(0, len(errors), EVERY)]
    ends = EVERY * (1 + next(n for n, mean in enumerate(means) if mean < WARM_BELOW))
    assert EVERY < ends < WAITING.iterations - EVERY  # it waits for more than one window
    rates = [row.learning_rate for row in rows[1:]]
    assert rates == [0.002] * ends + [0.1] * (WAITING.iterations - ends)


@pytest.mark.parametrize("log_every", [5, 10, 50])
def test_how_often_one_logs_leaves_every_weight_as_it_was(images, log_every):
    every, rows = trained(images)
    other, fewer = trained(images, log_every=log_every)
    assert same(weights(every), weights(other))
    rate_at = {row.iteration: row.learning_rate for row in rows}
    assert [row.learning_rate for row in fewer] == [rate_at[row.iteration] for row in fewer]


@pytest.mark.parametrize("log_every", [1, 5, 10, 50])
@pytest.mark.parametrize("at", ["within the first window", "within the window that ends it"])
def test_an_interruption_leaves_every_weight_as_it_was(images, tmp_path, log_every, at):
    whole, rows = trained(images)
    interrupted_at = 7 if "first" in at else last_at_the_low_rate(rows) - 3
    recipe = replace(WAITING, log_every=log_every)
    first, second = (Trainer(NET, recipe, images, "cpu") for _ in range(2))
    for _ in range(interrupted_at):
        first.step()
    assert not first.warm
    checkpoint.save(tmp_path / "net.pt", NET, recipe, first.state())
    second.load_state(checkpoint.load_for(tmp_path / "net.pt", NET, recipe))
    list(train_together([second]))
    assert same(weights(whole), weights(second))


def test_a_row_beside_the_beat_says_the_rate_that_was_trained_at_and_changes_nothing(images):
    whole, rows = trained(images)
    peeked = Trainer(NET, replace(WAITING, log_every=50), images, "cpu")
    beside = []
    while not peeked.finished:
        peeked.step()
        beside.append(peeked.peek())
    rate_at = {row.iteration: row.learning_rate for row in rows}
    assert last_at_the_low_rate(rows) in [row.iteration for row in beside if row]
    assert all(row.learning_rate == rate_at[row.iteration] for row in beside if row)
    assert same(weights(whole), weights(peeked))


def test_once_warm_a_net_stays_warm(images):
    trainer = Trainer(NET, replace(WAITING, learning_rate=0.002), images, "cpu")
    trainer.warm = True
    errors = [trainer.step().batch_error for _ in range(EVERY)]
    assert sum(errors) / EVERY >= WARM_BELOW
    assert trainer.warm


def test_a_checkpoint_of_before_goes_on_with_the_errors_since_its_last_row(images):
    first, second = (Trainer(NET, replace(WAITING, log_every=50), images, "cpu") for _ in range(2))
    for _ in range(15):
        first.step()
    state = deepcopy(first.state())
    state["sums"] = state["sums"][0].clone()
    del state["waited_from"]
    second.load_state(state)
    for _ in range(EVERY):
        assert second.warm == first.warm
        first.step(), second.step()
    assert same(weights(first), weights(second))


def test_a_window_holds_the_images_that_its_constant_says():
    assert 10 * Recipe().batch == WARM_OVER
