"""The receptive field by hand, and by asking a built net which pixels its last map depends on."""

import pytest
import torch

from resnet.cost import cost
from resnet.model import build
from resnet.spec import NetSpec

BY_HAND = [
    ("plain8", 25),  # 3, +2+2 = 7, +2+4 = 13, +4+8 = 25
    ("resnet20-A", 81),  # 3, +6*2 = 15, +2+5*4 = 37, +4+5*8 = 81
    ("resnet56-A", 249),  # 3, +18*2 = 39, +2+17*4 = 109, +4+17*8 = 249
    ("resnet5-A-single", 11),  # 3, +2 = 5, +2 = 7, +4 = 11
    ("resnet11-A-bottleneck", 17),  # 3, +2 = 5, the 1x1 strides, so +4 = 9, +8 = 17
    ("resnet11-A-bottleneck-3x3", 11),  # 3, +2 = 5, the 3x3 strides, so +2 = 7, +4 = 11
    ("imagenet-resnet18-B", 435),  # 7, pool 11, +4*8 = 43, +8+3*16 = 99, 211, 435
    ("imagenet-resnet50-B", 483),  # 11, +3*8 = 35, +4*16 = 99, +6*32 = 291, +3*64 = 483
    ("imagenet-resnet50-B-3x3", 427),  # 35, +8+3*16 = 91, +16+5*32 = 267, +32+2*64 = 427
]


@pytest.mark.parametrize("name, side", BY_HAND)
def test_the_field_before_the_pooling_is_the_one_by_hand(name, side):
    assert cost(NetSpec.parse(name)).receptive_field == side


def test_the_field_grows_layer_by_layer_and_ends_at_the_pooling():
    rows = cost(NetSpec.parse("resnet8-B")).layers
    fields = {row.layer.name: row.receptive_field for row in rows}
    assert fields["stem.conv"] == 3
    assert [fields[f"stage1.block1.conv{n}"] for n in (1, 2)] == [5, 7]
    assert [fields[f"stage2.block1.conv{n}"] for n in (1, 2)] == [9, 13]
    assert fields["stage2.block1.shortcut.conv"] == 7  # a 1x1 sees what its input saw
    assert fields["stage2.block1.add"] == 13
    assert fields["head.pool"] is fields["head.fc"] is None


@pytest.mark.parametrize(
    "name",
    ["plain8", "resnet14-A", "resnet14-B", "resnet11-C-bottleneck", "resnet11-A-bottleneck-3x3"],
)
def test_the_field_is_the_square_of_pixels_that_one_value_depends_on(name):
    spec = NetSpec.parse(f"{name}-w1-nonorm")
    net = build(spec, image_size=128).double()
    for weight in net.parameters():
        torch.nn.init.ones_(weight)  # nothing cancels, so every pixel seen has a gradient
    x = torch.ones(1, 3, 128, 128, dtype=torch.double, requires_grad=True)
    maps = net.stage3(net.stage2(net.stage1(net.stem(x))))
    maps[0, 0, 16, 16].backward()
    seen = x.grad[0, 0].nonzero()
    side = cost(spec).receptive_field
    assert (seen.amax(0) - seen.amin(0) + 1).tolist() == [side, side]
