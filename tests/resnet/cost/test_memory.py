"""Memory on paper: against nets worked by hand, and against what torch's autograd keeps."""

import pytest
import torch
from torch.autograd.graph import saved_tensors_hooks

from resnet.cost import cost
from resnet.cost.memory import (
    inference_memory,
    kept_bytes,
    kept_for_backward,
    live_numbers,
    training_memory,
)
from resnet.cost.roofline import MACHINES, Machine, backward_work, forward_work, step_bound
from resnet.model import build
from resnet.spec import NetSpec

# One channel on 4x4 images: maps of 1x4x4 = 16, 2x2x2 = 8 and 4x1x1 = 4 numbers.
IMAGE = 3 * 16
STEM = 2 * 16  # convolution's output, for BN; ReLU's output, for what comes next
BLOCKS = 4 * 16 + 4 * 8 + 4 * 4  # both convolutions' outputs, both ReLUs' outputs
POOLED = 4
TWO_PROJECTIONS = 8 + 4  # their outputs, for BN; their inputs are kept already
CHANNELS = 1 + 2 * (1 + 2 + 4)  # of all BNs


@pytest.mark.parametrize(
    ("name", "numbers", "channels"),
    [
        ("plain8", IMAGE + STEM + BLOCKS + POOLED, CHANNELS),
        ("resnet8-A", IMAGE + STEM + BLOCKS + POOLED, CHANNELS),
        ("resnet8-B", IMAGE + STEM + BLOCKS + POOLED + TWO_PROJECTIONS, CHANNELS + 6),
        ("resnet8-C", IMAGE + STEM + BLOCKS + POOLED + TWO_PROJECTIONS + 16, CHANNELS + 7),
        ("plain8-nonorm", IMAGE + (STEM + BLOCKS) // 2 + POOLED, 0),
    ],
)
def test_what_the_backward_pass_reads_again(name, numbers, channels):
    kept = kept_for_backward(NetSpec.parse(f"{name}-w1-c2"), image_size=4)
    assert (kept.numbers, kept.indices, kept.statistics) == (numbers, 0, 2 * channels)


NETS = (
    ("plain8-w4", 8),
    ("resnet8-A-w4", 8),
    ("resnet8-B-w4", 8),
    ("resnet14-C-w4", 8),
    ("resnet14-B-w4-pre", 8),
    ("resnet14-A-w4-pre-nonorm", 8),
    ("resnet14-C-w4-pre-nonorm-tanh", 8),
    ("resnet20-A-w4-bottleneck", 8),
    ("resnet8-A-w4-single", 8),
    ("resnet8-C-w4-single-pre", 8),
    ("imagenet-resnet18-B-w4", 32),
    ("imagenet-resnet50-A-w4-3x3-sigmoid", 32),
)


def kept_by_torch(spec: NetSpec, batch: int, size: int, mixed: bool) -> int:
    """Bytes of the storages that autograd saves, each once; parameters and buffers apart."""
    net = build(spec, image_size=size).train()
    own = {each.untyped_storage().data_ptr() for each in (*net.parameters(), *net.buffers())}
    saved = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            saved[storage.data_ptr()] = storage
        return tensor

    images = torch.zeros(batch, 3, size, size)
    with (
        saved_tensors_hooks(pack, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16, enabled=mixed),
    ):
        logits = net(images)
    assert logits.requires_grad
    return sum(storage.nbytes() for storage in saved.values())


@pytest.mark.parametrize(("name", "size"), NETS)
def test_autograd_keeps_exactly_that(name, size):
    spec = NetSpec.parse(name)
    assert kept_by_torch(spec, 3, size, mixed=False) == kept_bytes(spec, 3, "fp32", size)


@pytest.mark.parametrize(("name", "size"), NETS)
def test_mixed_precision_keeps_working_copies_of_the_weights_too(name, size):
    spec = NetSpec.parse(name)
    parts = {part.name: part.bytes for part in training_memory(spec, 3, "bf16", size)}
    expected = (
        parts["Activations kept for the backward pass"] + parts["Working copies of the weights"]
    )
    assert kept_by_torch(spec, 3, size, mixed=True) == expected


def test_the_bill_of_a_training_step():
    parts = {part.name: part.bytes for part in training_memory(NetSpec.parse("resnet20-A"), 128)}
    assert parts["Weights"] == parts["Gradients"] == parts["Momentum"] == 4 * 269_722
    assert parts["BN's running mean and variance"] == 4 * 2 * (7 * 16 + 6 * 32 + 6 * 64)
    one, two = (kept_bytes(NetSpec(), batch) for batch in (1, 2))
    statistics = 2 * one - two
    assert parts["Activations kept for the backward pass"] == 128 * (one - statistics) + statistics


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("plain8-w1", IMAGE + 16),  # the image and the first map
        ("plain8-w8", 2 * 8 * 16),  # a map and the next
        ("resnet8-A-w8", 3 * 8 * 16),  # and the shortcut's beside them
    ],
)
def test_maps_alive_at_once(name, numbers):
    assert live_numbers(NetSpec.parse(name), image_size=4) == numbers


