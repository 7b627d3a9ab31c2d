"""Where the program keeps what it makes, and which folder of images the server offers."""

import os
from pathlib import Path


def home() -> Path:
    """The folder for runs and decoded images: RESNET_HOME, else checkpoints/ of this checkout."""
    given = os.environ.get("RESNET_HOME")
    return Path(given) if given else Path(__file__).resolve().parents[1] / "checkpoints"


def image_folder() -> Path | None:
    """The folder of images named by RESNET_DATA, if any."""
    given = os.environ.get("RESNET_DATA")
    return Path(given) if given else None


def image_folder_label() -> str:
    """What results made from that folder are labelled with: RESNET_DATA_NAME, else its name."""
    folder = image_folder()
    return os.environ.get("RESNET_DATA_NAME") or (folder.resolve().name if folder else "folder")
