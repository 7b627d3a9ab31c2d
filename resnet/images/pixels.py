"""What an opened image becomes: RGB of 8 bits a channel, upright, on white."""

import numpy as np
from PIL import Image

GROUND = (255, 255, 255)  # behind what is transparent
TURNED, DEEP, SCALED, SEE_THROUGH = "turned", "deep", "scaled", "see-through"
WORDS = {  # of what was done to so many images
    TURNED: "{} turned upright",
    DEEP: "{} of 16 bits cut to their upper 8",
    SCALED: "{} of floats or 32 bits scaled by their own range",
    SEE_THROUGH: "{} see-through put on white",
}
ORIENTATION = 0x0112  # of EXIF
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIXTEEN = ("PNG", "PPM")  # formats whose "I" holds 16 bits
ROWS = 256  # that are scaled together


def as_rgb(image: Image.Image) -> tuple[Image.Image, frozenset[str]]:
    """The image, and what was done to it: some of TURNED, DEEP, SCALED, SEE_THROUGH.

    Of 16 bits the upper 8 count. Floats, and integers of 32 bits, go from their least value (black)
    to their largest (white); what is no number is black.
    """
    image.load()
    turn = _turn(image)
    rgb, done = _flat(image)
    if turn is not None:
        rgb, done = rgb.transpose(turn), done | {TURNED}
    return rgb, frozenset(done)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How the camera was held; a viewer shows an image whose EXIF is damaged, and so do we."""
    try:
        return UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    except Exception:
        return None


def _flat(image: Image.Image) -> tuple[Image.Image, set[str]]:
    if image.mode == "F" or (image.mode == "I" and image.format not in SIXTEEN):
        return Image.fromarray(_scaled(np.asarray(image))).convert("RGB"), {SCALED}
    if image.mode.startswith("I"):
        values = np.asarray(image)
        grey = (values >> 8).clip(0, 255).astype(np.uint8)
        clear = image.info.get("transparency")
        if isinstance(clear, int):
            grey[values == clear] = GROUND[0]
            return Image.fromarray(grey).convert("RGB"), {DEEP, SEE_THROUGH}
        return Image.fromarray(grey).convert("RGB"), {DEEP}
    if image.has_transparency_data:
        coloured = image if image.mode == "RGBA" else _with_alpha(image)
        ground = Image.new("RGBA", coloured.size, (*GROUND, 255))
        whole = coloured.getchannel("A").getextrema()[0] == 255
        return Image.alpha_composite(ground, coloured).convert("RGB"), (
            set() if whole else {SEE_THROUGH}
        )
    return image.convert("RGB"), set()


def _with_alpha(image: Image.Image) -> Image.Image:
    if image.mode == "La":  # has no way to RGBA but this one
        image = image.convert("LA")
    return image.convert("RGBA")


def _scaled(values: np.ndarray) -> np.ndarray:
    """(H, W) numbers as uint8, from the least to the largest of them."""
    finite = values[np.isfinite(values)]
    out = np.zeros(values.shape, np.uint8)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if high > low:
        for row in range(0, len(values), ROWS):  # as float64, in which no difference overflows
            some = np.nan_to_num(
                values[row : row + ROWS].astype(np.float64), nan=low, posinf=high, neginf=low
            )
            out[row : row + ROWS] = np.round((some - low) * (255 / (high - low)))
    return out
