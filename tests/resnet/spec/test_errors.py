"""A net that cannot be is refused in one sentence: what was given, what is wrong, what works."""

import re

import pytest

from resnet.plan import plan
from resnet.spec import NetSpec, SpecError

FIELDS = [
    ({"depth": 21}, "depth 21 is not 6n+2; the nearest are 20 and 26"),
    ({"depth": 1}, "depth 1 is not 6n+2; the nearest is 8"),
    ({"depth": 7}, "depth 7 is not 6n+2; the nearest is 8"),
    ({"depth": 21, "block": "bottleneck"}, "depth 21 is not 9n+2; the nearest are 20 and 29"),
    ({"depth": 21, "block": "single"}, "depth 21 is not 3n+2; the nearest are 20 and 23"),
    (
        {"block": "single", "stride_on": "3x3"},
        "stride_on '3x3' was given for a single-layer block, which has no 1x1 convolution; ",
    ),
    ({"depth": 1202, "block": "bottleneck"}, "depth 1202 is not 9n+2; the nearest is 1199"),
    ({"depth": 1203}, "depth 1,203 is out of range; it can be 1 to 1,202"),
    ({"depth": 0}, "depth 0 is out of range; it can be 1 to 1,202"),
    ({"depth": 10**400}, "is out of range; it can be 1 to 1,202"),
    ({"depth": 20.0}, "depth must be a whole number, not 20.0"),
    ({"depth": "20"}, "depth must be a whole number, not '20'"),
    ({"depth": True}, "depth must be a whole number, not True"),
    ({"depth": float("nan")}, "depth must be a whole number, not nan"),
    ({"width": 0}, "width 0 is out of range; it can be 1 to 1,024"),
    ({"width": 16.5}, "width must be a whole number, not 16.5"),
    ({"classes": 1}, "classes 1 is out of range; it can be 2 to 100,000"),
    ({"family": "mnist"}, "family 'mnist' is not known; choose cifar or imagenet"),
    ({"family": None}, "family None is not known; choose cifar or imagenet"),
    ({"shortcut": "D"}, "shortcut 'D' is not known; choose none, A, B or C"),
    ({"shortcut": "a"}, "shortcut 'a' is not known; choose none, A, B or C"),
    ({"block": "wide"}, "block 'wide' is not known; choose basic, bottleneck or single"),
    ({"order": "mid"}, "order 'mid' is not known; choose post or pre"),
    ({"norm": True}, "norm True is not known; choose batch or none"),
    ({"activation": "gelu"}, "activation 'gelu' is not known; choose relu, tanh or sigmoid"),
    ({"stride_on": "5x5"}, "stride_on '5x5' is not known; choose 1x1 or 3x3"),
    (
        {"stride_on": "3x3"},
        "stride_on '3x3' was given for a basic block, which has no 1x1 convolution; "
        "leave it at '1x1', or use a bottleneck block",
    ),
    (
        {"family": "imagenet", "depth": 19},
        "depth 19 is not one of the ImageNet nets; choose 18, 34, 50, 101 or 152",
    ),
    (
        {"family": "imagenet", "depth": 50, "block": "basic"},
        "the ImageNet net of depth 50 is made of bottleneck blocks, not of basic blocks",
    ),
]
NAMES = [
    ("vgg19", "'vgg19' is not the name of a net; names look like plain56, resnet56-A"),
    ("", "'' is not the name of a net"),
    ("resnet", "'resnet' is not the name of a net"),
    ("resnet1234567", "'resnet1234567' is not the name of a net"),
    ("resnet56-A; rm -rf /", "'resnet56-A; rm -rf /' is not the name of a net"),
    ("resnet21-A", "depth 21 is not 6n+2; the nearest are 20 and 26"),
    ("resnet20-tnah", "contains 'tnah', which says nothing about a net; did you mean 'tanh'?"),
    ("resnet20-zzz", "contains 'zzz', which says nothing about a net. Known are A, B, C, basic"),
    ("plain20-A", "'plain20-A' says shortcut twice; 'a' is one word too many"),
    ("resnet20-A-A", "'resnet20-A-A' says shortcut twice; 'a' is one word too many"),
    ("resnet20-A-w8-w9", "says width twice; 'w9' is one word too many"),
    ("resnet20-A-w0", "width 0 is out of range; it can be 1 to 1,024"),
    ("imagenet-resnet18-B-single", "is made of basic blocks, not of single-layer blocks"),
    ("resnet20-A-single-stages2.3.4", "2.3.4 single-layer blocks, which make depth 11; write 11"),
    (
        "resnet50",
        "'resnet50' is the name of an ImageNet net, which is written imagenet-resnet50-B here; "
        "the CIFAR net of depth 50 is resnet50-A",
    ),
    ("ResNet-152", "is written imagenet-resnet152-B here; the CIFAR net of depth 152 is"),
    (
        "resnet18",
        "is written imagenet-resnet18-B here; a CIFAR net has 6n+2 layers, and those nearest to 18 "
        "are 14 and 20",
    ),
    ("resnet34", "is written imagenet-resnet34-B here"),
    ("resnet101", "is written imagenet-resnet101-B here"),
    ("resnet34-C", "is written imagenet-resnet34-C here"),
    ("resnet50-w32-pre", "is written imagenet-resnet50-B-w32-pre here"),
    ("plain18", "is written imagenet-plain18 here"),
    ("plain34", "is written imagenet-plain34 here"),
    ("imagenet-resnet50-B-basic", "is made of bottleneck blocks, not of basic blocks"),
]
JSON = [
    ("{", "this is not JSON: "),
    ("", "this is not JSON: "),
    ("[" * 100_000, "this is not JSON: "),
    ('{"depth": ' + "9" * 5000 + "}", "this is not JSON: "),
    ("[20]", "a JSON object was expected, not list"),
    ("null", "a JSON object was expected, not NoneType"),
    ('{"deepness": 20}', "'deepness' is not a field of NetSpec; it has family, depth, block"),
    ('{"depth": 21}', "depth 21 is not 6n+2; the nearest are 20 and 26"),
    ('{"depth": {}}', "depth must be a whole number, not {}"),
    ('{"width": Infinity}', "width must be a whole number, not inf"),
    ('{"shortcut": ["A"]}', "shortcut ['A'] is not known; choose none, A, B or C"),
]
SIZES = [
    ("resnet20-A", 3, "image size 3 does not suit resnet20-A; it can be 4 to 1,024"),
    ("resnet20-A", 1025, "image size 1025 does not suit resnet20-A; it can be 4 to 1,024"),
    ("imagenet-resnet18-B", 31, "image size 31 does not suit imagenet-resnet18-B; it can be 32"),
]