def test_inference_holds_weights_and_live_maps():
    weights, maps = inference_memory(NetSpec.parse("imagenet-resnet50-B"), 2, "bf16")
    assert weights.bytes == 2 * (25_557_032 + 53_120)  # 26,560 BN channels, mean and variance
    # stage 1: the block's input, BN's input and output, of 256 channels on 56x56
    assert maps.bytes == 2 * 2 * 3 * 256 * 56 * 56


ROUND = Machine("round figures", fp32=2e-3, bf16=2e-3, gigabytes=1, source="a test")
# 10^9 MACs a second, 10^9 bytes a second: one MAC a byte


def test_bytes_moved_and_intensity_by_hand():
    rows = {r.layer.name: r for r in forward_work(NetSpec.parse("resnet8-A-w1-c2"), 2, "fp32", 4)}
    first = rows["stem.conv"]
    assert first.macs == 2 * 9 * 3 * 16
    assert first.bytes == 4 * (2 * (3 * 16 + 16) + 9 * 3)
    assert first.intensity == first.macs / first.bytes
    assert rows["stem.norm"].bytes == 4 * (2 * (16 + 16) + 2)
    assert rows["stem.activation"].bytes == 4 * 2 * (16 + 16)
    assert rows["stage1.block1.add"].bytes == 4 * 2 * (16 + 16 + 16)
    assert rows["stage1.block1.shortcut.identity"].bytes == 0
    assert rows["stage2.block1.shortcut.subsample"].bytes == 0
    assert rows["stage2.block1.shortcut.zero_pad"].bytes == 4 * 2 * (4 + 8)
    assert rows["head.fc"].bytes == 4 * (2 * (4 + 2) + 4 * 2 + 2)


def test_a_layer_takes_the_longer_of_its_two_times():
    rows = forward_work(NetSpec.parse("resnet8-A-w1-c2"), 2, "fp32", 4)
    for row in (row for row in rows if row.bytes):
        assert row.seconds(ROUND, "fp32") == max(row.macs, row.bytes) / 1e9
        assert row.bound_by_memory(ROUND, "fp32") == (row.macs < row.bytes)


def test_backward_a_convolution_works_twice_and_the_first_once():
    spec = NetSpec.parse("resnet20-A")
    forward, backward = cost(spec).macs, sum(row.macs for row in backward_work(spec, 1, "fp32"))
    assert backward == 2 * forward - cost(spec).layers[0].macs


def test_a_bound_is_at_least_all_arithmetic_and_at_least_all_traffic():
    spec, batch = NetSpec.parse("imagenet-resnet50-B"), 32
    for machine in MACHINES:
        for precision in ("fp32", "bf16"):
            bound = step_bound(spec, batch, precision, machine)
            rows = forward_work(spec, batch, precision)
            arithmetic = batch * cost(spec).macs / machine.macs_per_second(precision)
            traffic = sum(row.bytes for row in rows) / machine.bytes_per_second
            assert max(arithmetic, traffic) <= bound.forward <= arithmetic + traffic
            assert bound.step == bound.forward + bound.backward + bound.update
            assert 0 <= bound.memory_share <= 1


def test_layers_without_multiply_adds_are_bound_by_memory_everywhere():
    for machine in MACHINES:
        for row in forward_work(NetSpec.parse("resnet56-A"), 128, "bf16"):
            assert row.macs or row.bound_by_memory(machine, "bf16")


def test_larger_batches_have_more_arithmetic_a_byte():
    """Weights are read once a batch: the fully connected layer gains the most."""
    spec = NetSpec.parse("imagenet-resnet50-B")
    small, large = (forward_work(spec, batch, "fp32")[-1].intensity for batch in (1, 128))
    assert small < 0.26 < 20 < large
