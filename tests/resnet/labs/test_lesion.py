"""A net with a block off equals a net built by hand without it; orders and paths are counted."""

import math
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from resnet.labs.bench.copies import copied
from resnet.labs.bench.progress import LabError
from resnet.labs.lesion.experiment import kendall_tau, lesion, switched
from resnet.labs.lesion.switchboard import Switchboard
from resnet.labs.paths.experiment import Unravelled, path_counts, paths
from resnet.model import build
from resnet.model.folding import folded
from resnet.spec import NetSpec


def still(net):
    return copied(net).eval()


def built_without(net, stage, removed, name):
    """A net of one block less in a stage, its weights carried over one by one."""
    counts = list(net.plan.spec.blocks)
    counts[stage - 1] -= 1
    smaller = build(NetSpec.parse(f"{name}-stages{'.'.join(map(str, counts))}"), image_size=8)
    values = {}
    for key in smaller.state_dict():
        place, source = key.split("."), key
        if place[0] == f"stage{stage}":
            number = int(place[1].removeprefix("block"))
            source = ".".join([place[0], f"block{number + (number >= removed)}", *place[2:]])
        values[key] = net.state_dict()[source]
    smaller.load_state_dict(values)
    return smaller.eval()


@pytest.mark.parametrize(
    "name, smaller",
    [
        ("plain20-w4", "plain18-w4"),
        ("resnet20-A-w4", "resnet18-A-w4"),
        ("resnet20-B-w4-pre", "resnet18-B-w4-pre"),
    ],
)
@pytest.mark.parametrize("stage, removed", [(1, 2), (2, 3), (3, 2)])
def test_a_block_that_is_off_is_a_net_built_without_it(
    name, smaller, stage, removed, lived, examples
):
    net = still(lived(name))
    with torch.inference_mode():
        off = Switchboard(net).run(examples.images, off={f"stage{stage}.block{removed}"})
        by_hand = built_without(net, stage, removed, smaller)(examples.images)
        whole = net(examples.images)
    assert torch.equal(off, by_hand)
    assert not torch.equal(off, whole)


@pytest.mark.parametrize("option", ["A", "B"])
def test_of_a_block_that_changes_the_shape_the_shortcut_is_left(option, lived, examples):
    net = still(lived(f"resnet8-{option}-w4"))
    with torch.inference_mode():
        off = Switchboard(net).run(examples.images, off={"stage2.block1"})
        x = net.stage1(net.stem(examples.images))
        x = net.stage2.block1.shortcut(x).relu()
        by_hand = net.head(net.stage3(x))
    assert torch.equal(off, by_hand)


@pytest.mark.parametrize(
    "name", ["plain14-w4", "resnet14-C-w4", "resnet14-A-w4-pre", "resnet14-A-w4-tanh"]
)
def test_with_all_blocks_on_the_board_is_the_net(name, lived, examples):
    net = still(lived(name))
    with torch.inference_mode():
        assert torch.equal(Switchboard(net).run(examples.images), net(examples.images))


@pytest.mark.parametrize("name", ["plain20", "resnet20-A", "resnet20-B", "resnet14-A-pre"])
def test_a_quickened_board_answers_as_before(name, lived, examples):
    net = folded(still(lived(name, side=8)))
    slow = Switchboard(net)
    quick = Switchboard(net).quicken(torch.device("cpu"))
    off, groups = slow.removable[1::2], slow.swappable()
    order = list(slow.names)
    if groups:
        one, other = (order.index(block) for block in groups[0][:2])
        order[one], order[other] = order[other], order[one]
    with torch.inference_mode():
        for asked in ({}, {"off": off}, {"order": order}):
            wanted = slow.run(examples.images, **asked)
            near = 1e-4 * float(wanted.abs().max())
            torch.testing.assert_close(
                quick.run(examples.images, **asked), wanted, rtol=0, atol=near
            )


def test_blocks_may_change_places_within_a_stage_alone(lived, examples):
    net = still(lived("resnet20-A-w4"))
    switchboard = Switchboard(net)
    assert switchboard.swappable()[1] == ("stage2.block2", "stage2.block3")
    order = list(switchboard.names)
    order[1], order[2] = order[2], order[1]
    with torch.inference_mode():
        given = switchboard.run(examples.images, order=order)
        x = net.stage1.block1(net.stem(examples.images))
        x = net.stage1.block2(net.stage1.block3(x))
        wanted = net.head(net.stage3(net.stage2(x)))
    assert torch.equal(given, wanted)


