"""A spec has a name and a name has a spec; JSON says the same."""

import pytest

from resnet.spec import NetSpec

TITLES = [
    ("plain56", "plain-56"),
    ("resnet56-A", "ResNet-56 A"),
    ("resnet164-A-bottleneck", "ResNet-164 A, bottleneck"),
    ("resnet20-A-single", "ResNet-20 A, single-layer blocks"),
    ("plain11-single-stages2.3.4", "plain-11, 2+3+4 single-layer blocks"),
    ("imagenet-resnet50-B", "ImageNet ResNet-50 B"),
    ("imagenet-resnet50-B-3x3", "ImageNet ResNet-50 B, stride on 3x3"),
    ("imagenet-plain34", "ImageNet plain-34"),
    ("resnet20-C-w32-c100", "ResNet-20 C, width 32, 100 classes"),
    ("resnet110-A-pre", "ResNet-110 A, pre-activation"),
    ("plain20-nonorm-sigmoid", "plain-20, no BN, sigmoid"),
]
SPELLINGS = [
    ("resnet56", "resnet56-A"),
    ("imagenet-resnet50", "imagenet-resnet50-B"),
    ("ResNet-56-A", "resnet56-A"),
    (" plain-20 ", "plain20"),
    ("resnet20-relu-post-basic-w16-c10-1x1", "resnet20-A"),
    ("resnet20-pre-C", "resnet20-C-pre"),
    ("resnet50-A", "resnet50-A"),  # CIFAR, as its letter and its 6n+2 layers say
    ("plain50", "plain50"),
    ("resnet101-bottleneck", "resnet101-A-bottleneck"),
]


def test_a_name_gives_the_same_net_back(any_net):
    assert NetSpec.parse(str(any_net)) == any_net


def test_json_gives_the_same_net_back(any_net):
    assert NetSpec.from_json(any_net.to_json()) == any_net


def test_no_two_nets_share_a_title(all_nets):
    assert len({net.title for net in all_nets}) == len(all_nets) >= 60


@pytest.mark.parametrize("name, title", TITLES)
def test_a_title_reads_as_the_paper_writes(name, title):
    assert NetSpec.parse(name).title == title
    assert str(NetSpec.parse(name)) == name


@pytest.mark.parametrize("written, name", SPELLINGS)
def test_other_spellings_mean_the_same_net(written, name):
    assert str(NetSpec.parse(written)) == name


def test_fields_left_out_take_the_papers_values():
    cifar, imagenet = NetSpec(), NetSpec("imagenet", 50)
    assert (cifar.block, cifar.shortcut, cifar.width, cifar.classes) == ("basic", "A", 16, 10)
    assert (imagenet.block, imagenet.shortcut) == ("bottleneck", "B")
    assert (imagenet.width, imagenet.classes, imagenet.stride_on) == (64, 1000, "1x1")


def test_json_may_leave_fields_out():
    assert NetSpec.from_json('{"depth": 56, "shortcut": "none"}') == NetSpec.parse("plain56")


@pytest.mark.parametrize(
    "name, blocks",
    [
        ("resnet20-A", (3, 3, 3)),
        ("resnet110-A", (18, 18, 18)),
        ("resnet1202-A", (200, 200, 200)),
        ("resnet164-A-bottleneck", (18, 18, 18)),
        ("resnet20-A-single", (6, 6, 6)),
        ("imagenet-resnet18-B", (2, 2, 2, 2)),
        ("imagenet-resnet34-B", (3, 4, 6, 3)),
        ("imagenet-resnet50-B", (3, 4, 6, 3)),
        ("imagenet-resnet101-B", (3, 4, 23, 3)),
        ("imagenet-resnet152-B", (3, 8, 36, 3)),
    ],
)
def test_blocks_in_each_stage_are_the_papers(name, blocks):
    assert NetSpec.parse(name).blocks == blocks
