"""Folding BN into the convolution before it: the same function, the net itself untouched."""

import pytest
import torch
from torch import nn

from resnet.model.folding import folded
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer

RECIPE = Recipe(image_size=16, batch=16, iterations=5, precision="fp32")
NAMES = [
    "plain14-w4",
    "resnet14-A-w4",
    "resnet14-B-w4",
    "resnet14-C-w4",
    "resnet11-B-bottleneck-w4",
    "resnet8-A-single-w4",
    "resnet8-C-single-w4",
    "plain14-w4-pre",
    "resnet14-A-w4-pre",
    "resnet14-B-w4-pre",
    "resnet14-C-w4-pre",
    "resnet11-A-bottleneck-w4-pre",
    "resnet8-A-w4-nonorm",
    "resnet14-A-w4-pre-nonorm",
    "resnet14-B-w4-tanh",
]


@pytest.fixture
def trained(images):
    def train(name):
        trainer = Trainer(NetSpec.parse(name), RECIPE, images, "cpu")
        for _ in range(5):
            trainer.step()
        return trainer.net

    return train


def norms(net):
    return {name for name, each in net.named_modules() if isinstance(each, nn.BatchNorm2d)}


@pytest.mark.parametrize("name", NAMES)
def test_a_folded_net_computes_what_the_net_computes(trained, name):
    net = trained(name).double()  # in double, rounding hides nothing
    copy = folded(net)
    assert not copy.training
    x = torch.randn(4, 3, 16, 16, dtype=torch.double)
    with torch.no_grad():
        logits = net.eval()(x)
        torch.testing.assert_close(copy(x), logits, rtol=1e-9, atol=1e-9)
    assert logits.std() > 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_the_net_itself_stays_as_it_was(trained, name):
    net = trained(name)
    before = {key: value.clone() for key, value in net.state_dict().items()}
    folded(net)
    assert net.training
    after = net.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)


@pytest.mark.parametrize("name", ["plain14-w4", "resnet14-C-w4", "plain14-w4-pre"])
def test_no_bn_is_left_where_each_stands_behind_a_convolution(trained, name):
    assert norms(folded(trained(name))) == set()


def test_before_a_shared_input_bn_is_left_as_it_is(trained):
    left = norms(folded(trained("resnet14-A-w4-pre")))
    assert left == {
        "stage1.block2.norm1",  # its input, the sum, goes on to the shortcut as well
        "stage2.block1.norm1",
        "stage2.block2.norm1",
        "stage3.block1.norm1",
        "stage3.block2.norm1",
        "head.norm",
    }