@pytest.mark.parametrize("name", ["plain14-w4", "resnet14-A-w4", "resnet20-B-w4-pre"])
def test_the_labs_errors_are_those_of_the_board(name, lived, examples):
    net = lived(name, steps=30)
    result = lesion(net, examples, counts=(1, 2, 99), draws=2)
    switchboard = Switchboard(still(net))

    def error(off):
        with torch.inference_mode():
            said = switchboard.run(examples.images, off).argmax(1)
        return 100 * (said != examples.labels).float().mean().item()

    assert result.error == pytest.approx(error(()))
    for at, block in enumerate(result.blocks):
        if block in result.removable:
            assert result.single[at] == pytest.approx(error({block}))
            assert switched(net, examples, off=(block,)).error == pytest.approx(error({block}))
        else:
            assert math.isnan(result.single[at])
    assert result.deleted_counts == (1, 2) and result.deleted.shape == (2, 2)
    assert set(result.deleted[0].tolist()) <= set(result.single.tolist())
    assert result.swapped.shape == result.order_kept.shape == (3, 2)


def test_a_plain_block_that_changes_the_shape_cannot_be_off(lived, examples):
    net = lived("plain14-w4", steps=1)
    assert set(Switchboard(net).names) - set(Switchboard(net).removable) == {
        "stage2.block1",
        "stage3.block1",
    }
    with pytest.raises(LabError, match=r"stage2.block1 cannot be taken out of plain-14, width 4"):
        switched(net, examples, off=("stage2.block1",))
    with pytest.raises(
        LabError, match=r"has no block 'stage1.blok2'; did you mean 'stage1.block2'"
    ):
        switched(net, examples, off=("stage1.blok2",))


def test_one_swap_turns_round_one_pair_or_more():
    assert kendall_tau([0, 1, 2, 3]) == 1
    assert kendall_tau([3, 2, 1, 0]) == -1
    assert kendall_tau([0, 2, 1, 3]) == pytest.approx(1 - 2 / 6)


@pytest.mark.parametrize("blocks", [1, 3, 9, 27, 54])
def test_paths_are_counted_by_pascals_triangle(blocks):
    row = [1]
    for _ in range(blocks):
        row = [one + other for one, other in zip([0, *row], [*row, 0], strict=True)]
    assert list(path_counts(blocks)) == row
    assert sum(path_counts(blocks)) == 2**blocks


@pytest.mark.parametrize(
    "name",
    [
        "resnet8-A-w4",
        "resnet14-B-w4",
        "resnet8-C-w4-pre",
        "resnet14-A-w4-nonorm",
        "resnet8-A-w4-tanh",
    ],
)
def test_the_gradients_of_all_paths_add_up_to_the_nets(name, lived, examples):
    net, shown = still(lived(name)).double(), examples.first(5)
    shown = type(shown)(shown.images.double(), shown.labels)
    images = shown.images.clone().requires_grad_()
    F.cross_entropy(net(images), shown.labels, reduction="sum").backward()
    unravelled = Unravelled(net, shown)
    blocks = len(net.plan.blocks)
    every = [
        unravelled.gradient(frozenset(path))
        for length in range(blocks + 1)
        for path in combinations(range(blocks), length)
    ]
    assert len(every) == 2**blocks
    torch.testing.assert_close(torch.stack(every).sum(0), images.grad)


def test_path_0_is_the_net_with_only_its_shortcuts_to_go_back_by(lived, examples):
    net, shown = still(lived("resnet8-A-w4")), examples.first(3)
    shortest = Unravelled(net, shown).gradient(frozenset())

    class OneWay(nn.Module):  # the forward pass of the whole block, the backward of its shortcut
        def __init__(self, block):
            super().__init__()
            self.block = block

        def forward(self, x):
            passed = self.block.shortcut(x)
            f = self.block.norm2(self.block.conv2(self.block.norm1(self.block.conv1(x)).relu()))
            return (f.detach() + passed).relu()

    images = shown.images.clone().requires_grad_()
    x = net.stem(images)
    for block in net.plan.blocks:
        x = OneWay(net.get_submodule(block.name))(x)
    F.cross_entropy(net.head(x), shown.labels, reduction="sum").backward()
    torch.testing.assert_close(shortest, images.grad)


def test_shares_of_paths_and_gradient_each_sum_to_one(lived, examples):
    result = paths(lived("resnet14-A-w4"), examples, images=6, samples=3)
    assert result.lengths == 7
    np.testing.assert_allclose(result.paths, np.array([1, 6, 15, 20, 15, 6, 1]) / 64)
    assert result.carried.sum() == pytest.approx(1)
    low, high = result.effective
    assert 0 <= low <= high <= 6
    assert result.carried[low : high + 1].sum() >= 0.9


def test_a_plain_net_has_one_path(lived, examples):
    with pytest.raises(LabError, match="has no shortcuts, so all its signal goes one way"):
        paths(lived("plain8-w4", steps=1), examples)
