"""BN, addition and ReLU in one step: the numbers of torch's own modules, to rounding."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from resnet.model import build
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer
from resnet.train.fused import convolution, library
from resnet.train.fused.norm import norm
from resnet.train.fused.run import Fused
from resnet.train.fused.training import for_training

CPU = torch.device("cpu")
NAMES = (
    "plain8",
    "resnet8-A",
    "resnet8-B",
    "resnet8-C",
    "resnet8-A-pre",
    "resnet8-B-pre",
    "plain8-pre",
    "resnet11-A-bottleneck",
    "resnet11-C-bottleneck-pre",
    "resnet8-A-single",
    "resnet8-B-single-pre",
    "resnet8-A-tanh",
    "plain8-sigmoid",
    "resnet8-A-w32",
)

needs_compiler = pytest.mark.skipif(library.library() is None, reason="no C compiler here")
pytestmark = needs_compiler


def module_of(channels, dtype=torch.float32):
    module = nn.BatchNorm2d(channels).to(dtype)
    rng = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in (module.weight, module.bias, module.running_mean):
            tensor.copy_(torch.randn(channels, generator=rng))
    return module


def maps(seed, channels, dtype):
    rng = torch.Generator().manual_seed(seed)
    made = 3 + 2 * torch.randn(6, channels, 5, 7, generator=rng)
    return made.to(dtype).contiguous(memory_format=torch.channels_last)


def reference(module, x, shortcut, relu, dy):
    """torch's own operations in double precision, of the same inputs."""
    module = copy.deepcopy(module).double()
    inputs = [each.double().requires_grad_() for each in (x, shortcut) if each is not None]
    y = module(inputs[0])
    y = y + inputs[1] if shortcut is not None else y
    y = F.relu(y) if relu else y
    y.backward(dy.double())
    grads = [each.grad for each in inputs] + [module.weight.grad, module.bias.grad]
    return y.detach(), grads, (module.running_mean, module.running_var)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("relu", [False, True])
@pytest.mark.parametrize("with_shortcut", [False, True])
@pytest.mark.parametrize("channels", [16, 48])
@pytest.mark.parametrize("dtype, near", [(torch.float32, 3e-5), (torch.bfloat16, 6e-3)])
def test_it_is_what_torch_computes(dtype, near, channels, with_shortcut, relu, threads):
    torch.set_num_threads(threads)
    module, x, dy = module_of(channels), maps(2, channels, dtype), maps(3, channels, dtype)
    shortcut = -maps(4, channels, dtype) if with_shortcut else None
    wanted, grads, buffers = reference(module, x, shortcut, relu, dy)
    inputs = [each.clone().requires_grad_() for each in (x, shortcut) if each is not None]
    y = norm(module, *(each * 1 for each in inputs), relu=relu)
    assert y.dtype == dtype
    close(y, wanted, near)
    y.backward(dy.clone())
    ours = [each.grad for each in inputs] + [module.weight.grad, module.bias.grad]
    for one, other in zip(ours, grads, strict=True):
        close(one, other, near)
    for one, other in zip((module.running_mean, module.running_var), buffers, strict=True):
        close(one, other, 1e-5)


def close(one, other, near):
    """Within `near` of the largest number, and the whole of it within a third of that."""
    difference = (one.detach().double() - other).abs()
    assert difference.max() <= near * other.abs().max()
    assert difference.norm() <= near * other.norm() / 3 + 1e-12


def test_what_it_was_given_is_left_alone_unless_it_may_be_written_over():
    x, dy = maps(5, 16, torch.float32), maps(6, 16, torch.float32)
    for reuse in (False, True):
        given = (x.clone().requires_grad_() * 1).detach().requires_grad_()
        norm(module_of(16), given, relu=True, reuse=reuse).backward(dy.clone())
        assert torch.equal(given.detach(), x) is not reuse


def test_what_is_not_a_number_is_not_hidden():
    x = maps(7, 16, torch.float32)
    x[0, 3] = math.nan
    y = norm(module_of(16), x, relu=True)
    assert y[:, 3].isnan().all()
    assert not y[:, 4].isnan().any()


@pytest.mark.parametrize("name", NAMES)
def test_a_net_steps_as_its_module_does(name):
    plain = build(NetSpec.parse(name), image_size=16).to(memory_format=torch.channels_last)
    ours = copy.deepcopy(plain)
    forward = for_training(ours, CPU, half=False)
    assert isinstance(forward, Fused)
    rng = torch.Generator().manual_seed(0)
    images = torch.randn(24, 3, 16, 16, generator=rng)
    labels = torch.randint(0, 10, (24,), generator=rng)
    for net, call in ((plain, plain), (ours, forward)):
        net.train()
        F.cross_entropy(call(images), labels).backward()
    theirs = dict(plain.named_parameters())
    for key, parameter in ours.named_parameters():
        # a value next to zero may fall on either side of ReLU: single gradients may differ
        wanted = theirs[key].grad
        assert (parameter.grad - wanted).norm() <= 0.02 * wanted.norm() + 1e-6, key
    for (key, one), (_, other) in zip(ours.named_buffers(), plain.named_buffers(), strict=True):
        assert torch.allclose(one.double(), other.double(), rtol=1e-4, atol=1e-5), key


