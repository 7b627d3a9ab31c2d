"""Norms of gradients and weights, layer by layer, against norms taken by hand."""

import pytest
import torch
from torch.nn import functional as F

from resnet.model import build
from resnet.model.probe import GradientProbe
from resnet.plan import plan
from resnet.spec import NetSpec


@pytest.mark.parametrize(
    "name", ["plain8-w4", "resnet8-B-w4", "resnet8-C-w4-pre", "resnet8-A-nonorm"]
)
def test_norms_are_those_of_each_layers_weight_gradient(name):
    spec = NetSpec.parse(name)
    net, laid_out = build(spec), plan(spec)
    probe = GradientProbe(net, laid_out)
    F.cross_entropy(net(torch.randn(4, 3, 32, 32)), torch.tensor([0, 1, 2, 3])).backward()
    by_hand = [
        net.get_submodule(layer).weight.grad.double().square().sum().sqrt() for layer in probe.names
    ]
    gradients, weights = probe.norms()
    assert gradients.dtype == weights.dtype == torch.float32
    torch.testing.assert_close(gradients, torch.stack(by_hand).float())
    assert (gradients > 0).all()
    by_hand = [net.get_submodule(layer).weight.double().square().sum() for layer in probe.names]
    torch.testing.assert_close(weights, torch.stack(by_hand).sqrt().float())


def test_norms_before_the_first_backward_pass_are_refused():
    spec = NetSpec.parse("plain8-w4")
    with pytest.raises(RuntimeError, match="there are no gradients yet; take a step first"):
        GradientProbe(build(spec), plan(spec)).norms()


def test_norms_are_of_the_last_backward_pass_alone():
    spec = NetSpec.parse("plain8-w4")
    net = build(spec)
    probe = GradientProbe(net, plan(spec))
    x, labels = torch.randn(4, 3, 32, 32), torch.tensor([0, 1, 2, 3])
    taken = []
    for _ in range(2):
        net.zero_grad(set_to_none=True)
        F.cross_entropy(net(x), labels).backward()
        taken.append(probe.norms())
    torch.testing.assert_close(*taken)


def test_names_follow_the_plan_projections_and_the_head_included():
    spec = NetSpec.parse("resnet8-B-w4")
    assert GradientProbe(build(spec), plan(spec)).names == (
        "stem.conv",
        "stage1.block1.conv1",
        "stage1.block1.conv2",
        "stage2.block1.conv1",
        "stage2.block1.conv2",
        "stage2.block1.shortcut.conv",
        "stage3.block1.conv1",
        "stage3.block1.conv2",
        "stage3.block1.shortcut.conv",
        "head.fc",
    )
