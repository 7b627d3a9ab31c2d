"""A recipe and what people changed on the way: rates, ends, rows, and resuming in between."""

from copy import deepcopy
from dataclasses import replace

import pytest
import torch

from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.schedule import Change, Schedule, lr_at
from resnet.train import Trainer, train_together

NET = NetSpec.parse("resnet8-B-w4")
TINY = Recipe(
    image_size=16,
    batch=16,
    iterations=10,
    log_every=4,
    test_every=8,
    test_images=None,
    precision="fp32",
)
PAPER = Recipe()


def rates(schedule, *iterations):
    return [schedule.rate(iteration) for iteration in iterations]


def rows_without_seconds(trainer):
    return [replace(row, seconds=0.0) for _, row in train_together([trainer])]


def test_a_schedule_without_changes_is_the_recipe():
    schedule = Schedule(PAPER)
    assert schedule.iterations == 64_000
    assert rates(schedule, 0, 32_000, 63_999) == [lr_at(PAPER, i) for i in (0, 32_000, 63_999)]


def test_a_changed_rate_is_the_base_of_the_schedule_from_its_iteration_on():
    schedule = Schedule(PAPER).changed(1000, 0.5)
    assert rates(schedule, 999, 1000, 31_999, 32_000, 48_000) == [0.1, 0.5, 0.5, 0.05, 0.005]
    again = schedule.changed(40_000, 0.2)
    assert rates(again, 39_999, 40_000, 48_000) == [0.05, 0.02, 0.002]


def test_a_change_scales_a_linear_schedule_and_its_warm_up():
    recipe = Recipe(iterations=100, schedule="linear", warmup="linear", warmup_iterations=10)
    schedule = Schedule(recipe).changed(4, 0.2)
    assert rates(schedule, 3, 4, 50) == [0.1 * 0.4 * 0.97, 0.2 * 0.5 * 0.96, 0.2 * 0.5]


def test_a_rate_of_zero_is_a_rate():
    schedule = Schedule(PAPER).changed(7, 0.0)
    assert rates(schedule, 6, 7, 40_000) == [0.1, 0.0, 0.0]


def test_a_change_at_the_same_iteration_takes_the_place_of_the_one_before():
    schedule = Schedule(PAPER).changed(5, 0.3).changed(5, 0.4)
    assert schedule.changes == (Change(5, 0.4),)


def test_resnet_110_still_waits_until_it_is_warm():
    schedule = Schedule(Recipe(warmup="error")).changed(100, 0.3)
    assert schedule.rate(200, warm=False) == 0.01
    assert schedule.rate(200, warm=True) == 0.3


def test_an_extension_has_a_constant_rate_and_a_later_end():
    recipe = Recipe(iterations=100, schedule="linear")
    schedule = Schedule(recipe).extended(150, 0.02)
    assert schedule.iterations == 150
    assert rates(schedule, 50, 99) == [lr_at(recipe, 50), lr_at(recipe, 99)]
    assert rates(schedule, 100, 149) == [0.02, 0.02]
    further = schedule.extended(200, 0.01).changed(120, 0.03)
    assert further.iterations == 200
    assert rates(further, 119, 120, 149, 150, 199) == [0.02, 0.03, 0.03, 0.01, 0.01]


def test_a_rate_asked_for_where_an_extension_begins_leaves_its_end():
    schedule = Schedule(Recipe(iterations=100)).extended(150, 0.02).changed(100, 0.5)
    assert schedule.iterations == 150
    assert rates(schedule, 100, 149) == [0.5, 0.5]


def test_an_extension_must_be_longer():
    with pytest.raises(SpecError, match="100 iterations are no extension of 100; give more than"):
        Schedule(Recipe(iterations=100)).extended(100, 0.1)


def test_a_schedule_survives_as_plain_numbers():
    schedule = Schedule(PAPER).changed(3, 0.5).extended(70_000, 0.01)
    assert Schedule.from_list(PAPER, schedule.to_list()) == schedule


# what a trainer makes of it


def trainer(images, **fields):
    return Trainer(NET, replace(TINY, **fields), images, "cpu")


def resumed(other, images):
    again = Trainer(other.spec, other.recipe, images, "cpu")
    again.load_state(deepcopy(other.state()))
    return again


