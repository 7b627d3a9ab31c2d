"""Files that `torch.save` wrote, read as a stranger's: plain values and tensors, within bounds.

`torch.load` runs no code from a file (`weights_only`), but believes what it says of its size: a
compressed archive of a megabyte unpacks to gigabytes. `torch.save` compresses nothing, so what does
not lie in the file in full is not one of its own.
"""

import zipfile
from pathlib import Path
from typing import Any

import torch

MOST_MEMBERS = 200_000  # about one for each tensor; a net of 1,202 layers has 14,000


class TensorFileError(ValueError):
    """A file that `torch.save` did not write."""


def read(file: Path) -> Any:
    """What was saved, its tensors on the CPU.

    Raises OSError for a file that cannot be opened; for a damaged or a foreign one anything.
    """
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        _check(stream, size)
        stream.seek(0)
        return torch.load(stream, map_location="cpu", weights_only=True)


def _check(stream: Any, size: int) -> None:
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise TensorFileError(f"it has {len(members):,} members")
    if any(each.compress_type != zipfile.ZIP_STORED for each in members):
        raise TensorFileError("its members are compressed")
    if sum(each.file_size for each in members) > size:
        raise TensorFileError("its members are larger than the file")
