"""VGG-19, the paper's reference, against torchvision's network and torch's own counter."""

from itertools import pairwise

import torch
import torchvision.models
from torch.utils.flop_counter import FlopCounterMode

from resnet.cost.vgg import vgg19
from resnet.paper.tables import VGG19_MULTIPLY_ADDS


def theirs() -> torch.nn.Module:
    with torch.device("meta"):
        return torchvision.models.vgg19()


def test_the_counts_that_the_docstring_gives():
    total = vgg19()
    convolutions = [row for row in total.layers if row.layer.kind == "conv"]
    connected = [row for row in total.layers if row.layer.kind == "fc"]
    assert (len(convolutions), len(connected)) == (16, 3)
    assert all(row.layer.kernel == 3 and row.layer.bias for row in convolutions)
    assert sum(row.parameters for row in convolutions) == 20_024_384
    assert sum(row.parameters for row in connected) == 123_642_856
    assert total.parameters == 143_667_240
    assert round(sum(row.macs for row in convolutions) / 1e9, 3) == 19.508
    assert round(sum(row.macs for row in connected) / 1e9, 3) == 0.124
    assert round(total.macs / 1e9, 3) == 19.632
    assert round(total.macs / 1e9, 1) == VGG19_MULTIPLY_ADDS


def test_layer_by_layer_the_parameters_are_torchvisions():
    modules = [m for m in theirs().modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    expected = [sum(weight.numel() for weight in module.parameters()) for module in modules]
    assert [row.parameters for row in vgg19().layers if row.parameters] == expected


def test_torchs_counter_sees_two_flops_a_multiply_add():
    counter = FlopCounterMode(display=False)
    with counter:
        theirs()(torch.empty(1, 3, 224, 224, device="meta"))
    assert counter.get_total_flops() == 2 * vgg19().macs


def test_shapes_follow_on_each_other_and_pooling_halves_them():
    layers = [row.layer for row in vgg19().layers]
    assert all(a.out_shape == b.in_shape for a, b in pairwise(layers))
    pooled = [layer.out_shape for layer in layers if layer.kind == "max-pool"]
    assert pooled == [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]
    assert layers[-1].out_shape == (1000, 1, 1)


def test_one_value_of_the_last_map_sees_268_pixels():
    """Each 3x3 adds twice the distance between neighbours, each pooling adds it once."""
    fields = [row.receptive_field for row in vgg19().layers if row.layer.kind == "max-pool"]
    assert fields == [
        1 + 2 * 2 + 1,
        6 + 4 * 2 + 2,
        16 + 8 * 4 + 4,
        52 + 8 * 8 + 8,
        124 + 8 * 16 + 16,
    ]
    assert [row.receptive_field for row in vgg19().layers if row.layer.kind == "fc"] == [None] * 3
