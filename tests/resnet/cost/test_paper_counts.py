"""Parameters and multiply-adds, in closed form and on the built module, as the paper's tables."""

from math import ceil, floor

import pytest

from resnet.cost import cost
from resnet.model import build
from resnet.spec import NetSpec

CIFAR = [  # depth, parameters of none and A, of B, of C, MACs of none and A
    (20, 269_722, 272_474, 283_962, 40_551_040),
    (32, 464_154, 466_906, 489_594, 68_862_592),
    (44, 658_586, 661_338, 695_226, 97_174_144),
    (56, 853_018, 855_770, 900_858, 125_485_696),
    (110, 1_727_962, 1_730_714, 1_826_202, 252_887_680),
    (1202, 19_421_274, 19_424_026, 20_538_714, 2_829_238_912),
]
IMAGENET = [  # depth, shortcut, where a bottleneck strides, parameters, 10^9 MACs
    (18, "A", "1x1", None, 1.795),
    (18, "B", "1x1", 11_689_512, 1.814),
    (34, "A", "1x1", 21_623_848, 3.644),
    (34, "B", "1x1", 21_797_672, 3.664),
    (34, "C", "1x1", None, 3.831),
    (50, "B", "1x1", 25_557_032, 3.858),
    (50, "B", "3x3", 25_557_032, 4.089),
    (101, "B", "1x1", 44_549_160, 7.570),
    (101, "B", "3x3", 44_549_160, 7.801),
    (152, "B", "1x1", 60_192_808, 11.282),
    (152, "B", "3x3", 60_192_808, 11.514),
]
TABLE_1 = [(18, 1.8), (34, 3.6), (50, 3.8), (101, 7.6), (152, 11.3)]  # as printed, 10^9


def in_module(spec: NetSpec) -> int:
    return sum(weight.numel() for weight in build(spec, device="meta").parameters())


@pytest.mark.parametrize("depth, none, b, c, macs", CIFAR)
def test_cifar_nets_cost_what_the_table_says(depth, none, b, c, macs):
    costs = {option: cost(NetSpec(depth=depth, shortcut=option)) for option in ("none", *"ABC")}
    parameters = {option: each.parameters for option, each in costs.items()}
    assert parameters == {"none": none, "A": none, "B": b, "C": c}
    assert costs["none"].macs == costs["A"].macs == macs


@pytest.mark.parametrize("depth, none, b, c, macs", CIFAR[:-1])
def test_cifar_modules_have_the_parameters_of_the_table(depth, none, b, c, macs):
    built = [in_module(NetSpec(depth=depth, shortcut=option)) for option in ("none", *"ABC")]
    assert built == [none, none, b, c]


def test_the_module_of_1202_layers_has_the_parameters_of_the_table():
    assert in_module(NetSpec(depth=1202)) == 19_421_274


@pytest.mark.parametrize("depth, shortcut, stride_on, parameters, gmacs", IMAGENET)
def test_imagenet_nets_cost_what_the_table_says(depth, shortcut, stride_on, parameters, gmacs):
    spec = NetSpec("imagenet", depth, shortcut=shortcut, stride_on=stride_on)
    assert round(cost(spec).macs / 1e9, 3) == gmacs
    assert cost(spec).parameters == in_module(spec)
    assert parameters in (None, cost(spec).parameters)


@pytest.mark.parametrize("depth, printed", TABLE_1)
def test_the_papers_strides_give_table_1_to_its_one_decimal(depth, printed):
    option = "A" if depth < 50 else "B"  # Table 2 compares A, Table 1's deeper nets have B
    tenths = cost(NetSpec("imagenet", depth, shortcut=option)).macs / 1e8
    assert round(10 * printed) in (floor(tenths), ceil(tenths))  # 3.858 is printed as 3.8


@pytest.mark.parametrize("block, step", [("basic", 6), ("bottleneck", 9), ("single", 3)])
@pytest.mark.parametrize("n", [1, 2, 5, 20])
def test_a_plain_net_costs_what_its_option_a_twin_costs(block, step, n):
    plain, residual = (
        cost(NetSpec(depth=step * n + 2, block=block, shortcut=option)) for option in ("none", "A")
    )
    assert (plain.parameters, plain.macs) == (residual.parameters, residual.macs)


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_so_does_a_plain_imagenet_net(depth):
    plain, residual = (
        cost(NetSpec("imagenet", depth, shortcut=option)) for option in ("none", "A")
    )
    assert (plain.parameters, plain.macs) == (residual.parameters, residual.macs)


def test_without_bn_a_convolution_has_one_bias_for_bns_two_numbers():
    channels = 16 + 6 * 16 + 6 * 32 + 6 * 64  # of the 19 convolutions
    spec = NetSpec(depth=20, norm="none")
    assert cost(spec).parameters == in_module(spec) == 269_722 - channels
