"""Fresh weights: He et al.'s, decided by the seed alone, shared between twins."""

from itertools import combinations

import pytest
import torch

from resnet.model import build
from resnet.spec import NetSpec


def weights(name: str, seed: int = 0) -> dict[str, torch.Tensor]:
    return dict(build(NetSpec.parse(name), seed=seed).named_parameters())


def shared(one: dict, other: dict) -> set[str]:
    return {name for name in one.keys() & other.keys() if torch.equal(one[name], other[name])}


@pytest.mark.parametrize("twin", ["resnet20-A", "resnet20-B", "resnet20-C", "resnet20-B-pre"])
def test_a_plain_net_begins_as_its_residual_twin(twin):
    plain, residual = weights("plain20"), weights(twin)
    compared = {name for name in plain if "norm" not in name}
    assert compared <= shared(plain, residual)
    assert all("shortcut" in name or "norm" in name for name in residual.keys() - plain.keys())


def test_so_does_a_plain_bottleneck():
    plain = weights("plain29-bottleneck")
    assert plain.keys() == shared(plain, weights("resnet29-C-bottleneck"))


def test_the_same_seed_gives_the_same_weights_whatever_was_drawn_before():
    one = weights("resnet20-C", seed=3)
    torch.rand(7)
    assert one.keys() == shared(one, weights("resnet20-C", seed=3))


def test_another_seed_gives_other_weights():
    one, other = weights("resnet20-C", seed=0), weights("resnet20-C", seed=1)
    drawn = {name for name in one if "conv" in name or name == "head.fc.weight"}
    assert len(drawn) == 1 + 18 + 9 + 1  # the stem, three stages, their projections, the head
    assert not drawn & shared(one, other)


def test_no_two_layers_share_their_draws():
    first = [w.flatten()[:9] for name, w in weights("resnet20-C").items() if "conv" in name]
    assert not any(torch.equal(a / a.norm(), b / b.norm()) for a, b in combinations(first, 2))


def test_convolutions_have_the_deviation_of_he_et_al_2015():
    conv = weights("resnet20-A-w64")["stage3.block1.conv1.weight"]  # 128 channels to 256
    wanted = (2 / (9 * 256)) ** 0.5
    assert abs(conv.std().item() / wanted - 1) < 0.0065  # five standard errors
    assert abs(conv.mean().item()) < 5 * wanted / conv.numel() ** 0.5


@pytest.mark.parametrize("name", ["resnet20-B", "resnet20-B-nonorm"])
def test_bn_starts_at_scale_1_and_shift_0_and_biases_at_0(name):
    for layer, weight in weights(name).items():
        if "norm" in layer and layer.endswith("weight"):
            assert (weight == 1).all()
        elif layer.endswith("bias"):
            assert (weight == 0).all()


def test_the_fully_connected_layer_is_uniform_within_one_over_the_root_of_its_inputs():
    fc = weights("resnet20-A")["head.fc.weight"]
    assert 0.95 * 64**-0.5 < fc.max() <= 64**-0.5
    assert 0.95 * 64**-0.5 < -fc.min() <= 64**-0.5
