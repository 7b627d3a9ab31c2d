"""torchinfo as a cross-check: what it counts beyond the paper's multiply-adds is known exactly."""

import pytest
import torch
import torchinfo

from resnet.cost import cost
from resnet.model import build
from resnet.spec import NetSpec
from resnet.spec.net import IMAGE_SIZE

NAMES = [
    *("plain20", "resnet56-A", "resnet20-C", "resnet20-B-nonorm", "imagenet-resnet50-B"),
    *("plain20-single", "resnet20-A-single", "resnet56-B-single", "resnet20-C-single-pre-nonorm"),
]


def not_in_the_paper(layer) -> int:
    """torchinfo's multiply-adds for BN's two numbers a channel, and for biases at every pixel."""
    channels, height, width = layer.out_shape
    if layer.kind == "norm":
        return 2 * channels
    return channels * height * width if layer.bias else 0


@pytest.mark.parametrize("name", NAMES)
def test_torchinfo_adds_biases_and_bn_to_our_macs_and_nothing_else(name):
    spec = NetSpec.parse(name)
    side = IMAGE_SIZE[spec.family]
    seen = torchinfo.summary(
        build(spec, device="meta"),
        input_data=torch.empty(1, 3, side, side, device="meta"),
        device="meta",
        verbose=0,
    )
    ours = cost(spec)
    assert seen.total_params == ours.parameters
    beyond = sum(not_in_the_paper(row.layer) for row in ours.layers)
    assert seen.total_mult_adds == ours.macs + beyond
