"""Signals by layer against derivatives taken by hand, and what each setting is known to do."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from resnet.labs.bench.copies import copied
from resnet.labs.bench.progress import LabError
from resnet.labs.gradients.activations import BOUNDS, EDGES, SATURATED_BELOW, derivative
from resnet.labs.gradients.experiment import gradients, initialise
from resnet.labs.gradients.result import EDGES_OF_BINS
from resnet.model import build
from resnet.spec import NetSpec

X = np.linspace(-20, 20, 2001)


@pytest.mark.parametrize("kind", ["sigmoid", "tanh", "relu"])
def test_derivatives_are_those_of_torch(kind):
    x = torch.tensor(X, requires_grad=True)
    getattr(torch, kind)(x).sum().backward()
    np.testing.assert_allclose(derivative(kind, X), x.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("kind, bound", [("sigmoid", 1 / 4), ("tanh", 1), ("relu", 1)])
def test_a_derivative_never_exceeds_its_bound_and_reaches_it(kind, bound):
    assert BOUNDS[kind] == bound
    assert derivative(kind, X).max() == pytest.approx(bound, abs=1e-12)
    assert (derivative(kind, X) <= bound).all()


@pytest.mark.parametrize("kind", ["sigmoid", "tanh"])
def test_beyond_the_edge_an_activation_is_nearly_flat(kind):
    at_edge = derivative(kind, np.array([EDGES[kind], -EDGES[kind]]))
    np.testing.assert_allclose(at_edge, SATURATED_BELOW * BOUNDS[kind])
    assert not derivative(kind, np.array([1e6, -1e6])).any()


def of(name, examples, **settings):
    net = build(NetSpec.parse(name), image_size=examples.images.shape[-1])
    return gradients(net, examples, **{"steps": 0, **settings})


def test_sigmoid_without_bn_vanishes_and_relu_with_bn_does_not(examples):
    vanishing = of("plain20-w4-nonorm-sigmoid", examples, initialisation="xavier").moments[0]
    assert vanishing.reach < 1e-6
    assert vanishing.derivative.max() <= 0.25
    healthy = of("plain20-w4", examples).moments[0]
    assert healthy.reach > 0.1
    assert (healthy.variance > 0.01).all()


def test_a_small_gaussian_lets_the_signal_die_where_he_keeps_it(examples):
    he = of("plain20-w4-nonorm", examples, initialisation="he").moments[0]
    small = of("plain20-w4-nonorm", examples, initialisation="gaussian", std=0.01).moments[0]
    assert small.variance[-2] < 1e-12 < 1e-6 < he.variance[-2]


@pytest.mark.parametrize("name", ["plain8-w4", "resnet8-A-w4-nonorm", "resnet8-B-w4-pre"])
def test_signals_are_what_autograd_gives_for_kept_outputs(name, examples):
    result = of(name, examples, initialisation="as it is")
    net = copied(build(NetSpec.parse(name), image_size=8)).train()
    kept = {}
    for layer in result.layers:
        net.get_submodule(layer).register_forward_hook(
            lambda module, inputs, output, layer=layer: (
                (output.retain_grad(), kept.__setitem__(layer, output))[2:] or None
            )
        )
    shown = examples.first(64)
    F.cross_entropy(net(shown.images), shown.labels, reduction="sum").backward()
    moment = result.moments[0]
    signal = [kept[layer].grad.square().sum().div(64).sqrt().item() for layer in result.layers]
    variance = [
        kept[layer].var((0, 2, 3), correction=0).mean().item() for layer in result.layers[:-1]
    ]
    weights = [net.get_submodule(layer).weight.grad.norm().item() / 64 for layer in result.layers]
    np.testing.assert_allclose(moment.signal, signal, rtol=1e-4)
    np.testing.assert_allclose(moment.variance[:-1], variance, rtol=1e-4)
    np.testing.assert_allclose(moment.weights, weights, rtol=1e-4)


@pytest.mark.parametrize("activation", ["-sigmoid", "-tanh", ""])
def test_what_enters_is_counted_whole_and_saturation_agrees_with_it(activation, examples):
    result = of(f"plain8-w4{activation}", examples)
    moment = result.moments[0]
    assert len(result.activations) == 7 and moment.histogram.shape == (7, len(EDGES_OF_BINS) - 1)
    np.testing.assert_allclose(moment.histogram.sum(1), 1, rtol=1e-5)
    centres = (EDGES_OF_BINS[1:] + EDGES_OF_BINS[:-1]) / 2
    by_bins = moment.histogram @ derivative(result.activation, centres)
    np.testing.assert_allclose(moment.derivative, by_bins, atol=0.03)
    if result.activation == "relu":
        np.testing.assert_allclose(moment.saturated, 1 - moment.derivative, atol=1e-6)
    else:
        beyond = moment.histogram[:, np.abs(centres) > EDGES[result.activation]].sum(1)
        np.testing.assert_allclose(moment.saturated, beyond, atol=0.06)


@pytest.mark.parametrize("kind", ["he", "xavier", "gaussian"])
def test_an_initialisation_has_the_variance_that_it_should(kind):
    net = build(NetSpec.parse("plain8-nonorm"), image_size=8, seed=1)
    initialise(net, kind, 0.02, seed=5)
    conv = net.get_submodule("stage2.block1.conv1")  # 16 to 32 channels, 3x3
    wanted = {"he": 2 / (32 * 9), "xavier": 2 / (48 * 9), "gaussian": 0.02**2}[kind]
    assert conv.weight.var().item() == pytest.approx(wanted, rel=0.1)
    assert not conv.bias.any()
    again = build(NetSpec.parse("plain8-nonorm"), image_size=8, seed=2)
    initialise(again, kind, 0.02, seed=5)
    assert torch.equal(again.get_submodule("stage2.block1.conv1").weight, conv.weight)


def test_he_is_how_nets_are_built():
    net = build(NetSpec.parse("resnet8-B-w4"), image_size=8, seed=1)
    initialise(net, "he", 0.01, seed=7)
    fresh = build(NetSpec.parse("resnet8-B-w4"), image_size=8, seed=7).state_dict()
    assert all(torch.equal(value, fresh[name]) for name, value in net.state_dict().items())


def test_steps_lower_the_loss_and_are_counted(examples):
    first, last = of("resnet8-A-w8", examples, steps=25).moments
    assert (first.iteration, last.iteration) == (0, 25)
    assert last.loss < 0.7 * first.loss


def test_a_loss_that_leaves_the_numbers_ends_the_steps(examples):
    last = of("plain8-w4-nonorm", examples, steps=40, learning_rate=1e6).moments[-1]
    assert last.iteration < 40


def test_wrong_settings_are_refused(examples, shown):
    with pytest.raises(LabError, match="'zero' is not known; choose he, xavier"):
        of("plain8-w4", examples, initialisation="zero")
    with pytest.raises(LabError, match="2 images are needed, but 1 were given"):
        of("plain8-w4", shown(1))