@pytest.mark.parametrize("fields, sentence", FIELDS)
def test_fields_that_make_no_net_are_refused(fields, sentence):
    with pytest.raises(SpecError, match=re.escape(sentence)):
        NetSpec(**fields)


@pytest.mark.parametrize("name, sentence", NAMES)
def test_names_of_no_net_are_refused(name, sentence):
    with pytest.raises(SpecError, match=re.escape(sentence)):
        NetSpec.parse(name)


@pytest.mark.parametrize("text, sentence", JSON, ids=lambda text: text[:20])
def test_json_of_no_net_is_refused(text, sentence):
    with pytest.raises(SpecError, match=re.escape(sentence)):
        NetSpec.from_json(text)


@pytest.mark.parametrize("name, size, sentence", SIZES)
def test_images_that_a_net_would_shrink_to_nothing_are_refused(name, size, sentence):
    with pytest.raises(SpecError, match=re.escape(sentence)):
        plan(NetSpec.parse(name), size)


@pytest.mark.parametrize("block, step", [("basic", 6), ("bottleneck", 9), ("single", 3)])
def test_of_all_depths_only_those_of_whole_blocks_in_three_stages_are_taken(block, step):
    taken = []
    for depth in range(1, 1203):
        try:
            taken.append(NetSpec(depth=depth, block=block).depth)
        except SpecError as error:
            assert f"depth {depth} is not {step}n+2; the nearest " in str(error)
    assert taken == list(range(step + 2, 1203, step))
