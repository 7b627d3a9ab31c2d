"""Where the program keeps what it makes, and which images the server offers."""

import hashlib
import os
import sys
from pathlib import Path

from resnet.images import names

CIFAR10_BYTES = 170_498_071  # of the archive, as published beside it
CIFAR10_SIZE = f"{CIFAR10_BYTES / 1e6:.0f} MB"
CACHE_VERSION = 1

_PACKAGE = Path(__file__).resolve().parent


def home() -> Path:
    """The folder for runs and decoded images.

    RESNET_HOME, else checkpoints/ of this checkout, else, where the program was installed, a folder
    of the user's own.
    """
    given = os.environ.get("RESNET_HOME")
    if given:
        return Path(given)
    root = checkout()
    return root / "checkpoints" if root else _of_the_user() / "resnet-explorer"


def ships(name: str) -> Path:
    """A folder that ships with the program: checkpoints/NAME of this checkout, else installed."""
    return (checkout() or _PACKAGE) / "checkpoints" / name


def checkout() -> Path | None:
    """The folder of the checkout that this program runs from; None where it was installed."""
    root = _PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() else None


def environment() -> dict[str, str]:
    """For a process of this program, started by `python -P -m`: it imports what this one does.

    Without -P it would import from the folder that somebody happens to be in.
    """
    root = checkout()
    if root is None:
        return dict(os.environ)
    paths = (str(root), os.environ.get("PYTHONPATH"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _of_the_user() -> Path:
    """Where this system keeps what programs write for a user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def data_home() -> Path:
    """The folder for downloaded and decoded images."""
    return home() / "data"


def cache_file(name: str, key: str) -> Path:
    """The one file that holds a decoded image set; `key` changes when its source does."""
    digest = hashlib.blake2b(f"{CACHE_VERSION}/{key}".encode(), digest_size=6).hexdigest()
    return data_home() / f"{name}-{digest}.pt"


def memory_file(name: str, key: str) -> Path:
    """The file that remembers what the images of a folder are known by."""
    digest = hashlib.blake2b(os.fsencode(key), digest_size=6).hexdigest()
    return data_home() / f"{name}-{digest}.json"


def image_folder() -> Path | None:
    """The folder of images named by RESNET_DATA, if any."""
    given = os.environ.get("RESNET_DATA")
    return Path(given) if given else None


def image_folder_label() -> str:
    """What results made from that folder are labelled with: RESNET_DATA_NAME, else its name."""
    folder = image_folder()
    return names.text(
        os.environ.get("RESNET_DATA_NAME") or (folder.resolve().name if folder else "folder")
    )


def image_folder_classes() -> int | None:
    """How many classes that folder holds, one sub-folder of train/ each; None where it has none."""
    folder = image_folder()
    if folder is None:
        return None
    from resnet.images.listing import class_names  # only who asks for it loads what reads images

    try:
        return len(class_names(folder)) if (folder / "train").is_dir() else None
    except OSError:  # a mount that was lost
        return None


def has_cifar10() -> bool:
    """Whether CIFAR-10 can be used without a download."""
    source = data_home()
    decoded = cache_file("cifar10", str(source.resolve()))
    return decoded.exists() or (source / "cifar-10-batches-py").is_dir()
