"""A shortcut over one layer, y = W1 x + x (He et al. 2015, Section 3.2)."""

from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F

from resnet.cost import cost
from resnet.model import build
from resnet.paper.tables import what_the_paper_prints
from resnet.plan import plan
from resnet.spec import NetSpec

STAGES = ((16, 16), (16, 32), (32, 64))  # channels in and out of a first block


def net(name: str) -> NetSpec:
    return NetSpec.parse(name)


@pytest.mark.parametrize("depth", [5, 20, 32, 44, 56, 110, 1202])
@pytest.mark.parametrize("shortcut", ["none", "A", "B"])
def test_it_costs_what_basic_blocks_of_the_same_layers_cost(depth, shortcut):
    """A and B differ from plain where shapes change alone, and that happens twice in either."""
    single = cost(NetSpec(depth=depth, block="single", shortcut=shortcut))
    if depth == 5:  # three layers are no whole basic blocks
        assert single.parameters == 432 + 32 + sum(9 * i * o + 2 * o for i, o in STAGES) + 650 + (
            sum(i * o + 2 * o for i, o in STAGES[1:]) if shortcut == "B" else 0
        )
        return
    basic = cost(NetSpec(depth=depth, block="basic", shortcut=shortcut))
    assert (single.parameters, single.macs) == (basic.parameters, basic.macs)


@pytest.mark.parametrize("n", [1, 2, 6, 18, 36])
def test_option_c_has_a_projection_around_every_layer(n):
    weights = macs = 0
    for (first, channels), side in zip(STAGES, (32, 16, 8), strict=True):
        for width in (first, *[channels] * (n - 1)):
            weights += width * channels + 2 * channels  # and BN
            macs += width * channels * side**2
    plain, c = (cost(NetSpec(depth=3 * n + 2, block="single", shortcut=s)) for s in ("none", "C"))
    assert (c.parameters - plain.parameters, c.macs - plain.macs) == (weights, macs)


def test_the_plain_net_is_that_of_basic_blocks_layer_by_layer():
    def rows(name):
        layers = [layer for layer in plan(net(name)).layers if layer.block is not None]
        return [(layer.kind, layer.in_shape, layer.out_shape, layer.stride) for layer in layers]

    assert rows("plain20-single") == rows("plain20")
    single, basic = build(net("plain20-single"), seed=3), build(net("plain20"), seed=3)
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(single.eval()(images), basic.eval()(images))


def test_every_second_addition_lies_where_a_basic_block_has_none():
    layers = plan(net("resnet20-A-single")).layers
    convs = [at for at, layer in enumerate(layers) if layer.kind == "conv"][1:]
    assert [layer.kind for layer in layers].count("add") == 18 == len(convs)
    for at, following in pairwise([*convs, len(layers)]):
        assert [layer.kind for layer in layers[at:following]].count("add") == 1


def test_a_block_adds_its_input_to_its_one_convolution():
    block = build(net("resnet5-A-single"), seed=1).stage1.block1.eval()
    x = torch.randn(2, 16, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = F.relu(block.norm1(F.conv2d(x, block.conv1.weight, padding=1)) + x)
        assert torch.equal(block(x), expected)


def test_where_the_shape_changes_option_a_adds_every_second_pixel_and_zeros():
    block = build(net("resnet5-A-single"), seed=1).stage2.block1.eval()
    x = torch.randn(2, 16, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        y = block.norm1(F.conv2d(x, block.conv1.weight, stride=2, padding=1))
        y[:, :16] += x[:, :, ::2, ::2]
        assert torch.allclose(block(x), F.relu(y))


def test_no_published_figure_is_claimed_for_it():
    assert what_the_paper_prints(net("resnet20-A")) != ()
    assert what_the_paper_prints(net("resnet20-A-single")) == ()
    assert what_the_paper_prints(net("plain20-single")) == ()
