"""An uploaded picture as a net sees images, checked before it is decoded; no torch.

Nothing of the file but its pixels is used: no name, no metadata except the camera's rotation.
"""

import numpy as np
from PIL import Image, ImageOps

from resnet.images.reading import EMPTY, LARGE, NONE, OF_VISITORS, ImageError, Limits, read
from resnet.labs.bench.progress import LabError

MAX_BYTES = 8_000_000
LIMITS = Limits(25_000_000, side=20_000)
SIDE = 32
ENDINGS = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "avif", "jp2")  # on offer


def decoded(data: bytes, side: int = SIDE) -> np.ndarray:
    """(side, side, 3) uint8 RGB: the largest square in the middle of the picture, made small.

    It is read as the images of a folder are (`resnet.images.reading`).

    Raises LabError, whose sentence says what would work.
    """
    if len(data) > MAX_BYTES:
        raise LabError(
            f"the file has {len(data) / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f} MB; "
            "make the picture smaller"
        )
    try:
        picture = read(data, OF_VISITORS, LIMITS, draft=4 * side)
    except ImageError as error:
        raise LabError(_sentence(error)) from error
    return np.asarray(
        ImageOps.fit(picture.rgb, (side, side), Image.Resampling.BOX, centering=(0.5, 0.5))
    )


def as_seen(pixels: np.ndarray, image_size: int) -> np.ndarray:
    """(32, 32, 3) uint8 as a net for `image_size` is shown it, (3, image_size, image_size) uint8.

    A net for 16 pixels gets the mean of 2x2, rounded, as in training.
    """
    planes = pixels.transpose(2, 0, 1)
    step = pixels.shape[0] // image_size
    if step == 1:
        return np.ascontiguousarray(planes)
    small = planes.reshape(3, image_size, step, image_size, step).mean((2, 4), dtype=np.float32)
    return np.round(small).astype(np.uint8)


def _sentence(error: ImageError) -> str:
    if error.why == LARGE:
        return f"the picture {error}; {LIMITS.words}; make it smaller"
    if error.why in (NONE, EMPTY):
        return f"the file {error}; save the picture as PNG or JPEG"
    return (
        f"the picture {error}, so it cannot be read; open it in another program, save it anew and "
        "try again"
    )
