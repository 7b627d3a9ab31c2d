"""Pad, crop and flip by the batch, against torchvision's functions image by image."""

from itertools import product

import pytest
import torch
from torchvision.transforms import functional as tv

from resnet.data.batches import Batches, crop_and_flip
from resnet.spec import Recipe


def by_torchvision(image, pad, row, column, flip):
    side = image.shape[-1]
    cropped = tv.crop(tv.pad(image, [pad]), row, column, side, side)
    return tv.hflip(cropped) if flip else cropped


@pytest.mark.parametrize("side, pad", [(32, 4), (16, 2)])
def test_every_offset_and_flip_gives_what_torchvision_gives(side, pad):
    cases = list(product(range(2 * pad + 1), range(2 * pad + 1), (False, True)))
    rows, columns, flips = (torch.tensor(each) for each in zip(*cases, strict=True))
    rng = torch.Generator().manual_seed(0)
    images = torch.randn(len(cases), 3, side, side, generator=rng)
    ours = crop_and_flip(images, pad, torch.stack((rows, columns)), flips)
    theirs = [by_torchvision(x, pad, *case) for x, case in zip(images, cases, strict=True)]
    assert torch.equal(ours, torch.stack(theirs))


def test_the_middle_offset_without_a_flip_changes_nothing():
    images = torch.randn(3, 3, 32, 32)
    middle = torch.full((2, 3), 4)
    assert torch.equal(crop_and_flip(images, 4, middle, torch.zeros(3, dtype=torch.bool)), images)


@pytest.mark.parametrize("side, pad", [(32, 4), (16, 2)])
def test_batches_draw_all_offsets_and_both_flips(images, side, pad):
    """Of one image 2,000 times, every crop and mirror appears, and nothing else does."""
    recipe = Recipe(batch=2000, image_size=side)
    batches = Batches(images, recipe, torch.device("cpu"))
    batches.train.images[:] = batches.train.images[0]
    single = batches.normalised(batches.train.images[:1])[0]
    steps = range(2 * pad + 1)
    possible = {
        by_torchvision(single, pad, *case).contiguous().numpy().tobytes()
        for case in product(steps, steps, (False, True))
    }
    x, _ = batches.batch(0)
    assert {image.contiguous().numpy().tobytes() for image in x} == possible
