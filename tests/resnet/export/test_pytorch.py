"""The PyTorch file of a net, executed: its weights and outputs are those of the built net."""

import subprocess
import sys

import pytest
import torch

from resnet.cost import cost
from resnet.export.pytorch import file_name, standalone
from resnet.model import build
from resnet.spec import NetSpec

# for outputs, small enough to run; for names and shapes, every net of the wide sample is taken
NAMES = [
    "plain20",
    "resnet20-A",
    "resnet20-B",
    "resnet56-C",
    "resnet29-A-bottleneck",
    "resnet29-B-bottleneck-3x3",
    "resnet29-C-bottleneck",
    "plain29-bottleneck",
    "plain20-single",
    "resnet20-A-single",
    "resnet20-B-single-pre",
    "resnet20-C-single-nonorm-tanh",
    "imagenet-resnet18-B-single-stages4.4.4.4-w8",
    "resnet20-A-pre",
    "resnet20-B-pre",
    "resnet20-C-pre-nonorm-sigmoid",
    "plain20-pre",
    "resnet29-B-bottleneck-3x3-pre",
    "plain20-nonorm-tanh",
    "resnet20-B-nonorm",
    "resnet20-A-w5-c3",
    "imagenet-resnet18-B",
    "imagenet-plain18-w8",
    "imagenet-resnet18-C-tanh-nonorm-w8",
    "imagenet-resnet18-A-pre-w8",
    "imagenet-resnet50-B-w8",
    "imagenet-resnet50-A-pre-w8",
    "imagenet-resnet50-B-3x3-w8-c10",
]


def executed(spec):
    namespace = {"__name__": "taken_away"}
    exec(compile(standalone(spec), file_name(spec), "exec"), namespace)
    return namespace["Net"]


@pytest.mark.parametrize("name", NAMES)
def test_with_our_weights_it_gives_our_outputs_bit_for_bit(name):
    spec = NetSpec.parse(name)
    ours, theirs = build(spec, seed=1), executed(spec)()
    state = ours.state_dict()
    for key, value in state.items():
        if key.endswith("running_mean"):
            value.normal_(0, 0.1, generator=torch.Generator().manual_seed(2))
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        other.data.copy_(mine.data)  # by order
    for mine, other in zip(ours.buffers(), theirs.buffers(), strict=True):
        other.copy_(mine)
    side = 32 if spec.family == "cifar" else 64
    images = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(3))
    for training in (False, True):
        ours.train(training)
        theirs.train(training)
        assert torch.equal(theirs(images), ours(images))
    theirs.load_state_dict(state)  # by name


def test_names_and_shapes_of_all_tensors_are_ours(any_net):
    with torch.device("meta"):
        theirs = executed(any_net)()

    def tensors(net):
        return [(name, value.shape) for name, value in net.state_dict().items()]

    assert tensors(theirs) == tensors(build(any_net, device="meta"))
    assert max(len(line) for line in standalone(any_net).splitlines()) <= 100


def test_fresh_weights_are_those_of_the_paper():
    net = executed(NetSpec.parse("resnet20-B-nonorm-w64"))()
    weight = net.stage3.block2.conv1.weight  # (256, 256, 3, 3), fan-out 2304
    assert weight.std().item() == pytest.approx((2 / 2304) ** 0.5, rel=0.01)
    assert not net.stage3.block2.conv1.bias.any()
    assert not net.head.fc.bias.any()


@pytest.mark.parametrize(("name", "counted"), [("resnet20-A", 269_722), ("plain8-c4", 74_900)])
def test_it_runs_by_itself_and_prints_its_parameters(name, counted, tmp_path):
    spec = NetSpec.parse(name)
    file = file_name(spec)
    (tmp_path / file).write_text(standalone(spec), "utf-8")
    way = ["-m", file.removesuffix(".py")] if spec.plain else ["-I", file]
    done = subprocess.run([sys.executable, *way], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"{counted:,} parameters"
    assert f"(2, {spec.classes})" in done.stdout


def test_it_says_where_it_comes_from_and_what_it_costs():
    text = standalone(NetSpec.parse("resnet56-A"))
    macs = f"{cost(NetSpec.parse('resnet56-A')).macs:,} multiply-adds"
    for words in ("ResNet-56 A", "He et al. 2015", "853,018 parameters", macs):
        assert words in text.split('"""')[1]
    assert "He et al. 2016" in standalone(NetSpec.parse("resnet56-A-pre"))
    assert "explorer" not in text.replace("ResNet Explorer", "")


def test_file_names_can_be_imported(any_net):
    assert file_name(any_net).removesuffix(".py").isidentifier()
