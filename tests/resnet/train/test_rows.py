"""Training yields rows: which, when, and what stands in them."""

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from resnet.labs.bench.examples import Examples
from resnet.labs.responses.experiment import deviations_of
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe
from resnet.spec.schedule import lr_at
from resnet.train import Trainer, train_together

NET = NetSpec.parse("resnet8-B-w4")
TINY = Recipe(
    image_size=16,
    batch=16,
    iterations=10,
    log_every=2,
    test_every=4,
    test_images=None,
    precision="fp32",
)


def train(images, spec=NET, **fields):
    trainer = Trainer(spec, replace(TINY, **fields), images, "cpu")
    return trainer, [row for _, row in train_together([trainer])]


def test_rows_come_every_log_every_and_errors_every_test_every_and_at_the_end(images):
    _, rows = train(images)
    assert [row.iteration for row in rows] == [0, 2, 4, 6, 8, 10]
    assert [row.iteration for row in rows if row.test_error is not None] == [0, 4, 8, 10]
    assert [row.iteration for row in rows if row.train_error is not None] == [0, 4, 8, 10]


def test_the_last_iteration_has_a_row_even_off_the_beat(images):
    _, rows = train(images, iterations=5, log_every=3, test_every=3)
    assert [row.iteration for row in rows] == [0, 3, 5]
    assert rows[-1].test_error is not None


def test_row_0_is_the_untrained_net(images):
    _, rows = train(images)
    assert rows[0].loss is rows[0].learning_rate is rows[0].gradients is None
    fresh = Trainer(NET, TINY, images, "cpu")
    assert (rows[0].train_error, rows[0].test_error) == fresh.test(None)


def test_the_learning_rate_in_a_row_is_that_of_the_mini_batch_before_it(images):
    trainer, rows = train(images, schedule="linear")
    assert [row.learning_rate for row in rows[1:]] == [
        lr_at(trainer.recipe, row.iteration - 1) for row in rows[1:]
    ]


def test_a_rows_loss_is_the_mean_over_the_mini_batches_since_the_row_before(images):
    _, each = train(images, log_every=1, test_every=10)
    _, pairs = train(images)
    losses = [row.loss for row in each[1:]]
    errors = [row.batch_error for row in each[1:]]
    for number, row in enumerate(pairs[1:]):
        assert row.loss == pytest.approx(sum(losses[2 * number :][:2]) / 2, rel=1e-6)
        assert row.batch_error == pytest.approx(sum(errors[2 * number :][:2]) / 2, rel=1e-6)


def test_the_mean_over_a_shorter_last_stretch_is_right_too(images):
    _, each = train(images, iterations=5, log_every=1, test_every=1)
    _, rows = train(images, iterations=5, log_every=3, test_every=3)
    assert rows[-1].loss == pytest.approx((each[4].loss + each[5].loss) / 2, rel=1e-6)


def test_one_step_is_momentum_sgd_with_weight_decay_on_every_weight(images):
    """v = 0.9 v + (gradient + 1e-4 w), w = w - 0.1 v: two steps by hand, in fp32."""
    trainer = Trainer(NET, replace(TINY, schedule="constant"), images, "cpu")
    twin = Trainer(NET, TINY, images, "cpu")
    velocity = [torch.zeros_like(weight) for weight in twin.net.parameters()]
    for iteration in range(2):
        trainer.step()
        x, labels = twin.batches.batch(iteration)
        loss = F.cross_entropy(twin.net.train()(x), labels)
        gradients = torch.autograd.grad(loss, list(twin.net.parameters()))
        with torch.no_grad():
            for w, v, g in zip(twin.net.parameters(), velocity, gradients, strict=True):
                v.mul_(0.9).add_(g + 1e-4 * w)
                w.sub_(0.1 * v)
    for ours, by_hand in zip(trainer.net.parameters(), twin.net.parameters(), strict=True):
        torch.testing.assert_close(ours, by_hand)


def test_gradients_have_one_norm_for_every_weighted_layer_of_the_plan(images):
    trainer, rows = train(images)
    assert trainer.layer_names == tuple(layer.name for layer in plan(NET, 16).weighted)
    assert {len(row.gradients) for row in rows[1:]} == {len(trainer.layer_names)}
    assert all(norm > 0 and math.isfinite(norm) for norm in rows[1].gradients)


@pytest.mark.parametrize("name", ["resnet8-B-w4", "plain8-w4-pre", "plain8-w4-nonorm"])
def test_a_test_records_the_layer_responses_where_the_recipe_asks(images, name):
    spec = NetSpec.parse(name)
    _, silent = train(images, spec)
    trainer, rows = train(images, spec, responses=True)
    assert [row.iteration for row in rows if row.responses] == [4, 8, 10]
    assert [replace(row, responses=None, seconds=0) for row in rows] == [
        replace(row, seconds=0) for row in silent
    ]
    assert all(row.responses is None for row in silent)
    shown = Examples.of(trainer.batches)
    by_hand = deviations_of(trainer.net.eval(), shown)
    assert len(rows[-1].responses) == len(plan(spec, 16).answering) == 7
    assert rows[-1].responses == pytest.approx(by_hand, rel=1e-4)


def test_training_error_falls_on_images_that_brightness_tells_apart(images):
    _, rows = train(images, iterations=60, log_every=10, test_every=20, augment=False)
    assert rows[-1].train_error < 30 < rows[0].train_error
    assert rows[-1].test_error < 30 < rows[0].test_error


def test_seconds_only_grow(images):
    _, rows = train(images)
    seconds = [row.seconds for row in rows]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0
