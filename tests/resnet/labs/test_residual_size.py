"""||F(x)|| against ||x||, by hand, and the arithmetic of what an untrained net should have."""

import numpy as np
import pytest
import torch

from resnet.labs.bench.copies import copied
from resnet.labs.bench.progress import LabError
from resnet.labs.residual_size.experiment import expected_ratios, residual_size
from resnet.model import build
from resnet.plan import plan
from resnet.spec import NetSpec


@pytest.mark.parametrize("name", ["resnet14-A-w4", "resnet14-B-w4", "resnet14-A-w4-tanh"])
def test_sizes_are_those_of_what_is_added(name, lived, examples):
    net = lived(name)
    result = residual_size(net, examples)
    still = copied(net).eval()
    x = still.stem(examples.images)
    for at, block in enumerate(still.plan.blocks):
        module = still.get_submodule(block.name)
        with torch.no_grad():
            f = module.norm2(module.conv2(module.activation1(module.norm1(module.conv1(x)))))
            passed = module.shortcut(x)
            sizes = [each.flatten(1).norm(dim=1) for each in (f, passed)]
            x = module(x)
        assert result.of_f[at] == pytest.approx(sizes[0].mean().item(), rel=1e-4)
        assert result.of_x[at] == pytest.approx(sizes[1].mean().item(), rel=1e-4)
        assert result.ratio[at] == pytest.approx((sizes[0] / sizes[1]).mean().item(), rel=1e-4)
    assert result.blocks == tuple(block.name for block in still.plan.blocks)


@pytest.mark.parametrize("name", ["resnet56-A-w16", "resnet56-B-w16", "resnet56-A-w16-pre"])
def test_an_untrained_net_has_about_the_ratios_that_arithmetic_expects(name, shown):
    net = build(NetSpec.parse(name), image_size=8)
    result = residual_size(net, shown(60))
    relation = np.log(result.ratio / result.expected)
    assert np.abs(relation).max() < 0.5 and np.abs(relation).mean() < 0.2


def test_in_pre_activation_the_ratio_falls_like_one_over_the_root_of_the_depth():
    ratios = expected_ratios(plan(NetSpec.parse("resnet110-A-pre")))
    first_stage = ratios[:18]
    blocks = np.arange(1, 19)
    np.testing.assert_allclose(first_stage, 1 / np.sqrt(blocks - 0.5), rtol=1e-6)


def test_where_every_shortcut_is_normalised_nothing_falls():
    ratios = expected_ratios(plan(NetSpec.parse("resnet20-C")))
    np.testing.assert_allclose(ratios, 1)


def test_without_bn_nothing_is_expected():
    assert np.isnan(expected_ratios(plan(NetSpec.parse("resnet8-A-nonorm")))).all()


def test_a_plain_net_adds_nothing(lived, examples):
    with pytest.raises(LabError, match="plain-8, width 4 has no shortcuts"):
        residual_size(lived("plain8-w4", steps=1), examples)
