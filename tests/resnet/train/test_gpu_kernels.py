"""The kernels for a GPU against double precision: on a GPU, else by Triton's interpreter.

Triton is interpreted where that was asked for before anything imported it, so the tests run in a
process of their own; the last test here starts it.
"""

import copy
import importlib
import importlib.util
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from resnet.model import build
from resnet.spec import NetSpec
from resnet.train.fused.run import Fused

ASKED = "TRITON_INTERPRET"
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
NETS = ("plain8", "resnet8-A", "resnet8-B", "resnet8-C-pre", "resnet11-A-bottleneck", "plain8-tanh")


here = pytest.mark.skipif(
    DEVICE == "cpu" and os.environ.get(ASKED) != "1", reason="runs in a process of its own"
)


@pytest.fixture(scope="module")
def kernels():
    """The modules with kernels."""
    package = Fused.__module__.rsplit(".", 1)[0]
    names = ("gpu", "gpu_norm", "gpu_convolution")
    return SimpleNamespace(**{name: importlib.import_module(f"{package}.{name}") for name in names})


def maps(seed, shape, dtype=torch.float32):
    rng = torch.Generator().manual_seed(seed)
    made = (3 + 2 * torch.randn(shape, generator=rng)).to(dtype)
    return made.contiguous(memory_format=torch.channels_last).to(DEVICE)


def off(one, other):
    one, other = one.detach().double(), other.detach().double()
    return float((one - other).norm() / other.norm().clamp_min(1e-9))


@here
@pytest.mark.parametrize("relu", [False, True])
@pytest.mark.parametrize("added", [False, True])
@pytest.mark.parametrize("shape", [(6, 8, 5, 7), (13, 16, 16, 16), (3, 64, 1, 1), (36, 64, 8, 8)])
@pytest.mark.parametrize("dtype, near", [(torch.float32, 5e-5), (torch.bfloat16, 1e-2)])
def test_norm_is_what_torch_computes(kernels, dtype, near, shape, added, relu):
    module = nn.BatchNorm2d(shape[1]).to(DEVICE)
    with torch.no_grad():
        for number, tensor in enumerate((module.weight, module.bias, module.running_mean)):
            tensor.copy_(torch.randn(shape[1], generator=torch.Generator().manual_seed(number)))
    exact = copy.deepcopy(module).double()
    given = [maps(1, shape, dtype), *([-maps(2, shape, dtype)] if added else [])]
    dy = maps(3, shape, dtype)
    mine = [each.clone().requires_grad_() for each in given]
    theirs = [each.double().requires_grad_() for each in given]

    y = kernels.gpu_norm.norm(module, *mine, relu=relu)
    y.backward(dy)
    wanted = exact(theirs[0]) + (theirs[1] if added else 0)
    wanted = F.relu(wanted) if relu else wanted
    wanted.backward(dy.double())

    assert y.dtype == dtype
    assert off(y, wanted) < near
    for one, other in zip(mine, theirs, strict=True):
        assert off(one.grad, other.grad) < near
    for one, other in zip(module.parameters(), exact.parameters(), strict=True):
        assert one.grad.dtype == torch.float32
        assert off(one.grad, other.grad) < near
    assert off(module.running_mean, exact.running_mean) < 1e-6
    assert off(module.running_var, exact.running_var) < 1e-6


@here
@pytest.mark.parametrize("channels", [16, 32, 64])
@pytest.mark.parametrize("size", [(3, 5, 7), (1, 1, 1), (5, 4, 16), (20, 8, 8)])
def test_convolution_is_what_torch_computes(kernels, channels, size):
    shape = (size[0], channels, *size[1:])
    x, dy = maps(4, shape) - 3, maps(5, shape) - 3
    weight = maps(6, (channels, channels, 3, 3)) - 3
    ours = kernels.gpu_convolution
    exact_x, exact_weight = x.double().requires_grad_(), weight.double().requires_grad_()
    exact = F.conv2d(exact_x, exact_weight, None, 1, 1)
    exact.backward(dy.double())
    gradient = ours.weight_gradient(x, dy)
    near = 2e-3 if DEVICE == "cuda" else 1e-6  # the tensor cores multiply in tf32
    assert off(ours.convolved(x, weight), exact) < near
    assert off(ours.convolved(dy, weight, backward=True), exact_x.grad) < near
    assert off(gradient, exact_weight.grad) < near
    assert gradient.stride() == weight.stride()  # so that the optimiser need not copy it


