"""Evaluation by Winograd's algorithm: torch's convolutions, to the rounding of float32."""

import copy

import pytest
import torch
from torch.nn import functional as F

from resnet.labs.variants.experiment import trainer_of
from resnet.labs.variants.table import VARIANTS
from resnet.model import build
from resnet.model.folding import folded
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer
from resnet.train.evaluate import error_on
from resnet.train.fused import library
from resnet.train.fused.evaluation import Evaluated, for_evaluation, room_for, transformed, winograd

CPU = torch.device("cpu")
NEAR = 3e-5  # of the largest value
NAMES = {  # how many of their convolutions suit
    "plain8": 4,
    "resnet8-A": 4,
    "resnet8-B": 4,
    "resnet8-C": 4,
    "resnet8-A-nonorm": 4,
    "resnet8-B-tanh": 4,
    "plain8-pre": 4,
    "resnet8-A-pre": 4,
    "resnet8-B-pre": 4,
    "resnet11-A-bottleneck": 3,
    "resnet8-B-single": 4,
    "resnet8-A-w48": 4,
}
pytestmark = pytest.mark.skipif(library.library() is None, reason="no C compiler here")


def maps(seed, *shape):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=rng).contiguous(memory_format=torch.channels_last)


def close(found, exact):
    assert found.shape == exact.shape
    assert float((found - exact).abs().max()) < NEAR * float(exact.abs().max())


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("height, width", [(16, 16), (4, 4), (5, 2), (1, 8), (33, 34)])
@pytest.mark.parametrize("inputs, outputs", [(16, 16), (32, 48), (64, 64)])
@pytest.mark.parametrize("relu, added", [(False, False), (True, False), (True, True)])
def test_it_is_the_convolution(inputs, outputs, height, width, threads, relu, added):
    torch.set_num_threads(threads)
    x, weight = maps(1, 3, inputs, height, width), maps(2, outputs, inputs, 3, 3)
    bias = maps(3, 1, outputs, 1, 1).flatten()
    shortcut = maps(4, 3, outputs, height, width) if added else None
    exact = F.conv2d(x.double(), weight.double(), bias.double(), padding=1)
    exact = exact + shortcut.double() if added else exact
    exact = exact.relu() if relu else exact
    given = (x.clone(), shortcut.clone() if added else None)
    used = room_for(inputs, outputs)
    found = winograd(x, transformed(weight), bias, shortcut, relu=relu, room=used)
    close(found.double(), exact)
    assert torch.equal(x, given[0]) and (not added or torch.equal(shortcut, given[1]))


def test_what_it_gives_for_an_image_depends_on_that_image_alone():
    x, filters, bias = maps(5, 21, 16, 12, 12), transformed(maps(6, 16, 16, 3, 3)), torch.ones(16)
    torch.set_num_threads(1)
    whole = winograd(x, filters, bias, room=room_for(16, 16))
    small = room_for(16, 16)
    torch.set_num_threads(3)
    for used in (room_for(16, 16), small):
        parts = [winograd(part, filters, bias, room=used) for part in x.split(5)]
        assert torch.equal(whole, torch.cat(parts))


def test_what_is_not_a_number_is_not_hidden():
    x = maps(7, 1, 16, 8, 8)
    x[0, 3, 2, 2] = float("nan")
    y = winograd(
        x, transformed(maps(8, 16, 16, 3, 3)), torch.zeros(16), relu=True, room=room_for(16, 16)
    )
    assert bool(y[0, :, 1:4, 1:4].isnan().all()) and not bool(y[0, :, 4:, 4:].isnan().any())


def lived(name, images):
    """A folded net whose BN has seen images, and the images it may be shown."""
    trainer = Trainer(NetSpec.parse(name), Recipe(image_size=16, batch=16), images, "cpu")
    for _ in range(3):
        trainer.step()
    return folded(trainer.net), trainer.batches


@pytest.mark.parametrize("name", NAMES)
def test_a_net_answers_as_its_module_does(name, images):
    net, batches = lived(name, images)
    shown = batches.normalised(batches.test.images[:10])
    with torch.inference_mode():
        exact = copy.deepcopy(net).double()(shown.double())
    found = for_evaluation(net, CPU)
    assert isinstance(found, Evaluated) and found.ours == NAMES[name]
    close(found(shown).double(), exact)
    assert error_on(found, batches, batches.test) == error_on(net, batches, batches.test)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_block_that_was_changed_runs_as_it_is(name, images):
    recipe = Recipe(image_size=16, batch=16, iterations=10)
    trainer = trainer_of(VARIANTS[name], NetSpec.parse("resnet8-A"), recipe, images, "cpu")
    for _ in range(3):
        trainer.step()
    net = folded(trainer.net)
    shown = trainer.batches.normalised(trainer.batches.test.images[:10])
    with torch.inference_mode():
        close(for_evaluation(net, CPU)(shown), net(shown))


def test_wide_nets_are_shown_enough_images_and_the_widest_are_left_to_torch():
    torch.set_num_threads(1)
    at_once = {}
    for name in ("resnet8-A", "resnet8-A-w64", "resnet8-A-w256"):
        found = for_evaluation(folded(build(NetSpec.parse(name), image_size=32)), CPU)
        at_once[name] = found.at_once if isinstance(found, Evaluated) else None
    assert at_once == {"resnet8-A": 16, "resnet8-A-w64": 64, "resnet8-A-w256": None}


def test_a_trainer_tests_by_it_and_its_net_stays_as_it_was(images, monkeypatch):
    trainer = Trainer(NetSpec.parse("resnet8-A"), Recipe(image_size=16, batch=16), images, "cpu")
    for _ in range(3):
        trainer.step()
    before = {key: value.clone() for key, value in trainer.net.state_dict().items()}
    asked = []
    real = Evaluated.__call__
    monkeypatch.setattr(
        Evaluated, "__call__", lambda self, x: asked.append(len(x)) or real(self, x)
    )
    found = trainer.test(None)
    assert sum(asked) == len(trainer.batches.train) + len(trainer.batches.test)
    monkeypatch.setenv("RESNET_FUSED", "0")
    library.library.cache_clear()
    try:
        assert trainer.test(None) == found
    finally:
        library.library.cache_clear()
    assert all(torch.equal(before[key], value) for key, value in trainer.net.state_dict().items())


def test_what_it_cannot_do_is_left_to_torch(monkeypatch):
    narrow = folded(build(NetSpec.parse("resnet8-A-w2"), image_size=16))
    assert for_evaluation(narrow, CPU) is narrow
    net = folded(build(NetSpec.parse("resnet8-A"), image_size=16))
    assert for_evaluation(net, torch.device("cuda")) is net
    assert not isinstance(for_evaluation(net.double(), CPU), Evaluated)
    monkeypatch.setenv("RESNET_FUSED", "0")
    library.library.cache_clear()
    try:
        assert (
            for_evaluation(folded(build(NetSpec.parse("plain8"))), CPU).__class__ is not Evaluated
        )
    finally:
        library.library.cache_clear()


def test_the_points_filter_as_the_paper_says():
    """Lavin and Gray 2016, Section 4.3: one filter of ones, summed over its points by hand."""
    ones = transformed(torch.ones(1, 1, 3, 3)).flatten().view(6, 6)
    row = torch.tensor([1 / 4, -1 / 2, -1 / 6, 7 / 24, 1 / 8, 1.0])
    torch.testing.assert_close(ones, torch.outer(row, row))
