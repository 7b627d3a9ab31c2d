"""Option B of the ImageNet family is torchvision's network: same weights in, same logits out."""

import pytest
import torch
import torchvision.models

from resnet.cost import cost
from resnet.model import build
from resnet.spec import NetSpec


def ours(depth: int) -> NetSpec:
    stride_on = "1x1" if depth < 50 else "3x3"  # a basic block has no choice
    return NetSpec("imagenet", depth, shortcut="B", stride_on=stride_on)


def theirs(depth: int) -> torch.nn.Module:
    with torch.device("meta"):
        return getattr(torchvision.models, f"resnet{depth}")()


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_torchvisions_net_has_as_many_parameters(depth):
    count = sum(weight.numel() for weight in theirs(depth).parameters())
    assert count == cost(ours(depth)).parameters


@pytest.mark.parametrize("depth", [18, 34, 50])
def test_torchvisions_net_with_our_weights_gives_our_logits(depth):
    net, twin = build(ours(depth)), theirs(depth)
    live_a_little(net)
    state = dict(zip(twin.state_dict(), net.state_dict().values(), strict=True))
    twin.load_state_dict(state, assign=True)  # strict: every shape must fit
    x = images(2)
    with torch.no_grad():
        logits, expected = net.eval()(x), twin.eval()(x)
    assert expected.std() > 1e-3
    torch.testing.assert_close(logits, expected, rtol=1e-5, atol=1e-5)


def live_a_little(net: torch.nn.Module) -> None:
    """Gives every BN a scale, a shift, a mean and a variance of its own."""
    rng = torch.Generator().manual_seed(1)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.7
            torch.nn.init.uniform_(module.weight, 0.5, 1.5, generator=rng)
            torch.nn.init.normal_(module.bias, 0, 0.1, generator=rng)
    with torch.no_grad():
        net.train()(images(4))


def images(count: int) -> torch.Tensor:
    return torch.randn(count, 3, 64, 64, generator=torch.Generator().manual_seed(count))
