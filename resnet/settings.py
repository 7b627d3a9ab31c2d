"""Where the program keeps what it makes, and which images the server offers."""

import hashlib
import os
from pathlib import Path

CIFAR10_BYTES = 170_498_071  # of the archive, as published beside it
CACHE_VERSION = 1


def home() -> Path:
    """The folder for runs and decoded images: RESNET_HOME, else checkpoints/ of this checkout."""
    given = os.environ.get("RESNET_HOME")
    return Path(given) if given else Path(__file__).resolve().parents[1] / "checkpoints"


def data_home() -> Path:
    """The folder for downloaded and decoded images."""
    return home() / "data"


def cache_file(name: str, key: str) -> Path:
    """The one file that holds a decoded image set; `key` changes when its source does."""
    digest = hashlib.blake2b(f"{CACHE_VERSION}/{key}".encode(), digest_size=6).hexdigest()
    return data_home() / f"{name}-{digest}.pt"


def image_folder() -> Path | None:
    """The folder of images named by RESNET_DATA, if any."""
    given = os.environ.get("RESNET_DATA")
    return Path(given) if given else None


def image_folder_label() -> str:
    """What results made from that folder are labelled with: RESNET_DATA_NAME, else its name."""
    folder = image_folder()
    return os.environ.get("RESNET_DATA_NAME") or (folder.resolve().name if folder else "folder")


def image_folder_classes() -> int | None:
    """How many classes that folder holds, one sub-folder of train/ each; None where it has none."""
    folder = image_folder()
    if folder is None or not (folder / "train").is_dir():
        return None
    return sum(
        entry.is_dir() and not entry.name.startswith(".") for entry in (folder / "train").iterdir()
    )


def has_cifar10() -> bool:
    """Whether CIFAR-10 can be used without a download."""
    source = data_home()
    decoded = cache_file("cifar10", str(source.resolve()))
    return decoded.exists() or (source / "cifar-10-batches-py").is_dir()
