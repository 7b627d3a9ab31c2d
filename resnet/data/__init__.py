"""Images as tensors: loaded, drawn in an order that depends on seed and iteration alone."""

from resnet.data.image_set import DataError, ImageSet, Progress, load

__all__ = ["DataError", "ImageSet", "Progress", "load"]
