"""Shipped nets: what is stored, how exactly, and every way in which a file is refused."""

import json
import struct

import pytest
import torch
from safetensors.torch import load as read_tensors
from safetensors.torch import save as written

from resnet.__main__ import main
from resnet.data.batches import Batches
from resnet.export import shipped, shipped_nets
from resnet.export.shipped import ShippedError
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, checkpoint

NAME = "resnet8-A-w4"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_SHIPPED", str(tmp_path / "nets"))
    return tmp_path / "nets"


@pytest.fixture
def trained(images):
    recipe = Recipe(
        data="generated",
        images=40,
        image_size=16,
        augment=False,
        batch=8,
        iterations=6,
        learning_rate=0.05,
        log_every=6,
        test_every=6,
    )
    trainer = Trainer(NetSpec.parse(NAME), recipe, images, "cpu")
    while not trainer.finished:
        trainer.step()
    return trainer


@pytest.fixture
def made(trained, images, folder, tmp_path):
    file = tmp_path / "a.pt"
    checkpoint.save(file, trained.spec, trained.recipe, trained.state())
    return shipped_nets.ship(file, folder, images)


def test_half_of_the_bits_are_kept_and_the_errors_are_those_of_what_is_stored(
    made, trained, images
):
    file, about = made
    net, mean, loaded = shipped_nets.load(NAME)
    assert loaded == about == shipped.about(NAME)
    assert shipped.names() == [NAME]
    stored = read_tensors(file.read_bytes())
    for name, value in trained.net.state_dict().items():
        small = stored[name].dtype == torch.float16
        assert small == (value.dim() > 1), name
        assert torch.equal(net.state_dict()[name], value.half().float() if small else value)
    assert not net.training
    assert torch.equal(mean, trained.batches.mean)
    batches = Batches(images, trained.recipe, torch.device("cpu"))
    with torch.inference_mode():
        answers = net(batches.normalised(batches.train.images)).argmax(1)
    error = 100 * float((answers != batches.train.labels).float().mean())
    assert about.train_error == pytest.approx(error, abs=0.01)
    assert (about.train_images, about.test_images) == (40, 32)
    assert (about.iterations, about.data, about.classes) == (6, "tiny images", images.classes)
    assert about.recipe == trained.recipe
    assert about.made_with.startswith(f"torch {torch.__version__}, 20")


def test_plain_nets_come_first_and_shallow_before_deep(folder):
    folder.mkdir()
    for name in ("resnet56-A", "plain110", "resnet20-A", "plain20"):
        (folder / f"{name}.safetensors").touch()
    assert shipped.names() == ["plain20", "plain110", "resnet20-A", "resnet56-A"]


def test_what_is_not_there_is_said_with_what_is(made):
    with pytest.raises(ShippedError, match=f"no trained plain8 ships .* there are {NAME}"):
        shipped.about("plain8")
    with pytest.raises(ShippedError, match=r"no trained \.\./secret ships"):
        shipped.about("../secret")


@pytest.mark.parametrize("cut", [0, 5, 100, 3000, -1])
def test_a_cut_file_is_damaged(made, cut):
    file, _ = made
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(ShippedError, match=f"{NAME}.safetensors is damaged"):
        shipped_nets.load(NAME)


def test_a_flipped_bit_is_noticed(made):
    file, _ = made
    content = bytearray(file.read_bytes())
    content[-20] ^= 4
    file.write_bytes(content)
    with pytest.raises(ShippedError, match="is damaged; fetch it again"):
        shipped_nets.load(NAME)


def test_a_file_of_another_net_is_refused(made):
    file, _ = made
    file.rename(file.with_name("plain8-w4.safetensors"))
    with pytest.raises(ShippedError, match="holds ResNet-8 A, width 4, another net than its name"):
        shipped_nets.load("plain8-w4")


def test_other_shapes_are_refused(made):
    file, about = made
    tensors = read_tensors(file.read_bytes())
    for changes, words in (
        ({"head.fc.bias": torch.zeros(11)}, r"head.fc.bias of shape \(11,\) where"),
        ({"more": torch.zeros(1)}, "has more, which"),
        ({"mean": torch.zeros(3, 8, 8)}, "has mean of shape"),
    ):
        file.write_bytes(written(tensors | changes, about.to_metadata()))
        with pytest.raises(ShippedError, match=words):
            shipped_nets.load(NAME)
    for kind, words in (
        (torch.bfloat16, "keeps stem.conv.weight as bfloat16, where nets of this program have"),
        (torch.float64, "keeps stem.conv.weight as float64"),
    ):
        other = {"stem.conv.weight": tensors["stem.conv.weight"].to(kind)}
        file.write_bytes(written(tensors | other, about.to_metadata()))
        with pytest.raises(ShippedError, match=words):
            shipped_nets.load(NAME)
    del tensors["head.fc.bias"]
    file.write_bytes(written(tensors, about.to_metadata()))
    with pytest.raises(ShippedError, match=r"has no head.fc.bias where"):
        shipped_nets.load(NAME)


def test_any_other_safetensors_file_is_no_net_of_ours(made):
    file, _ = made
    file.write_bytes(written({"a": torch.zeros(1)}, {"format": "pt"}))
    with pytest.raises(ShippedError, match="is no net of this program, or of another version"):
        shipped.about(NAME)
    header = json.dumps({"__metadata__": {"format": shipped.FORMAT}}).encode()
    file.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(ShippedError, match="is damaged"):
        shipped.about(NAME)


def test_the_command_says_why_a_checkpoint_cannot_be_shipped(tmp_path, capsys):
    (tmp_path / "a.pt").write_bytes(b"no")
    assert main(["ship", str(tmp_path / "a.pt"), "--to", str(tmp_path)]) == 1
    assert "a.pt is not a checkpoint of this program" in capsys.readouterr().err
