"""The built net against its plan and its costs, by hooks and torch's own counter, on many nets."""

from functools import cache
from types import SimpleNamespace

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet.cost import cost
from resnet.model import build
from resnet.plan import plan
from resnet.spec.net import IMAGE_SIZE


@cache
def measured(spec):
    """One image's way through the module, on device meta: shapes without numbers."""
    net = build(spec, device="meta").eval()
    calls = []

    def watch(name):
        def hook(module, inputs, output):
            calls.append((name, inputs[0], output))

        return hook

    for layer in plan(spec).layers:
        if layer.kind != "add":  # an addition is no module
            net.get_submodule(layer.name).register_forward_hook(watch(layer.name))
    side = IMAGE_SIZE[spec.family]
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        net(torch.empty(1, 3, side, side, device="meta"))
    return SimpleNamespace(
        parameters=sum(weight.numel() for weight in net.parameters()),
        flops=counter.get_total_flops(),
        shapes=[(name, shape(x), shape(y)) for name, x, y in calls],
        written={name: 0 if shared(x, y) else 4 * y.numel() for name, x, y in calls},
        norms_and_weights={
            name
            for name, module in net.named_modules()
            if isinstance(module, nn.Conv2d | nn.BatchNorm2d | nn.Linear)
        },
    )


def shared(x, y):
    """Whether two tensors lie in the same memory, which on device meta has no address."""
    return x.untyped_storage()._cdata == y.untyped_storage()._cdata


def shape(x):
    return (*x.shape[1:], 1, 1) if x.dim() == 2 else tuple(x.shape[1:])


def test_the_module_has_the_parameters_that_cost_sums_up(any_net):
    assert measured(any_net).parameters == cost(any_net).parameters


def test_torch_counts_two_flops_for_each_mac(any_net):
    assert measured(any_net).flops == 2 * cost(any_net).macs


def test_layers_run_in_the_plans_order_with_the_plans_shapes(any_net):
    planned = [
        (layer.name, layer.in_shape, layer.out_shape)
        for layer in plan(any_net).layers
        if layer.kind != "add"
    ]
    assert measured(any_net).shapes == planned


def test_the_module_has_no_weights_that_the_plan_does_not_name(any_net):
    kinds = ("conv", "norm", "fc")
    planned = {layer.name for layer in plan(any_net).layers if layer.kind in kinds}
    assert measured(any_net).norms_and_weights == planned


def test_activation_bytes_are_those_of_the_outputs_with_memory_of_their_own(any_net):
    rows = [row for row in cost(any_net).layers if row.layer.kind != "add"]
    counted = {row.layer.name: row.activation_bytes for row in rows}
    assert measured(any_net).written == counted
