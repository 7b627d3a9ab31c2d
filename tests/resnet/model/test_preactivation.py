"""Pre-activation as in He et al. 2016 (arXiv 1603.05027), Figure 1b and the appendix."""

import pytest
import torch

from resnet.model import build
from resnet.plan import plan
from resnet.spec import NetSpec

SPEC = NetSpec(depth=14, shortcut="B", order="pre")


def inside(part) -> list[str]:
    return [layer.name.rsplit(".", 1)[1] for layer in part]


def lived(spec: NetSpec) -> torch.nn.Module:
    """A net in evaluation mode, its BN means and variances taken from random images."""
    net = build(spec)
    net.train()(torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(0)))
    return net.eval()


def maps(channels: int) -> torch.Tensor:
    return torch.randn(2, channels, 8, 8, generator=torch.Generator().manual_seed(channels))


@pytest.mark.parametrize("option", ["A", "B", "C"])
def test_the_first_activation_is_shared_in_the_first_block_and_where_shapes_change(option):
    blocks = plan(NetSpec(depth=20, shortcut=option, order="pre")).blocks
    shared = {block.name for block in blocks if inside(block.before) == ["norm1", "activation1"]}
    assert shared == {"stage1.block1", "stage2.block1", "stage3.block1"}
    assert all(block.before == () for block in blocks if block.name not in shared)


def test_nothing_follows_the_addition():
    for block in plan(SPEC).blocks:
        assert block.after == ()
        assert block.layers[-1].kind == "add"


def test_the_stem_is_a_bare_convolution_and_the_head_begins_with_bn_and_relu():
    laid_out = plan(SPEC)
    assert [layer.kind for layer in laid_out.stem] == ["conv"]
    assert [layer.kind for layer in laid_out.head] == ["norm", "relu", "average-pool", "fc"]


def test_projections_have_no_bn_of_their_own():
    assert [layer.kind for layer in plan(SPEC).blocks[2].shortcut] == ["conv"]


def test_a_block_adds_f_to_an_untouched_input():
    block = lived(SPEC).stage1.block2
    x = maps(16)
    f = block.conv1(torch.relu(block.norm1(x)))
    f = block.conv2(torch.relu(block.norm2(f)))
    assert torch.equal(block(x), f + x)


@pytest.mark.parametrize("stage", ["stage1", "stage2"])
def test_both_branches_start_from_the_shared_activation(stage):
    block = lived(SPEC).get_submodule(f"{stage}.block1")
    x = maps(16)
    shared = torch.relu(block.norm1(x))
    f = block.conv2(torch.relu(block.norm2(block.conv1(shared))))
    assert torch.equal(block(x.clone()), f + block.shortcut(shared))


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("option", ["A", "C"])
def test_without_bn_too_the_shortcut_reads_the_input_before_its_activation(option, activation):
    spec = NetSpec(depth=14, shortcut=option, order="pre", norm="none", activation=activation)
    block, act = build(spec).stage1.block2, getattr(torch, activation)
    x = maps(16)
    f = block.conv2(act(block.conv1(act(x))))
    assert torch.equal(block(x.clone()), f + block.shortcut(x))


def test_a_bottleneck_is_activated_before_each_of_its_convolutions():
    block = plan(NetSpec(depth=20, block="bottleneck", order="pre")).blocks[1]
    assert [layer.kind for layer in block.main] == 3 * ["norm", "relu", "conv"]


def test_a_plain_block_shares_nothing():
    blocks = plan(NetSpec(depth=14, shortcut="none", order="pre")).blocks
    assert all(block.before == () and block.add is None for block in blocks)