def resumed_from_an_older_version(net, images):
    state = deepcopy(net.state())
    state["sums"] = state["sums"][0].clone()  # of the rows alone
    del state["changes"], state["summed_from"], state["waited_from"]
    old = Trainer(NET, net.recipe, images, "cpu")
    old.load_state(state)
    return old


def test_a_trainer_takes_up_a_new_rate_and_resumes_with_it(images):
    changed = trainer(images, schedule="constant")
    for _ in range(5):
        changed.step()
    changed.change_rate(0.03)
    other = resumed(changed, images)
    rows = rows_without_seconds(changed)
    assert [row.learning_rate for row in rows] == [0.03, 0.03]
    assert rows == rows_without_seconds(other)
    unchanged = trainer(images, schedule="constant")
    assert rows_without_seconds(unchanged)[-1].loss != rows[-1].loss


def test_an_extended_net_trains_on_with_rows_on_the_beat_and_tests_at_either_end(images):
    net = trainer(images)
    first = rows_without_seconds(net)
    assert net.finished
    net.extend(15, 0.05)
    assert not net.finished
    other = resumed(net, images)
    more = rows_without_seconds(net)
    assert [row.iteration for row in first] == [0, 4, 8, 10]
    assert [row.iteration for row in more] == [12, 15]
    assert [row.learning_rate for row in more] == [0.05, 0.05]
    assert [row.test_error is None for row in more] == [True, False]
    assert more == rows_without_seconds(other)


def test_a_row_after_an_extension_is_the_mean_since_the_old_end(images):
    net, each = trainer(images), trainer(images, log_every=1, test_every=1)
    for one in (net, each):
        list(train_together([one]))
        one.extend(15, 0.05)
    losses = {row.iteration: row.loss for row in rows_without_seconds(each)}
    row = rows_without_seconds(net)[0]
    assert row.iteration == 12
    assert row.loss == pytest.approx((losses[11] + losses[12]) / 2, rel=1e-6)


def test_a_checkpoint_of_an_older_version_still_loads(images):
    net = trainer(images)
    for _ in range(6):
        net.step()
    old = resumed_from_an_older_version(net, images)
    assert rows_without_seconds(old) == rows_without_seconds(net)


def test_an_older_checkpoint_of_a_finished_net_can_be_extended(images):
    net = trainer(images)
    list(train_together([net]))
    old = resumed_from_an_older_version(net, images)
    for one in (net, old):
        one.extend(15, 0.05)
    assert rows_without_seconds(old) == rows_without_seconds(net)


def test_a_peek_changes_no_later_row(images):
    undisturbed, peeked = trainer(images), trainer(images)
    expected = rows_without_seconds(undisturbed)
    seen, peeks = [], []
    while not peeked.finished:
        row = peeked.step()
        if row:
            seen.append(replace(row, seconds=0.0))
        elif peeked.iteration in (1, 2, 5, 9):
            peeks.append(peeked.peek())
    assert seen == expected[1:]
    assert [row.iteration for row in peeks] == [1, 2, 5, 9]
    for one, other in zip(
        undisturbed.net.state_dict().values(), peeked.net.state_dict().values(), strict=True
    ):
        assert torch.equal(one, other)


def test_a_peek_is_the_row_of_that_moment(images):
    each = trainer(images, log_every=1, test_every=1)
    rows = {row.iteration: row for row in rows_without_seconds(each)}
    net = trainer(images)
    for _ in range(6):
        net.step()
    peek = net.peek()
    assert peek.loss == pytest.approx((rows[5].loss + rows[6].loss) / 2, rel=1e-6)
    assert peek.batch_error == pytest.approx((rows[5].batch_error + rows[6].batch_error) / 2)
    for name in ("iteration", "learning_rate", "train_error", "test_error", "gradients", "weights"):
        assert getattr(peek, name) == getattr(rows[6], name)


def test_there_is_no_peek_where_there_is_a_row_already_or_nothing_new(images):
    net = trainer(images)
    net.start()
    assert net.peek() is None
    for _ in range(4):
        net.step()
    assert net.peek() is None
    net.step()
    assert net.peek() is not None
    assert net.peek() is None
    assert resumed(net, images).peek() is None


def test_weights_have_one_norm_for_every_weighted_layer(images):
    net = trainer(images)
    for _ in range(4):
        row = net.step()
    by_hand = [
        net.net.get_parameter(f"{name}.weight").double().norm().item() for name in net.layer_names
    ]
    assert row.weights == pytest.approx(by_hand, rel=1e-5)
