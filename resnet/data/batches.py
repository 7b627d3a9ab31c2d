"""Mini-batches from tensors: which images, how augmented, as float32 with the mean subtracted.

What a net sees at an iteration depends on the recipe's seed and the iteration alone, so all nets of
a comparison see the same images in the same order with the same augmentation.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from resnet.data.image_set import ImageSet, held_out
from resnet.data.seeds import generator
from resnet.spec import Recipe

CHUNK = 1000  # images that are looked at together, where all of them would not fit as floats
FIXED = 0  # the seed of what must not change between runs: the hold-out, the tested images


@dataclass(frozen=True)
class LabelledImages:
    """Images (N, 3, S, S) uint8 and labels (N,) int64, resident on the training device."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: Tensor) -> "LabelledImages":
        return LabelledImages(self.images[index], self.labels[index])

    def first(self, count: int | None) -> "LabelledImages":
        return self if count is None else LabelledImages(self.images[:count], self.labels[:count])


class Batches:
    """The training images of a recipe, and the fixed images that its tests look at.

    mean  (3, S, S) float32 in 0..1: the per-pixel mean of the training images (Section 4.2)

    Where the set has fewer images than the recipe asks for, all of them are taken.
    """

    def __init__(self, images: ImageSet, recipe: Recipe, device: torch.device) -> None:
        self.recipe = recipe
        self.device = device
        train = LabelledImages(images.train_images, images.train_labels)
        test = LabelledImages(images.test_images, images.test_labels)
        if recipe.split == "45k/5k":
            order = torch.randperm(len(train), generator=generator(FIXED, "hold-out"))
            held = held_out(len(train))
            train, test = train.take(order[held:]), train.take(order[:held])
        if recipe.images is not None:
            drawn = torch.randperm(len(train), generator=generator(recipe.seed, "subset"))
            train = train.take(drawn[: recipe.images])
        else:  # mixed, for a folder's images come class by class, and tests look at the first ones
            train = train.take(torch.randperm(len(train), generator=generator(FIXED, "train")))
        shuffled = torch.randperm(len(test), generator=generator(FIXED, "test"))
        test = test.take(shuffled[: _most_tested(recipe)])
        self.train, self.test = (self._resident(part) for part in (train, test))
        self._epochs: dict[int, Tensor] = {}
        self.mean = _mean(self.train.images)

    def batch(self, iteration: int) -> tuple[Tensor, Tensor]:
        """The mini-batch of one iteration: (B, 3, S, S) float32 in channels_last, (B,) int64.

        Batches run through one shuffled pass over the images after another, without a gap: a batch
        may begin in one epoch and end in the next, so that every image counts equally.
        """
        return self.assembled(self.draws(iteration).to(self.device))

    def draws(self, iteration: int) -> Tensor:
        """(4, B) int64, on the CPU: which images, their crops' rows and columns, which to mirror.

        The last three are zero where the recipe does not augment.
        """
        index = self._order(iteration)
        drawn = torch.zeros(4, len(index), dtype=torch.int64)
        drawn[0] = index
        if self.recipe.augment:
            rng = generator(self.recipe.seed, "augmentation", iteration)
            drawn[1:3] = torch.randint(0, 2 * self._pad + 1, (2, len(index)), generator=rng)
            drawn[3] = torch.rand(len(index), generator=rng) < 0.5
        return drawn

    def assembled(self, draws: Tensor) -> tuple[Tensor, Tensor]:
        """The mini-batch of these draws, which lie on the device; nothing here waits for it."""
        index, rows, columns, flips = draws.unbind()
        images = self.normalised(self.train.images[index])
        if self.recipe.augment:
            images = crop_and_flip(images, self._pad, torch.stack((rows, columns)), flips != 0)
        return images.contiguous(memory_format=torch.channels_last), self.train.labels[index]

    @property
    def _pad(self) -> int:
        return self.recipe.image_size // 8

    def normalised(self, images: Tensor) -> Tensor:
        """uint8 images as float32 in 0..1 less the mean image; no division by a deviation."""
        return images.to(torch.float32).div_(255).sub_(self.mean)

    def _order(self, iteration: int) -> Tensor:
        count, size = len(self.train), self.recipe.batch
        start = iteration * size
        epochs = range(start // count, (start + size - 1) // count + 1)
        order = torch.cat([self._epoch(epoch) for epoch in epochs])
        offset = start - epochs.start * count
        return order[offset : offset + size]

    def _epoch(self, epoch: int) -> Tensor:
        """The order of one pass over the images; the last two are kept."""
        if epoch not in self._epochs:
            order = torch.randperm(
                len(self.train), generator=generator(self.recipe.seed, "order", epoch)
            )
            self._epochs = {**dict(list(self._epochs.items())[-1:]), epoch: order}
        return self._epochs[epoch]

    def _resident(self, part: LabelledImages) -> LabelledImages:
        images = part.images
        if self.recipe.image_size == 16:
            images = torch.cat(
                [F.avg_pool2d(some.float(), 2).round().byte() for some in images.split(CHUNK)]
            )
        return LabelledImages(images.to(self.device), part.labels.to(self.device))


def _mean(images: Tensor) -> Tensor:
    """(N, C, S, S) uint8 to the mean image in 0..1; exact sums, a part of the images at a time."""
    total = torch.zeros(images.shape[1:], dtype=torch.int64, device=images.device)
    for some in images.split(CHUNK):  # sums that were kept would leave holes of 25 MB in the heap
        total += some.sum(0, dtype=torch.int32)
    return total.float().div_(255 * len(images))


def _most_tested(recipe: Recipe) -> int | None:
    """How many test images any test of the recipe looks at; None for all."""
    counts = (recipe.test_images, recipe.final_images)
    return None if None in counts else max(count for count in counts if count is not None)


def crop_and_flip(images: Tensor, pad: int, offsets: Tensor, flips: Tensor) -> Tensor:
    """Pads with zeros, crops each image to its own size at its own offset, mirrors some.

    images   (B, C, S, S), the mean already subtracted
    offsets  (2, B) int64: the crop's first row and column in the padded image, 0 to 2 * pad
    flips    (B,) bool: mirror left to right after cropping
    Source: He et al. 2015, Section 4.2: a 32x32 crop of the padded image or of its flip.
    """
    count, _, side, _ = images.shape
    padded = F.pad(images, (pad, pad, pad, pad))
    steps = torch.arange(side, device=images.device)
    columns = torch.where(flips[:, None], steps.flip(0), steps)  # (B, S)
    rows = (offsets[0][:, None] + steps)[:, :, None]  # (B, S, 1)
    columns = (offsets[1][:, None] + columns)[:, None, :]  # (B, 1, S)
    which = torch.arange(count, device=images.device)[:, None, None]
    return padded[which, :, rows, columns].permute(0, 3, 1, 2)  # (B, S, S, C) before
