"""Shortcuts value by value, and the residual block by hand (Sections 3.2 and 4.1)."""

import pytest
import torch

from resnet.model import build
from resnet.spec import NetSpec


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def kinds(module: torch.nn.Module) -> list[str]:
    return [type(each).__name__ for each in module.children()]


def test_option_a_takes_every_second_pixel_and_appends_channels_of_zeros():
    x = draw(2, 16, 32, 32)
    y = build(NetSpec(depth=8, shortcut="A")).stage2.block1.shortcut(x)
    assert y.shape == (2, 32, 16, 16)
    assert torch.equal(y[:, :16], x[:, :, ::2, ::2])
    assert y[:, 16:].abs().sum() == 0


def test_option_a_of_a_bottleneck_only_appends_zeros_where_the_map_keeps_its_size():
    x = draw(1, 16, 32, 32)
    y = build(NetSpec(depth=11, block="bottleneck")).stage1.block1.shortcut(x)
    assert torch.equal(y, torch.cat((x, torch.zeros(1, 48, 32, 32)), dim=1))


def test_option_a_reads_maps_of_odd_size_as_a_strided_convolution_does():
    net = build(NetSpec(depth=8, shortcut="A"), image_size=7)
    x = draw(1, 16, 7, 7)
    assert net.stage2.block1.shortcut(x).shape == net.stage2.block1.conv1(x).shape == (1, 32, 4, 4)


@pytest.mark.parametrize("option", ["A", "B"])
def test_options_a_and_b_leave_the_input_as_it_is_where_shapes_stay(option):
    x = draw(1, 16, 8, 8)
    shortcut = build(NetSpec(depth=14, shortcut=option)).stage1.block2.shortcut
    assert shortcut(x) is x


@pytest.mark.parametrize(
    "option, same, changes",
    [
        ("A", ["Identity"], ["Subsample", "ZeroPad"]),
        ("B", ["Identity"], ["Conv2d", "BatchNorm2d"]),
        ("C", ["Conv2d", "BatchNorm2d"], ["Conv2d", "BatchNorm2d"]),
    ],
)
def test_shortcuts_are_made_of_what_section_4_1_says(option, same, changes):
    net = build(NetSpec(depth=14, shortcut=option), device="meta")
    assert kinds(net.stage1.block1.shortcut) == kinds(net.stage2.block2.shortcut) == same
    assert kinds(net.stage2.block1.shortcut) == kinds(net.stage3.block1.shortcut) == changes


def test_projections_are_1x1_convolutions_of_stride_2_without_bias():
    conv = build(NetSpec(depth=8, shortcut="B"), device="meta").stage3.block1.shortcut.conv
    assert (conv.kernel_size, conv.stride, conv.padding) == ((1, 1), (2, 2), (0, 0))
    assert conv.bias is None


def test_a_plain_net_has_no_shortcut():
    net = build(NetSpec(depth=14, shortcut="none"), device="meta")
    assert not [name for name, _ in net.named_modules() if "shortcut" in name]


@pytest.mark.parametrize("option", ["A", "B", "C"])
@pytest.mark.parametrize("stage, channels", [("stage1", 16), ("stage2", 16)])
def test_a_residual_block_is_relu_of_f_of_x_plus_its_shortcut(option, stage, channels):
    block = build(NetSpec(depth=8, shortcut=option)).get_submodule(f"{stage}.block1")
    x = draw(4, channels, 8, 8)
    f = torch.relu(block.norm1(block.conv1(x)))
    f = block.norm2(block.conv2(f))
    assert torch.equal(block(x), torch.relu(f + block.shortcut(x)))


def test_a_plain_block_is_relu_of_f_of_x():
    block = build(NetSpec(depth=8, shortcut="none")).stage1.block1
    x = draw(4, 16, 8, 8)
    f = torch.relu(block.norm1(block.conv1(x)))
    assert torch.equal(block(x), torch.relu(block.norm2(block.conv2(f))))


def test_a_bottleneck_has_two_activations_inside_and_one_after_the_addition():
    block = build(NetSpec(depth=11, block="bottleneck", shortcut="B")).stage2.block1
    x = draw(4, 64, 8, 8)
    f = torch.relu(block.norm1(block.conv1(x)))
    f = torch.relu(block.norm2(block.conv2(f)))
    f = block.norm3(block.conv3(f))
    assert torch.equal(block(x), torch.relu(f + block.shortcut(x)))


@pytest.mark.parametrize("stride_on, strides", [("1x1", [2, 1, 1]), ("3x3", [1, 2, 1])])
def test_a_bottleneck_strides_where_it_is_told(stride_on, strides):
    spec = NetSpec("imagenet", 50, stride_on=stride_on)
    block = build(spec, device="meta").stage2.block1
    assert [conv.stride[0] for conv in (block.conv1, block.conv2, block.conv3)] == strides
    assert [conv.kernel_size[0] for conv in (block.conv1, block.conv2, block.conv3)] == [1, 3, 1]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_a_block_without_bn_is_its_two_convolutions_and_the_activation(activation):
    spec = NetSpec(depth=8, norm="none", activation=activation)
    block, act = build(spec).stage1.block1, getattr(torch, activation)
    x = draw(2, 16, 8, 8)
    assert torch.equal(block(x), act(block.conv2(act(block.conv1(x))) + x))
