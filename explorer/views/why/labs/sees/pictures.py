"""Small pictures as HTML, enlarged with crisp pixels: an image, and the feature maps of a stage."""

import base64
import io
from collections.abc import Sequence
from html import escape
from math import ceil, sqrt

import numpy as np
from PIL import Image

from resnet.labs.sees.result import Mistake

GAP = 1  # pixels between maps


def img(pixels: np.ndarray, width: int, words: str) -> str:
    """An <img> of (H, W), (H, W, 3) or (H, W, 4) uint8 that is `width` px wide, or less.

    words  what it shows, for those who cannot see it
    """
    return (
        f'<img src="{data_url(pixels)}" alt="{escape(words)}" '
        f'style="width:{width}px;max-width:100%;image-rendering:pixelated;display:block">'
    )


def data_url(pixels: np.ndarray) -> str:
    """The pixels as a PNG inside a URL."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "PNG")
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"


def mosaic(shades: np.ndarray) -> np.ndarray:
    """(C, H, W) uint8 maps side by side in reading order, (h, w, 4); between them see-through."""
    count, height, width = shades.shape
    columns = columns_of(count)
    rows = ceil(count / columns)
    sheet = np.zeros((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 4), np.uint8)
    for at, each in enumerate(shades):
        row, column = divmod(at, columns)
        top, left = row * (height + GAP), column * (width + GAP)
        sheet[top : top + height, left : left + width] = np.dstack(
            [each, each, each, np.full_like(each, 255)]
        )
    return sheet


def columns_of(count: int) -> int:
    """Of a mosaic that is about as wide as high: 4 for 16 maps, 8 for 64, 6 for 32."""
    return max(1, ceil(sqrt(count)))


def gallery(mistakes: Sequence[Mistake]) -> str:
    """Cards: the image, what it is, what the net said and how sure it was."""
    cards = "".join(_card(each) for each in mistakes)
    return f'<div style="display:flex;flex-wrap:wrap;gap:18px 14px">{cards}</div>'


def _card(mistake: Mistake) -> str:
    label, said = escape(mistake.label), escape(mistake.said)
    words = f"test image {mistake.index}: {mistake.label}, taken for {mistake.said}"
    picture = img(mistake.image, 112, words) if mistake.image.size else ""
    return (
        f'<div style="width:132px;line-height:1.35">{picture}'
        f"<div>it is: <b>{label}</b></div>"
        f"<div>it said: <b>{said}</b></div>"
        f"<div>{_sure(mistake.probability)} sure, "
        f"{_sure(mistake.probability_of_label)} for {label}</div>"
        f'<div style="opacity:0.75">image {mistake.index:,}</div></div>'
    )


def _sure(probability: float) -> str:
    """ "87 %"; never "100 %" of what is not certain."""
    if 0.995 <= probability < 1:
        return "over 99 %"
    return "under 1 %" if 0 < probability < 0.005 else f"{100 * probability:.0f} %"
