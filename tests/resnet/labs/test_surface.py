"""The surface's centre is the evaluated loss, its directions have the filters' norms, its grid is
complete and refined in place."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from resnet.labs.bench.copies import copied
from resnet.labs.bench.evaluate import loss_and_error
from resnet.labs.bench.progress import LabError
from resnet.labs.surface.experiment import Plane, coarse_to_fine, filter_normalised, surface
from resnet.model.folding import folded


def evaluated(net, examples):
    """Loss and error of the net as it is, nothing folded."""
    still = copied(net).eval()
    with torch.no_grad():
        logits = still(examples.images)
    wrong = (logits.argmax(1) != examples.labels).float().mean().item()
    return F.cross_entropy(logits, examples.labels).item(), 100 * wrong


@pytest.mark.parametrize(
    "name", ["plain8-w4", "resnet8-B-w4", "resnet8-A-w4-pre", "plain8-w4-nonorm"]
)
def test_the_centre_is_the_evaluated_loss(name, lived, examples):
    net = lived(name, steps=12)
    result = surface(net, examples, side=5)
    loss, error = evaluated(net, examples)
    assert result.steps.tolist() == [-1, -0.5, 0, 0.5, 1]
    assert result.loss[2, 2] == pytest.approx(loss, rel=1e-5)
    assert result.error[2, 2] == pytest.approx(error)
    assert result.done == 1 and np.isfinite(result.error).all()


@pytest.mark.parametrize("name", ["plain8-w4", "resnet8-A-w4-pre", "resnet8-C-w4-nonorm"])
def test_another_point_is_the_loss_of_a_net_moved_there_by_hand(name, lived, examples):
    net = lived(name)
    result = surface(net, examples, side=5, reach=0.4, seed=2)
    plane = Plane(folded(copied(net).eval()), seed=2)
    loss, error = loss_and_error(plane.at(0.4, -0.2), examples)
    assert result.loss[1, 4] == pytest.approx(loss, rel=1e-5)
    assert result.error[1, 4] == pytest.approx(error)
    assert result.loss[1, 4] != pytest.approx(result.loss[2, 2], rel=1e-3)


def test_moving_a_folded_net_is_moving_the_net_and_folding_it(lived, examples):
    """The same noise, a filter's sign aside: BN's scale multiplies a filter and its norm alike."""
    net = copied(lived("plain8-w4")).eval()
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.abs_()  # so that no filter is turned round
    short = folded(net)
    Plane(short, seed=1).at(0.3, 0.1)
    Plane(net, seed=1).at(0.3, 0.1)
    with torch.no_grad():
        torch.testing.assert_close(
            short(examples.images), net(examples.images), atol=1e-4, rtol=1e-3
        )


def test_every_filter_of_a_direction_has_the_norm_of_the_nets_filter():
    rng = torch.Generator().manual_seed(0)
    for shape in ((8, 4, 3, 3), (10, 16)):
        weight = torch.randn(shape, generator=rng) * torch.rand(shape[0], *[1] * (len(shape) - 1))
        weight[0] = 0
        direction = filter_normalised(torch.randn(shape, generator=rng), weight)
        wanted = weight.flatten(1).norm(dim=1)
        torch.testing.assert_close(direction.flatten(1).norm(dim=1), wanted)
        assert not direction[0].any()


def test_scaling_a_layer_and_undoing_it_in_its_bn_leaves_the_surface_as_it_was(lived, examples):
    net = lived("plain8-w4")
    scaled = copied(net)
    with torch.no_grad():
        for number, name in enumerate(("stage1.block1", "stage2.block1")):
            factor = 2.0 ** (3 - 4 * number)
            block = scaled.get_submodule(name)
            block.conv1.weight.mul_(factor)
            block.norm1.running_mean.mul_(factor)
            block.norm1.running_var.mul_(factor**2).add_((factor**2 - 1) * block.norm1.eps)
    one, other = (surface(each, examples, side=5, seed=1) for each in (net, scaled))
    np.testing.assert_allclose(one.loss, other.loss, rtol=1e-2)


def test_bn_and_biases_stay_where_they_are(lived):
    net = copied(lived("resnet8-A-w4-pre")).eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    Plane(net, seed=0).at(0.5, 0.5)
    for name, value in net.state_dict().items():
        moves = name.endswith("weight") and value.dim() > 1
        assert torch.equal(value, before[name]) != moves, name


@pytest.mark.parametrize("side", [5, 9, 17, 33])
def test_points_come_coarse_to_fine_the_centre_first_and_each_once(side):
    points = list(coarse_to_fine(side))
    assert points[0] == (side // 2, side // 2)
    assert len(points) == len(set(points)) == side * side
    coarsest = (side - 1) // 4
    assert all(row % coarsest == column % coarsest == 0 for row, column in points[:25])


def test_a_known_surface_is_refined_and_not_computed_again(lived, examples):
    net, seen = lived("resnet8-A-w4"), []
    coarse = surface(net, examples, side=5)
    fine = surface(
        net, examples, side=9, known=coarse, progress=lambda share, words: seen.append(words)
    )
    assert fine.loss[::2, ::2].tolist() == coarse.loss.tolist()
    assert "point 56 of 56" in seen
    assert fine.to_json() == surface(net, examples, side=9).to_json()


def test_what_cannot_be_refined_is_refused(lived, examples):
    net = lived("resnet8-A-w4", steps=1)
    coarse = surface(net, examples, side=5)
    with pytest.raises(LabError, match="side of 6 points cannot be refined; choose 5, 9"):
        surface(net, examples, side=6)
    with pytest.raises(LabError, match="has seed 0, this one has 1"):
        surface(net, examples, side=9, known=coarse, seed=1)
    with pytest.raises(LabError, match="has 9 points a side already"):
        surface(net, examples, side=5, known=surface(net, examples, side=9))
