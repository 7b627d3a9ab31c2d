"""Layer responses (Fig. 7) against deviations of outputs taken by hand."""

import numpy as np
import pytest
import torch

from resnet.labs.bench.copies import KEPT, NO_BN, TAKEN, copied
from resnet.labs.responses.experiment import responses
from resnet.model import build
from resnet.model.hooks import RunningDeviation
from resnet.spec import NetSpec


def test_a_plain_net_run_by_hand_gives_the_same_deviations(lived, examples):
    net = lived("plain8-w4")
    result = responses(net, examples)
    still, by_hand = copied(net).eval(), []
    with torch.no_grad():
        x = still.stem.norm(still.stem.conv(examples.images))
        by_hand.append(x.std(correction=0))
        x = x.relu()
        for number in (1, 2, 3):
            block = still.get_submodule(f"stage{number}.block1")
            for conv, norm in ((block.conv1, block.norm1), (block.conv2, block.norm2)):
                x = norm(conv(x))
                by_hand.append(x.std(correction=0))
                x = x.relu()
    np.testing.assert_allclose(result.deviations, torch.stack(by_hand).numpy(), rtol=1e-5)
    assert result.after_bn and result.statistics == KEPT
    assert result.layers[:2] == ("stem.conv", "stage1.block1.conv1")
    assert result.stages == (0, 1, 1, 2, 2, 3, 3)
    assert result.ranked.tolist() == sorted(result.deviations.tolist(), reverse=True)


def test_a_residual_nets_response_is_read_before_the_addition(lived, examples):
    net = lived("resnet8-B-w4")
    result = responses(net, examples)
    still = copied(net).eval()
    with torch.no_grad():
        x = still.stage1(still.stem(examples.images))
        block = still.stage2.block1
        f = block.norm2(block.conv2(block.norm1(block.conv1(x)).relu()))
    at = result.layers.index("stage2.block1.conv2")
    assert result.deviations[at] == pytest.approx(f.std(correction=0).item(), rel=1e-5)
    assert all(".shortcut." not in layer for layer in result.layers)


@pytest.mark.parametrize(
    "name, count",
    [
        ("plain20-w4", 19),
        ("resnet20-A-w4", 19),
        ("resnet11-A-bottleneck-w4", 4),
        ("resnet20-C-w4-pre", 19),
    ],
)
def test_every_3x3_layer_of_the_main_branch_answers(name, count, lived, examples):
    assert len(responses(lived(name, steps=1), examples).deviations) == count


@pytest.mark.parametrize("name", ["resnet8-A-w4-nonorm", "resnet8-A-w4-pre"])
def test_without_a_bn_behind_it_a_layer_is_read_itself(name, lived, examples):
    net = lived(name)
    result = responses(net, examples)
    still = copied(net).eval()
    with torch.no_grad():
        wanted = still.stem.conv(examples.images).std(correction=0).item()
    assert not result.after_bn and result.deviations[0] == pytest.approx(wanted, rel=1e-5)
    assert result.statistics == (NO_BN if "nonorm" in name else KEPT)


def test_an_untrained_nets_bn_is_set_by_the_images_so_every_response_is_one(examples):
    result = responses(build(NetSpec.parse("resnet20-A-w8"), image_size=8), examples)
    assert result.statistics == TAKEN
    np.testing.assert_allclose(result.deviations, 1, atol=0.05)


def test_a_deviation_in_parts_is_that_of_the_whole():
    rng = torch.Generator().manual_seed(0)
    values = 1000 + torch.randn(100, 3, 2, 2, generator=rng)
    running = RunningDeviation()
    for part in values.split([1, 60, 39]):
        running.add(part)
    assert running.deviation == pytest.approx(values.double().std(correction=0).item(), rel=1e-6)
    assert np.isnan(RunningDeviation().deviation)


def test_the_deviation_of_a_constant_is_zero_and_of_large_numbers_is_large():
    for constant in torch.rand(20, generator=torch.Generator().manual_seed(1)).tolist():
        running = RunningDeviation()
        for count in (100, 50):
            running.add(torch.full((count, 1, 16, 16), constant))
        assert running.deviation == pytest.approx(0, abs=1e-6)
    running = RunningDeviation()
    running.add(1e20 * torch.randn(100, 1, 4, 4, generator=torch.Generator().manual_seed(2)))
    assert running.deviation == pytest.approx(1e20, rel=0.1)
