"""What the tests of the labs share: small nets that have lived a little, and a few images."""

import pytest
import torch
from torch.nn import functional as F

from resnet.labs.bench.examples import Examples
from resnet.model import build
from resnet.spec import NetSpec

SIDE = 8


@pytest.fixture
def shown():
    """Images of ten classes that a net can learn: a pattern for each class, and noise."""

    def make(count=80, side=SIDE):
        rng = torch.Generator().manual_seed(side)
        patterns = torch.randn(10, 3, side, side, generator=rng)
        labels = torch.arange(count) % 10
        noise = torch.randn(count, 3, side, side, generator=rng)
        images = 0.3 * patterns[labels] + 0.2 * noise
        return Examples(images, labels, ((images.clamp(-1, 1) + 1) * 127).to(torch.uint8))

    return make


@pytest.fixture
def examples(shown):
    return shown()


@pytest.fixture
def lived(shown):
    """A net after a few steps, so that no BN is at its beginning; in training mode."""

    def make(name, side=SIDE, steps=6):
        net = build(NetSpec.parse(name), image_size=side).train()
        examples = shown(40, side)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
        for _ in range(steps):
            optimizer.zero_grad()
            F.cross_entropy(net(examples.images), examples.labels).backward()
            optimizer.step()
        net.zero_grad(set_to_none=True)
        return net

    return make


@pytest.fixture
def classes():
    return tuple(f"class {number}" for number in range(10))
