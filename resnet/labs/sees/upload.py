"""An uploaded picture as a net sees images: PNG or JPEG, checked before it is decoded; no torch.

Nothing of the file but its pixels is used: no name, no metadata except the camera's rotation.
"""

import io

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from resnet.labs.bench.progress import LabError

MAX_BYTES = 8_000_000
MAX_PIXELS = 25_000_000
MAX_SIDE = 20_000
MOST = f"at most {MAX_PIXELS // 10**6} million pixels are taken, {MAX_SIDE:,} along a side"
SIDE = 32
FORMATS = ("PNG", "JPEG")
GROUND = (255, 255, 255)  # behind what is transparent


def decoded(data: bytes, side: int = SIDE) -> np.ndarray:
    """(side, side, 3) uint8 RGB: the largest square in the middle of the picture, made small.

    The format, the size of the file and the picture's width and height are checked before a pixel
    is decoded. Of an animation the first frame counts; transparency is put on white; a picture with
    16 bits a channel keeps the upper 8.

    Raises LabError, whose sentence says what would work.
    """
    if len(data) > MAX_BYTES:
        raise LabError(
            f"the file has {len(data) / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f} MB; "
            "make the picture smaller"
        )
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(image)
            image.draft("RGB", (4 * side, 4 * side))  # a large JPEG is decoded small
            return _square(image, side)
    except LabError:
        raise
    except UnidentifiedImageError as error:
        raise LabError(
            "the file is no PNG or JPEG picture; save the picture as one of these"
        ) from error
    except Image.DecompressionBombError as error:  # Pillow's own limit, where a header is huge
        raise LabError(f"the picture is too large: {MOST}; make it smaller") from error
    except Exception as error:  # a damaged file can fail in any way
        raise LabError(
            "the picture is damaged and cannot be read; open it in another program, save it anew "
            "and try again"
        ) from error


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


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise LabError(f"the picture has {width:,}x{height:,} pixels, but {MOST}; make it smaller")
    if min(width, height) < 1:
        raise LabError("the picture has no pixels; choose another")


def _square(image: Image.Image, side: int) -> np.ndarray:
    rgb = _rgb(ImageOps.exif_transpose(image))
    return np.asarray(ImageOps.fit(rgb, (side, side), Image.Resampling.BOX, centering=(0.5, 0.5)))


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off at 255
        grey = np.asarray(image.convert("I"), np.int32) >> 8
        return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        coloured = image.convert("RGBA")
        ground = Image.new("RGBA", coloured.size, (*GROUND, 255))
        return Image.alpha_composite(ground, coloured).convert("RGB")
    return image.convert("RGB")