def test_fifty_steps_in_fp32_part_no_further_than_rounding_does(images):
    """Rounding grows in a net that learns; its own measure is the plain module in another layout.

    The three start alike. After 50 steps the fused net may differ from the plain module by no
    more than ten times what the plain module in NCHW differs from itself in channels_last.
    """
    recipe = Recipe(
        image_size=16, batch=32, iterations=50, learning_rate=0.01, precision="fp32", augment=False
    )
    fused, plain, other = (
        Trainer(NetSpec.parse("resnet8-A"), recipe, images, "cpu") for _ in range(3)
    )
    assert isinstance(fused._learn.forward, Fused)
    plain._learn.forward, other._learn.forward = plain.net, lambda x: other.net(x.contiguous())
    other.net.to(memory_format=torch.contiguous_format)
    for trainer in (fused, plain, other):
        for _ in range(50):
            trainer.step()
    assert 0 < apart(fused, plain) <= 10 * apart(other, plain)
    assert apart(fused, plain) < 1e-3


def apart(one, other):
    """The distance of two nets' weights, over how long those of the second are."""
    mine, theirs = (
        torch.cat([parameter.detach().flatten() for parameter in each.net.parameters()])
        for each in (one, other)
    )
    return float((mine - theirs).norm() / theirs.norm())


@pytest.mark.skipif(not convolution.available(), reason="no bfloat16 instructions here")
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("height, width", [(16, 16), (4, 4), (5, 2), (1, 8), (33, 34)])
@pytest.mark.parametrize("inputs, outputs", [(16, 16), (32, 48)])
def test_a_gradient_of_weights_is_what_torch_computes(inputs, outputs, height, width, threads):
    torch.set_num_threads(threads)
    rng = torch.Generator().manual_seed(height)
    x, dy = (
        torch.randn(7, channels, height, width, generator=rng)
        .bfloat16()
        .contiguous(memory_format=torch.channels_last)
        for channels in (inputs, outputs)
    )
    wanted = torch.nn.grad.conv2d_weight(
        x.double(), (outputs, inputs, 3, 3), dy.double(), padding=1
    )
    found = convolution.weight_gradient(x, dy)
    assert found.dtype == torch.float32
    close(found, wanted, 1e-5)
    assert torch.equal(found, convolution.weight_gradient(x, dy))


@pytest.mark.skipif(not convolution.available(), reason="no bfloat16 instructions here")
@pytest.mark.parametrize("name", NAMES)
def test_a_net_steps_in_bf16_as_its_module_does(name):
    """Closer to the gradients in fp32 than autocast is, or nearly so."""
    exact = build(NetSpec.parse(name), image_size=16).to(memory_format=torch.channels_last)
    cast, ours = copy.deepcopy(exact), copy.deepcopy(exact)
    rng = torch.Generator().manual_seed(0)
    images = torch.randn(32, 3, 16, 16, generator=rng)
    labels = torch.randint(0, 10, (32,), generator=rng)
    forward = for_training(ours, CPU, half=True)
    for net, call in ((exact, exact), (cast, cast), (ours, forward)):
        net.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=net is not exact):
            logits = call(images)
        F.cross_entropy(logits.float(), labels).backward()
    of_cast, of_ours = (off(net, exact) for net in (cast, ours))
    assert 0 < of_ours <= 1.3 * of_cast


def off(net, exact):
    """The distance of all gradients from the exact ones, over the length of those."""
    mine, theirs = (
        torch.cat([parameter.grad.flatten() for parameter in each.parameters()])
        for each in (net, exact)
    )
    return float((mine - theirs).norm() / theirs.norm())


def test_with_the_same_threads_every_bit_is_the_same():
    torch.set_num_threads(2)
    x, dy = maps(8, 32, torch.float32), maps(9, 32, torch.float32)
    found = []
    for _ in range(2):
        given = x.clone().requires_grad_()
        y = norm(module_of(32), given, relu=True)
        y.backward(dy.clone())
        found.append((y.detach(), given.grad))
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_what_it_cannot_do_is_left_to_torch(monkeypatch):
    for name in ("resnet8-A-w8", "plain8-nonorm"):
        net = build(NetSpec.parse(name), image_size=16)
        assert for_training(net, CPU, False) is net
    net = build(NetSpec.parse("resnet8-A"), image_size=16)
    assert for_training(net, torch.device("cuda"), False) is net
    library.library.cache_clear()
    monkeypatch.setenv("RESNET_FUSED", "0")
    try:
        assert for_training(net, CPU, False) is net
    finally:
        library.library.cache_clear()


def test_a_compiler_that_fails_costs_speed_alone(monkeypatch, tmp_path):
    library.library.cache_clear()
    monkeypatch.setattr(library, "_compiler", lambda: "/bin/false")
    monkeypatch.setattr(library, "SOURCES", (tmp_path / "norm.c",))
    (tmp_path / "norm.c").write_text("int other;")
    try:
        assert library.library() is None
    finally:
        library.library.cache_clear()


def test_a_folder_that_cannot_be_written_gives_way_to_the_home(monkeypatch, tmp_path, home):
    source = tmp_path / "norm.c"
    source.write_text(library.SOURCES[0].read_text())
    (tmp_path / "__pycache__").write_text("a file in the way")
    monkeypatch.setattr(library, "SOURCES", (source,))
    library.library.cache_clear()
    try:
        assert library.library() is not None
        assert len(list((home / "compiled").glob("*.so"))) == 1
    finally:
        library.library.cache_clear()