@here
@pytest.mark.parametrize("name", NETS)
def test_a_net_trains_as_its_modules_do(kernels, name):
    net = build(NetSpec.parse(name), image_size=16, device=DEVICE)
    net = net.to(memory_format=torch.channels_last).train()
    twin = copy.deepcopy(net)
    images, labels = maps(7, (12, 3, 16, 16)), torch.arange(12, device=DEVICE) % 10
    logits = kernels.gpu.FusedOnGpu(twin, half=False)(images)
    wanted = net(images)
    F.cross_entropy(logits, labels).backward()
    F.cross_entropy(wanted, labels).backward()
    assert off(logits, wanted) < 1e-5
    for (where, mine), theirs in zip(twin.named_parameters(), net.parameters(), strict=True):
        if theirs.grad.norm() > 1e-4:  # a bias ahead of a BN has a gradient of rounding alone
            assert off(mine.grad, theirs.grad) < 1e-3, where
    for mine, theirs in zip(twin.buffers(), net.buffers(), strict=True):
        assert (mine - theirs).abs().max() < 1e-5


@here
@pytest.mark.parametrize("name", NETS[:3])
def test_in_bfloat16_its_gradients_round_as_those_of_autocast(kernels, monkeypatch, name):
    if DEVICE == "cpu":  # the interpreter multiplies no bfloat16
        monkeypatch.setattr(kernels.gpu_convolution, "convolved", convolved_by_torch)
        monkeypatch.setattr(kernels.gpu_convolution, "weight_gradient", weights_by_torch)
        monkeypatch.setattr(kernels.gpu_convolution, "usable", lambda device: True)
    exact = build(NetSpec.parse(name), image_size=16, device=DEVICE)
    exact = exact.to(memory_format=torch.channels_last).train()
    plain, fused = copy.deepcopy(exact), copy.deepcopy(exact)
    images, labels = maps(8, (24, 3, 16, 16)) - 3, torch.arange(24, device=DEVICE) % 10
    forwards = (exact, False), (plain, True), (kernels.gpu.FusedOnGpu(fused, half=True), True)
    for forward, half in forwards:
        with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=half, cache_enabled=False):
            logits = forward(images)
        F.cross_entropy(logits.float(), labels).backward()
    gradients = [
        torch.cat([parameter.grad.flatten() for parameter in net.parameters()])
        for net in (exact, plain, fused)
    ]
    assert all(parameter.grad.dtype == torch.float32 for parameter in fused.parameters())
    assert off(gradients[2], gradients[0]) < 1.5 * off(gradients[1], gradients[0])


def convolved_by_torch(x, half, backward=False):
    if backward:
        return torch.nn.grad.conv2d_input(x.shape, half, x, 1, 1)
    return F.conv2d(x, half, None, 1, 1)


def weights_by_torch(x, dy):
    shape = (dy.shape[1], x.shape[1], 3, 3)
    return torch.nn.grad.conv2d_weight(x.float(), shape, dy.float(), 1, 1)


@pytest.mark.skipif(DEVICE == "cuda", reason="they ran on the GPU")
def test_they_run_interpreted():
    if importlib.util.find_spec("triton") is None:
        pytest.skip("Triton comes with torch on Linux alone")
    if os.environ.get(ASKED) == "1":
        pytest.skip("this is that process")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(
        command, env={**os.environ, ASKED: "1"}, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
