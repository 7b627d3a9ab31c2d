"""Image sets as uint8 tensors: CIFAR-10, a folder of images, or a generated set.

A decoded set is cached as one file, written atomically and checked when it is read.
"""

import contextlib
import errno
import os
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import torch
from filelock import FileLock
from torch import Tensor

from resnet.data import folder, generated, tensor_file
from resnet.images.fingerprint import fingerprint
from resnet.settings import (
    CIFAR10_BYTES,
    CIFAR10_SIZE,
    cache_file,
    data_home,
    image_folder,
    image_folder_label,
    memory_file,
)
from resnet.spec.recipe import DATA, Recipe

Progress = Callable[[str, int, int], None]  # what is being done, done, of how many


def held_out(count: int) -> int:
    """How many of so many training images the split 45k/5k tests on: a tenth, and at least one."""
    return max(1, count // 10)


class DataError(RuntimeError):
    """Images that cannot be had; its text is one sentence to show."""


@dataclass(frozen=True)
class ImageSet:
    """A training and a test set in memory.

    images       (N, 3, 32, 32) uint8;  labels  (N,) int64
    label        what results made from it are labelled with
    note         what was done to the images, or ""
    left_out     what was passed over where they lie, and why, or ""
    fingerprint  what the set is known by: the same for the same images under the same classes
    """

    name: str
    label: str
    classes: tuple[str, ...]
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    note: str = ""
    left_out: str = ""
    fingerprint: str = ""

    @property
    def said(self) -> str:
        """What was done to the images, how many were read and what was left out, or ""."""
        count = len(self.train_labels) + len(self.test_labels)
        read = f"{count:,} images read, {self.left_out}" if self.left_out else ""
        return "; ".join(part for part in (self.note, read) if part)

    def described_for(self, recipe: Recipe) -> str:
        """The label, with what there is to say of the images that a recipe takes of them."""
        said = "; ".join(part for part in (self._fewer(recipe), self.said) if part)
        return f"{self.label} ({said})" if said else self.label

    def headline(self, recipe: Recipe) -> str:
        """The same as a line of its own."""
        said = "; ".join(part for part in (self._fewer(recipe), self.said) if part)
        return f"{self.label}: {said}" if said else f"training on {self.label}"

    def _fewer(self, recipe: Recipe) -> str:
        count = len(self.train_labels)
        there = count - held_out(count) if recipe.split == "45k/5k" else count
        if recipe.images is None or recipe.images <= there:
            return ""
        return f"all {there:,} training images, for there are no {recipe.images:,}"

    @property
    def class_counts(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """How many training and how many test images each class has."""
        train, test = (
            tuple(torch.bincount(labels, minlength=len(self.classes)).tolist())
            for labels in (self.train_labels, self.test_labels)
        )
        return train, test


def load(name: str, root: Path | None = None, progress: Progress | None = None) -> ImageSet:
    """An image set by name: "cifar10", "folder" or "generated".

    root      where to look: for "folder" the folder with train/ and test/ (else RESNET_DATA), for
              "cifar10" where torchvision keeps it (else data/ in the program's home)
    progress  told what is being done, how much of it is done, and of how much

    Several processes may call this at once: one does the work, the others wait and read its cache.
    Raises DataError, whose sentence says what would work.
    """
    report = progress or (lambda what, done, of: None)
    if name == "generated":
        key = f"v{generated.VERSION}"
        return replace(
            _cached("generated", key, lambda: _generate(report)), fingerprint=f"generated-{key}"
        )
    if name == "cifar10":
        where = root or data_home()
        found = _cached("cifar10", str(where.resolve()), lambda: _cifar10(where, report))
        return replace(found, fingerprint="cifar10")  # its archive is checked by its digest
    if name == "folder":
        given = root or image_folder()
        if given is None:
            raise DataError(
                "no folder of images is set; start the program with RESNET_DATA=FOLDER, where "
                "FOLDER holds train/<class>/ and test/<class>/"
            )
        try:
            return _of_folder(given, report)
        except folder.FolderError as error:
            raise DataError(str(error)) from error
    raise DataError(f"data set {name!r} is not known; choose cifar10, folder or generated")


def _generate(report: Progress) -> ImageSet:
    train = generated.images("train", lambda done, of: report("drawing images", done, of))
    test = generated.images("test", lambda done, of: report("drawing test images", done, of))
    return ImageSet("generated", DATA["generated"], generated.CLASSES, *train, *test)


def _of_folder(root: Path, report: Progress) -> ImageSet:
    found = folder.find(root)
    known = fingerprint(
        found,
        memory_file("folder", str(root.resolve())),
        lambda done, of: report("looking whether images changed", done, of),
    )
    images = _cached("folder", known, lambda: _folder(found, report))
    return replace(
        images, label=image_folder_label(), left_out=found.left_out.words, fingerprint=known
    )


def _folder(found: folder.Found, report: Progress) -> ImageSet:
    decoded = folder.decode(found, lambda done, of: report("decoding images", done, of))
    return ImageSet("folder", image_folder_label(), found.classes, *decoded.tensors, decoded.note)


def _cifar10(where: Path, report: Progress) -> ImageSet:
    try:
        from torchvision.datasets import CIFAR10
    except (ImportError, RuntimeError) as error:  # it was built for another torch
        raise DataError(
            f"CIFAR-10 is read by torchvision, which cannot be loaded here ({_cause(error)}); "
            "install torch and torchvision as one pair (docs/INSTALL.md), or start with the "
            "generated set, which needs no torchvision"
        ) from error
    where.mkdir(parents=True, exist_ok=True)
    archive = where / CIFAR10.filename
    try:
        with _watching(archive, lambda size: report("downloading CIFAR-10", size, CIFAR10_BYTES)):
            train, test = (CIFAR10(where, train=part, download=True) for part in (True, False))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise _not_downloaded(error) from error
        raise DataError(
            f"CIFAR-10 does not fit on the disk; free {CIFAR10_SIZE} for the archive "
            "and as much again for the images, then try again"
        ) from error
    except RuntimeError as error:  # torchvision's own integrity check
        raise _not_downloaded(error) from error
    parts = (*_tensors(train), *_tensors(test))
    return ImageSet("cifar10", DATA["cifar10"], tuple(train.classes), *parts)


def _tensors(part: Any) -> tuple[Tensor, Tensor]:
    """torchvision's (N, 32, 32, 3) array as (N, 3, 32, 32), and the labels."""
    pixels = torch.from_numpy(part.data).permute(0, 3, 1, 2).contiguous()
    return pixels, torch.tensor(part.targets)


def _not_downloaded(error: Exception) -> DataError:
    return DataError(
        f"CIFAR-10 could not be downloaded ({_cause(error)}); check the network and try "
        "again, or start with the generated set, which needs no download"
    )


def _cause(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    text = str(getattr(reason, "strerror", None) or reason).strip()
    return text.splitlines()[0][:120] if text else type(error).__name__


@contextlib.contextmanager
def _watching(file: Path, report: Callable[[int], None]):  # type: ignore[no-untyped-def]
    """Reports the size of a growing file twice a second: torchvision has no hook of its own."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            with contextlib.suppress(FileNotFoundError):
                report(file.stat().st_size)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _cached(name: str, key: str, make: Callable[[], ImageSet]) -> ImageSet:
    file = cache_file(name, key)
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{file}.lock"):
        found = _read(file)
        if found is None:
            found = make()
            _write(file, found)
    return found


def _read(file: Path) -> ImageSet | None:
    """The cached set, or None where there is no cache or a damaged one: it is then made anew."""
    try:
        stored = tensor_file.read(file)
        kept = ImageSet(**{**stored["set"], "classes": tuple(stored["set"]["classes"])})
        return kept if _is_whole(kept) and stored["check"] == _check(kept) else None
    except FileNotFoundError:
        return None
    except Exception:  # a truncated or foreign file can fail in any way; all mean "no cache"
        return None


def _is_whole(images: ImageSet) -> bool:
    """Whether it is what is cached: texts, and as many labels as images, each of a class."""
    texts = (*images.classes, images.name, images.label, images.note, images.left_out)
    "".join((*texts, images.fingerprint)).encode()  # raises where they are no texts
    parts = (
        (images.train_images, images.train_labels),
        (images.test_images, images.test_labels),
    )
    return all(
        pixels.dtype == torch.uint8
        and labels.dtype == torch.int64
        and pixels.shape == (len(labels), 3, folder.SIDE, folder.SIDE)
        and (not len(labels) or 0 <= labels.min() <= labels.max() < len(images.classes))
        for pixels, labels in parts
    )


def _write(file: Path, images: ImageSet) -> None:
    fresh = file.with_suffix(f".{os.getpid()}.part")
    try:
        torch.save({"set": vars(images), "check": _check(images)}, fresh)
        fresh.replace(file)
    except (OSError, RuntimeError) as error:  # torch.save reports a full disk as RuntimeError
        raise DataError(
            f"the decoded images could not be kept in {file.parent.name}/ ({_cause(error)}); "
            "free some space on the disk and try again"
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def _check(images: ImageSet) -> int:
    check = 0
    for tensor in (
        images.train_images,
        images.train_labels,
        images.test_images,
        images.test_labels,
    ):
        check = zlib.crc32(cast(Any, tensor.contiguous().numpy()), check)
    return check
