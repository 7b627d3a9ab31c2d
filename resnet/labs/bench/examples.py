"""`Examples`: the images that a lab shows to a net, prepared as in training."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from resnet.data.batches import Batches
from resnet.labs.bench.progress import LabError


@dataclass(frozen=True)
class Examples:
    """Images and what they are.

    images  (N, 3, S, S) float32 with the mean subtracted, as `Batches.normalised` gives them
    labels  (N,) int64
    pixels  (N, 3, S, S) uint8: the images as people see them; None where nobody will look
    """

    images: Tensor
    labels: Tensor
    pixels: Tensor | None = None

    @classmethod
    def of(cls, batches: Batches, part: str = "test", count: int | None = None) -> Self:
        """The first `count` fixed images of a recipe's "train" or "test" part; None for all."""
        chosen = (batches.train if part == "train" else batches.test).first(count)
        return cls(batches.normalised(chosen.images), chosen.labels, chosen.images)

    @classmethod
    def of_pixels(cls, batches: Batches, pixels: Tensor) -> Self:
        """Images that nobody labelled, (N, 3, S, S) uint8 in the recipe's size; labels are -1."""
        pixels = pixels.to(batches.device)
        labels = torch.full((len(pixels),), -1, device=batches.device)
        return cls(batches.normalised(pixels), labels, pixels)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: slice) -> Self:
        pixels = None if self.pixels is None else self.pixels[rows]
        return type(self)(self.images[rows], self.labels[rows], pixels)

    def first(self, count: int) -> Self:
        """The first `count` images. Raises LabError where there are fewer than that."""
        if count > len(self):
            raise LabError(
                f"{count:,} images are needed, but {len(self):,} were given; "
                "give more images, or ask for fewer"
            )
        return self[:count]

    def chunks(self, size: int) -> Iterator[Self]:
        """The images in order, `size` at a time."""
        return (self[start : start + size] for start in range(0, len(self), size))
