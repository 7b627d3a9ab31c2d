"""Shortcut variants compute what the paper writes, start alike, and all their weights learn."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from resnet.labs.bench.progress import LabError
from resnet.labs.variants.experiment import RECIPE, change_shortcuts, trainer_of, variants
from resnet.labs.variants.table import VARIANTS
from resnet.model import build
from resnet.paper.tables import FOLLOW_UP_ROWS
from resnet.spec import NetSpec
from resnet.train import Trainer, train_together

SPEC = NetSpec.parse("resnet14-A-w4")
SHORT = replace(
    RECIPE, images=64, batch=16, iterations=3, log_every=1, test_every=3, test_images=32,
    final_images=32, warmup_iterations=1, precision="fp32",
)  # fmt: skip


def f_and_shortcut(block, x):
    f = block.norm2(block.conv2(block.norm1(block.conv1(x)).relu()))
    return f, block.shortcut(x)


def gate(block, x):
    conv = block.gate.conv
    return torch.sigmoid(F.conv2d(x, conv.weight, conv.bias, conv.stride))


FORMULAS = {
    "scaled-shortcut": lambda block, x, f, s: f + 0.5 * s,
    "scaled-both": lambda block, x, f, s: 0.5 * f + 0.5 * s,
    "exclusive-gate": lambda block, x, f, s: gate(block, x) * f + (1 - gate(block, x)) * s,
    "shortcut-gate": lambda block, x, f, s: f + (1 - gate(block, x)) * s,
    "shortcut-gate-0": lambda block, x, f, s: f + (1 - gate(block, x)) * s,
    "dropout": lambda block, x, f, s: f + s,  # in evaluation mode
}


@pytest.mark.parametrize("place", ["stage1.block2", "stage2.block1"])
@pytest.mark.parametrize("name", FORMULAS)
def test_a_block_computes_its_formula(name, place):
    net = build(SPEC, image_size=8).eval()
    change_shortcuts(net, VARIANTS[name])
    block = net.get_submodule(place)
    x = torch.rand(3, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        f, shortcut = f_and_shortcut(block, x)
        wanted = FORMULAS[name](block, x, f, shortcut).relu()
        torch.testing.assert_close(block(x.clone()), wanted)
        if name != "dropout":
            assert not torch.allclose(wanted, (f + shortcut).relu(), atol=1e-6)


def test_in_training_dropout_drops_half_of_the_shortcut():
    net = build(SPEC, image_size=8).train()
    change_shortcuts(net, VARIANTS["dropout"])
    block = net.stage1.block2
    with torch.no_grad():
        for weight in block.norm2.parameters():
            weight.zero_()  # F(x) = 0: the shortcut alone
        given = block(torch.ones(64, 4, 8, 8))
    assert set(given.unique().tolist()) == {0.0, 2.0}
    assert (given == 0).float().mean().item() == pytest.approx(0.5, abs=0.02)


def test_a_gate_begins_at_its_bias():
    net = build(SPEC, image_size=8)
    added = change_shortcuts(net, VARIANTS["shortcut-gate"])
    biases = [weight for weight in added if weight.dim() == 1]
    assert len(added) == 12 and all((bias == -6).all() for bias in biases)
    opened = gate(net.stage1.block1, torch.zeros(1, 4, 2, 2))
    torch.testing.assert_close(opened, torch.full_like(opened, 1 / (1 + 2.718281828**6)))


def test_all_variants_of_a_net_start_with_the_same_weights(images):
    plain = Trainer(SPEC, SHORT, images, "cpu").net.state_dict()
    for name, variant in VARIANTS.items():
        values = trainer_of(variant, SPEC, SHORT, images, "cpu").net.state_dict()
        convolutions = [key for key in plain if key.endswith(("conv1.weight", "conv2.weight"))]
        assert all(torch.equal(values[key], plain[key]) for key in convolutions), name


@pytest.mark.parametrize("name", VARIANTS)
def test_training_moves_every_weight_and_rows_come_out(name, images):
    trainer = trainer_of(VARIANTS[name], SPEC, SHORT, images, "cpu")
    before = {key: value.clone() for key, value in trainer.net.named_parameters()}
    rows = [row for _, row in train_together([trainer])]
    assert [row.iteration for row in rows] == [0, 1, 2, 3]
    assert rows[-1].test_error is not None
    still = [
        key for key, value in trainer.net.named_parameters() if torch.equal(value, before[key])
    ]
    assert still == []


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "identity"])
def test_a_variant_of_a_net_that_is_fused_is_no_identity(name, images):
    """16 channels and more train by another path (train.fused), which must see the change."""
    wide = NetSpec.parse("resnet8-A")
    losses = [
        trainer_of(VARIANTS[each], wide, SHORT, images, "cpu").step().loss
        for each in ("identity", name)
    ]
    assert losses[0] != losses[1]
    assert losses[0] == trainer_of(VARIANTS["identity"], wide, SHORT, images, "cpu").step().loss


def test_the_identity_is_the_net_itself(images):
    result = variants(SPEC, images, names=("identity",), recipe=SHORT)
    rows = [row for _, row in train_together([Trainer(SPEC, SHORT, images, "cpu")])]
    assert result.trained[0].curve.loss[1:].tolist() == pytest.approx([r.loss for r in rows[1:]])


def test_the_published_table_agrees_with_what_the_program_prints_elsewhere():
    printed = {row.net: row.error for row in FOLLOW_UP_ROWS}
    assert VARIANTS["1x1"].error == printed["resnet110-C"]
    assert VARIANTS["pre-activation"].error == printed["resnet110-A-pre"]
    best = [name for name, each in VARIANTS.items() if each.error and each.error < 6.7]
    assert best == ["identity", "pre-activation"]


def test_other_nets_and_names_are_refused(images):
    for name in ("plain14-w4", "resnet14-B-w4", "resnet14-A-w4-pre"):
        with pytest.raises(LabError, match="is not what the variants start from"):
            variants(NetSpec.parse(name), images, recipe=SHORT)
    with pytest.raises(LabError, match="variant 'twice' is not known; choose identity"):
        variants(SPEC, images, names=("twice",), recipe=SHORT)
