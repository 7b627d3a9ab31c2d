"""In company or alone, interrupted or not: bit for bit the same numbers (on a CPU)."""

from dataclasses import replace

import pytest
import torch

from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, checkpoint, in_step, train_together

NAMES = ("plain8-w4", "resnet8-A-w4", "resnet14-C-w4", "resnet8-B-w4-pre")
TINY = Recipe(
    image_size=16,
    batch=16,
    iterations=10,
    learning_rate=0.05,
    log_every=3,
    test_every=6,
    precision="fp32",
)


def trainer(name, images, recipe=TINY):
    return Trainer(NetSpec.parse(name), recipe, images, "cpu")


def without_time(rows):
    return [replace(row, seconds=0.0) for row in rows]


def rows_of(wanted, pairs):
    return without_time(row for each, row in pairs if each is wanted)


def same_weights(one, other):
    one, other = one.net.state_dict(), other.net.state_dict()
    assert one.keys() == other.keys()
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_net_trained_in_company_is_the_net_trained_alone(images, precision):
    recipe = replace(TINY, precision=precision)
    company = [trainer(name, images, recipe) for name in NAMES]
    pairs = list(train_together(company))
    for name, among_others in zip(NAMES, company, strict=True):
        alone = trainer(name, images, recipe)
        assert rows_of(alone, train_together([alone])) == rows_of(among_others, pairs)
        assert same_weights(alone, among_others)


def test_nets_go_in_step(images):
    company = [trainer(name, images) for name in NAMES]
    for _ in in_step(company):
        iterations = [each.iteration for each in company]
        assert max(iterations) - min(iterations) <= 1
    assert iterations == [10] * len(NAMES)


def test_a_net_that_starts_behind_catches_up_first(images):
    ahead, behind = trainer("plain8-w4", images), trainer("resnet8-A-w4", images)
    for _ in range(4):
        ahead.step()
    order = [each for each, _ in in_step([ahead, behind])]
    assert order[0] is behind  # the row of its untrained net; `ahead` has had its own
    assert order[1:5] == [behind] * 4
    assert ahead.finished
    assert behind.finished


@pytest.mark.parametrize(
    "name, interrupted_at, precision",
    [
        *((name, 5, "fp32") for name in NAMES),
        *(("resnet8-A-w4", iteration, "fp32") for iteration in (1, 6, 9)),
        *((name, 5, "bf16") for name in ("resnet8-A-w4", "resnet14-C-w4")),
    ],
)
def test_an_interrupted_net_goes_on_as_if_nothing_had_happened(
    images, tmp_path, name, interrupted_at, precision
):
    recipe = replace(TINY, precision=precision, warmup="error", warmup_rate=0.02)
    undisturbed = trainer(name, images, recipe)
    wanted = rows_of(undisturbed, train_together([undisturbed]))

    first = trainer(name, images, recipe)
    rows = [first.start()]
    rows += [first.step() for _ in range(interrupted_at)]
    checkpoint.save(tmp_path / "net.pt", first.spec, recipe, first.state())

    second = trainer(name, images, recipe)
    second.load_state(checkpoint.load_for(tmp_path / "net.pt", first.spec, recipe))
    assert second.iteration == interrupted_at
    rows += [row for _, row in train_together([second])]
    assert without_time(row for row in rows if row) == wanted
    assert same_weights(second, undisturbed)
    assert second.seconds >= first.seconds


def test_a_resumed_net_does_not_say_again_how_it_started(images):
    first, second = trainer(NAMES[0], images), trainer(NAMES[0], images)
    first.step()
    second.load_state(first.state())
    assert second.start() is None


def test_a_net_that_diverges_is_stopped_and_its_neighbour_goes_on_unharmed(images):
    wild = trainer("plain14-w4-nonorm", images, replace(TINY, learning_rate=100.0))
    calm = trainer("resnet8-A-w4", images)
    pairs = list(train_together([wild, calm]))
    last = rows_of(wild, pairs)[-1]
    assert last.diverged
    assert last.iteration == wild.iteration < 10
    assert (last.train_error, last.test_error) == (None, None)
    assert not any(row.diverged for row in rows_of(calm, pairs))
    alone = trainer("resnet8-A-w4", images)
    assert rows_of(alone, train_together([alone])) == rows_of(calm, pairs)
    assert same_weights(alone, calm)


@pytest.mark.parametrize("schedule", ["steps", "linear"])
def test_another_seed_gives_another_run(images, schedule):
    runs = []
    for seed in (0, 1):
        one = trainer(NAMES[1], images, replace(TINY, seed=seed, schedule=schedule))
        runs.append(rows_of(one, train_together([one])))
    assert runs[0][1].loss != runs[1][1].loss
