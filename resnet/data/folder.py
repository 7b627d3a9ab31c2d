"""A folder of images as a data set: every image decoded once, as 32x32 RGB."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resnet.images import names, pixels
from resnet.images.listing import FolderError, Found, find
from resnet.images.reading import LARGE, ImageError, Limits, formats_of, read

__all__ = ["SIDE", "Decoded", "FolderError", "Found", "decode", "find"]

SIDE = 32
MAX_PIXELS = 50_000_000
NAMED = 24  # of the files that cannot be read, in a sentence
LETTERS = 330  # of their names: a run's message has 500
CHUNK = 500

Failure = tuple[Path, ImageError]


@dataclass(frozen=True)
class Decoded:
    """Training images and labels, test images and labels; a sentence on what was done to them."""

    tensors: tuple[Tensor, Tensor, Tensor, Tensor]
    note: str


def decode(found: Found, progress: Callable[[int, int], None]) -> Decoded:
    """Reads every image as 32x32 RGB. Raises FolderError that names those that cannot be read."""
    files = found.train + found.test
    decoded = np.empty((len(files), SIDE, SIDE, 3), np.uint8)
    resized, done, failed = 0, Counter[str](), list[Failure]()
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for start in range(0, len(files), CHUNK):
            part = [path for path, _ in files[start : start + CHUNK]]
            for offset, each in enumerate(pool.map(_decode_one, part)):
                if isinstance(each, ImageError):
                    failed.append((part[offset], each))
                    continue
                decoded[start + offset], changed, what = each
                resized += changed
                done.update(what)
            progress(start + len(part), len(files))
    if failed:
        raise FolderError(_sentence(found.root, failed, len(files)))
    images = torch.from_numpy(decoded).permute(0, 3, 1, 2).contiguous()
    labels = torch.tensor([label for _, label in files])
    split = len(found.train)
    return Decoded(
        (images[:split], labels[:split], images[split:], labels[split:]),
        _note(resized, done, len(files)),
    )


def _decode_one(path: Path) -> tuple[np.ndarray, bool, Iterable[str]] | ImageError:
    try:
        picture = read(path, formats_of(path.name), Limits(MAX_PIXELS))
    except ImageError as error:
        return error
    rgb = picture.rgb
    changed = rgb.size != (SIDE, SIDE)
    if changed:
        rgb = rgb.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(rgb), changed, picture.done


def _note(resized: int, done: Counter[str], total: int) -> str:
    parts = [pixels.WORDS[what].format(f"{done[what]:,}") for what in pixels.WORDS if done[what]]
    if resized:
        parts.insert(0, f"{resized:,} of {total:,} images were not {SIDE}x{SIDE} and were resized")
    elif parts:
        parts[0] = f"of {total:,} images {parts[0]}"
    return "; ".join(parts)


def _sentence(root: Path, failed: Sequence[Failure], total: int) -> str:
    """What is wrong with which files, all of them at once; their names as far as there is room."""
    if len(failed) == 1:
        path, error = failed[0]
        if error.why == LARGE:
            return f"{names.shown(path)} {error}; make it smaller"
        return (
            f"{names.shown(path)} is not an image that can be read; remove or replace it, then "
            f"start again: it {error}"
        )
    shown, room = list[str](), LETTERS
    for path, error in failed[:NAMED]:
        words = f"{names.shown(path.relative_to(root))} ({error.why})"
        if shown and len(words) + 2 > room:
            break
        shown.append(words)
        room -= len(words) + 2
    more = f" and {len(failed) - len(shown):,} more" if len(failed) > len(shown) else ""
    return (
        f"{len(failed):,} of {total:,} images in {names.shown(root.name)} cannot be read; remove "
        f"or replace them, then start again: {', '.join(shown)}{more}"
    )
