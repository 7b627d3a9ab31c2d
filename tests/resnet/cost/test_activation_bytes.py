"""Activation memory against nets small enough to add up by hand."""

import pytest

from resnet.cost import cost
from resnet.spec import NetSpec

# One channel on 4x4 images: maps of 1x4x4 = 16, 2x2x2 = 8 and 4x1x1 = 4 numbers.
STEM = 2 * 16  # convolution and BN; ReLU writes over its input
BRANCHES = 4 * 16 + 4 * 8 + 4 * 4  # two convolutions, two BNs a block
ADDITIONS = 16 + 8 + 4
HEAD = 4 + 2  # the pooled channels, two logits
OPTION_A = 8 + 4  # with its zeros, twice; every second pixel alone is a view
OPTION_B = 2 * 8 + 2 * 4  # convolution and BN where shapes change
OPTION_C = 2 * 16 + OPTION_B


@pytest.mark.parametrize(
    "name, numbers",
    [
        ("plain8", STEM + BRANCHES + HEAD),
        ("resnet8-A", STEM + BRANCHES + ADDITIONS + HEAD + OPTION_A),
        ("resnet8-B", STEM + BRANCHES + ADDITIONS + HEAD + OPTION_B),
        ("resnet8-C", STEM + BRANCHES + ADDITIONS + HEAD + OPTION_C),
        ("plain8-nonorm", STEM // 2 + BRANCHES // 2 + HEAD),
    ],
)
def test_activations_take_four_bytes_a_number(name, numbers):
    assert cost(NetSpec.parse(f"{name}-w1-c2"), image_size=4).activation_bytes == 4 * numbers


def test_an_activation_that_the_shortcut_must_not_see_takes_a_map_of_its_own():
    rows = cost(NetSpec.parse("resnet14-A-pre-nonorm-w1-c2"), image_size=4).layers
    written = {row.layer.name: row.activation_bytes for row in rows if row.layer.kind == "relu"}
    own = {name: size for name, size in written.items() if size}
    assert own == {
        "stage1.block2.activation1": 4 * 16,
        "stage2.block2.activation1": 4 * 8,
        "stage3.block2.activation1": 4 * 4,
    }


def test_activations_grow_with_the_square_of_the_image():
    spec = NetSpec.parse("resnet56-A")
    without_head = [
        cost(spec, image_size=side).activation_bytes - 4 * (64 + 10) for side in (32, 64)
    ]
    assert without_head[1] == 4 * without_head[0]
