"""A folder of images as a data set: train/<class>/* and test/<class>/*, any size, decoded once."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

SIDE = 32
KINDS = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")
MAX_PIXELS = 50_000_000


class FolderError(ValueError):
    """A folder that is no data set; its text is one sentence to show."""


@dataclass(frozen=True)
class Found:
    """The image files of a folder, by part and class, and a fingerprint that changes with them."""

    root: Path
    classes: tuple[str, ...]
    train: tuple[tuple[Path, int], ...]
    test: tuple[tuple[Path, int], ...]
    fingerprint: str


@dataclass(frozen=True)
class Decoded:
    """Training images and labels, test images and labels; a sentence on what was resized."""

    tensors: tuple[Tensor, Tensor, Tensor, Tensor]
    note: str


def find(root: Path) -> Found:
    """Lists the images of a folder. Raises FolderError where it is not laid out as it must be."""
    if not root.is_dir():
        raise FolderError(f"there is no folder {root}; RESNET_DATA must name a folder of images")
    print_of = hashlib.blake2b(digest_size=16)
    for part in ("train", "test"):
        if not (root / part).is_dir():
            raise FolderError(
                f"folder {root} has no {part}/ in it; it must hold train/<class>/ and test/<class>/"
            )
    classes = _folders(root / "train")
    if len(classes) < 2:
        held = f"only the class {classes[0]!r}" if classes else "no class folders"
        raise FolderError(
            f"folder {root / 'train'} holds {held}; telling classes apart needs at least two, "
            "one folder each"
        )
    strangers = sorted(set(_folders(root / "test")) - set(classes))
    if strangers:
        raise FolderError(
            f"folder {root / 'test'} holds the class {strangers[0]!r}, which train/ does not have; "
            "add it there, or remove it here"
        )
    parts = [_files(root, part, classes, print_of) for part in ("train", "test")]
    return Found(root, tuple(classes), parts[0], parts[1], print_of.hexdigest())


def decode(found: Found, progress: Callable[[int, int], None]) -> Decoded:
    """Reads every image as 32x32 RGB. Raises FolderError that names the first broken one."""
    files = found.train + found.test
    pixels = np.empty((len(files), SIDE, SIDE, 3), np.uint8)
    resized = 0
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        chunk = 500
        for start in range(0, len(files), chunk):
            part = files[start : start + chunk]
            for offset, (image, changed) in enumerate(pool.map(_decode_one, (p for p, _ in part))):
                pixels[start + offset] = image
                resized += changed
            progress(min(start + chunk, len(files)), len(files))
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
    labels = torch.tensor([label for _, label in files])
    split = len(found.train)
    note = (
        f"{resized:,} of {len(files):,} images were not {SIDE}x{SIDE} and were resized"
        if resized
        else ""
    )
    return Decoded((images[:split], labels[:split], images[split:], labels[split:]), note)


def _folders(root: Path) -> list[str]:
    """Class folders; hidden ones, which tools leave behind, are none."""
    names = (entry.name for entry in os.scandir(root) if entry.is_dir())
    return sorted(name for name in names if not name.startswith("."))


def _files(
    root: Path, part: str, classes: list[str], print_of: "hashlib.blake2b"
) -> tuple[tuple[Path, int], ...]:
    listed: list[tuple[Path, int]] = []
    for label, name in enumerate(classes):
        folder = root / part / name
        if not folder.is_dir():
            continue
        before = len(listed)
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name.lower().endswith(KINDS) and entry.is_file():
                stat = entry.stat()
                print_of.update(
                    f"{part}/{name}/{entry.name}:{stat.st_size}:{stat.st_mtime_ns}\n".encode()
                )
                listed.append((Path(entry.path), label))
        if part == "train" and len(listed) == before:
            raise FolderError(
                f"folder {folder} holds no images; put some there ({', '.join(KINDS)}), "
                "or remove the folder"
            )
    if not listed:
        raise FolderError(f"folder {root / part} holds no images; errors are measured on them")
    return tuple(listed)


def _decode_one(path: Path) -> tuple[np.ndarray, bool]:
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise FolderError(
                    f"{path} has {image.width}x{image.height} pixels, more than "
                    f"{MAX_PIXELS // 10**6} million; make it smaller"
                )
            rgb = image.convert("RGB")
    except FolderError:
        raise
    except Exception as error:  # a broken file can fail in any way
        raise FolderError(
            f"{path} is not an image that can be read; remove or replace it, then start again"
        ) from error
    changed = rgb.size != (SIDE, SIDE)
    if changed:
        rgb = rgb.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(rgb), changed
