"""The deeper net by construction equals the shallow one to the last digit."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from resnet.labs.bench.copies import copied
from resnet.labs.bench.progress import LabError
from resnet.labs.constructed.deepen import deepened, neutralise
from resnet.labs.constructed.experiment import RECIPE, constructed
from resnet.spec import NetSpec
from resnet.train import Trainer, train_together

PAIRS = [
    ("plain8-w4", "plain14-w4"),
    ("plain8-w8", "plain20-w8"),
    ("plain8-w4-nonorm", "plain14-w4-nonorm"),
    ("resnet8-A-w4", "resnet20-A-w4"),
    ("resnet8-B-w4", "resnet14-B-w4"),
    ("resnet8-C-w4", "resnet14-C-w4"),
    ("resnet8-A-w4-nonorm", "resnet14-A-w4-nonorm"),
    ("resnet8-A-w4-pre", "resnet20-A-w4-pre"),
    ("resnet8-C-w4-pre", "resnet14-C-w4-pre"),
    ("resnet8-A-w4-pre-tanh", "resnet14-A-w4-pre-tanh"),
    ("resnet11-A-bottleneck-w4", "resnet20-A-bottleneck-w4"),
    ("plain8-single-w4", "plain14-single-w4"),
    ("resnet8-A-single-w4", "resnet14-A-single-w4"),
    ("resnet10-A-stages1.1.2-w4", "resnet16-A-stages1.3.3-w4"),
]


@pytest.mark.parametrize("shallow, deep", PAIRS)
def test_the_constructed_net_gives_the_shallow_ones_outputs_bit_for_bit(
    shallow, deep, lived, examples
):
    net = lived(shallow, steps=8)
    built = deepened(net, NetSpec.parse(deep), examples.images)
    assert sum(p.numel() for p in built.parameters()) > sum(p.numel() for p in net.parameters())
    with torch.inference_mode():
        wanted, given = copied(net).eval()(examples.images), built(examples.images)
    assert wanted.std() > 1e-3
    assert torch.equal(wanted, given)


@pytest.mark.parametrize("name", ["plain8-w4", "resnet8-A-w4", "resnet8-C-w4"])
def test_in_training_mode_it_holds_up_to_the_batch(name, lived, examples):
    net = lived(name, steps=8)
    deep = NetSpec.parse(name.replace("8-", "20-", 1))
    built = deepened(net, deep, examples.images)
    with torch.no_grad():
        wanted = copied(net).train()(examples.images)
        given = built.train()(examples.images)
    if "A" in name:  # nothing of an inserted block gets through: no batch enters into it
        assert torch.equal(wanted, given)
    # on the very images that the statistics are of, BN's identity is one but for eps and rounding
    torch.testing.assert_close(given, wanted, rtol=0, atol=1e-3 * wanted.std().item())


def test_an_inserted_plain_block_can_learn(lived, examples):
    net = lived("plain8-w4", steps=8)
    built = deepened(net, NetSpec.parse("plain14-w4"), examples.images).train()
    F.cross_entropy(built(examples.images), examples.labels).backward()
    inserted = built.get_submodule("stage2.block2")
    assert all(weight.grad.norm() > 0 for weight in inserted.parameters())


@pytest.mark.parametrize("channels_last", [False, True])
def test_a_neutral_bn_returns_what_it_gets_whatever_its_statistics(channels_last):
    rng = torch.Generator().manual_seed(0)
    norm = nn.BatchNorm2d(512)
    mean = torch.rand(512, generator=rng) * 3
    variance = torch.rand(512, generator=rng) ** 4 * 5
    mean[:3], variance[:5] = 0.0, 0.0  # channels that are never on
    neutralise(norm, mean, variance)
    x = torch.rand(4, 512, 6, 6, generator=rng) * 9
    if channels_last:
        x = x.contiguous(memory_format=torch.channels_last)
    assert torch.equal(norm.eval()(x), x)
    torch.testing.assert_close(norm.running_var, variance, rtol=1e-4, atol=1e-9)
    torch.testing.assert_close(norm.weight.square(), variance + norm.eps, rtol=1e-3, atol=1e-9)


REFUSED = [
    ("plain8-w4", "resnet14-A-w4", "differs from plain-8, width 4 in more than its depth"),
    ("resnet14-A-w4", "resnet8-A-w4", "not deeper than ResNet-14 A, width 4 in every stage"),
    ("plain8-w4", "plain8-w4", "is not deeper"),
    ("plain11-bottleneck-w4", "plain20-bottleneck-w4", "fewer channels than come in"),
    ("plain8-w4-tanh", "plain14-w4-tanh", "only a ReLU behind every BN"),
    ("plain8-w4-pre", "plain14-w4-pre", "only a ReLU behind every BN"),
    ("resnet8-A-w4-tanh", "resnet14-A-w4-tanh", "its tanh after the addition"),
]


@pytest.mark.parametrize("shallow, deep, sentence", REFUSED)
def test_nets_between_which_there_is_no_construction_are_refused(
    shallow, deep, sentence, lived, examples
):
    with pytest.raises(LabError, match=sentence):
        deepened(lived(shallow, steps=1), NetSpec.parse(deep), examples.images)


@pytest.mark.parametrize(
    "shallow, deep", [("plain8-w4", "plain14-w4"), ("resnet8-A-w4", "resnet14-A-w4")]
)
def test_the_lab_trains_on_from_the_construction_beside_a_random_start(
    shallow, deep, images, monkeypatch
):
    monkeypatch.setattr("resnet.labs.constructed.experiment.COMPARED", 32)
    monkeypatch.setattr("resnet.labs.constructed.experiment.MEASURED", 64)
    recipe = replace(
        RECIPE, images=64, batch=16, iterations=4, log_every=1, test_every=2, test_images=32,
        final_images=32, precision="fp32", warmup_iterations=2,
    )  # fmt: skip
    trained = Trainer(NetSpec.parse(shallow), replace(recipe, iterations=30), images, "cpu")
    list(train_together([trained]))
    result = constructed(trained.net, images, depth=14, recipe=recipe)
    assert (result.shallow, result.deep, result.data) == (shallow, deep, "tiny images")
    assert result.equal and result.largest_difference == 0
    assert result.shallow_errors == result.deep_errors
    assert result.from_built.iterations.tolist() == [0, 1, 2, 3, 4]
    assert result.from_built.train_error[0] == pytest.approx(result.deep_errors[0])
    assert result.training_losses[0] == pytest.approx(result.training_losses[1], rel=0.2)
    alone = Trainer(NetSpec.parse(deep), replace(recipe), images, "cpu")
    rows = [row for _, row in train_together([alone])]
    assert result.from_random.loss[1:].tolist() == pytest.approx([row.loss for row in rows[1:]])
    assert result.from_built.loss[1] < result.from_random.loss[1]
