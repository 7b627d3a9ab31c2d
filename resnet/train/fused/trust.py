"""Whether a file of compiled code is the one that was compiled, and nobody else could change it.

Beside each library lies its digest. On systems with owners, library and folder must belong to this
user or to root, and be closed to other people's writing.
"""

import contextlib
import hashlib
import os
from pathlib import Path

OTHERS_WRITE = 0o022


class Untrusted(OSError):
    """Why nothing is loaded from a place, in words that follow "left out"."""


def own_folder(folder: Path) -> None:
    """Makes a folder that this user alone writes to, or closes it to others, emptied of libraries.

    Raises Untrusted where it belongs to somebody else, OSError where it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if closed(folder):
        return
    if not _ours(folder):
        raise Untrusted(f"{folder} belongs to another user; remove it, or set RESNET_HOME")
    folder.chmod(0o700)
    for file in folder.glob("*.so"):  # whose they are is not known
        file.unlink()


def closed(place: Path) -> bool:
    """Whether a file or folder is this user's or root's, and others cannot write to it."""
    if not hasattr(os, "geteuid"):
        return True
    stat = place.stat()
    return stat.st_uid in (os.geteuid(), 0) and not stat.st_mode & OTHERS_WRITE


def _ours(place: Path) -> bool:
    return not hasattr(os, "geteuid") or place.stat().st_uid == os.geteuid()


def keep(made: Path, file: Path) -> None:
    """Puts a library in its place, with its digest beside it."""
    made.chmod(0o644)
    file.unlink(missing_ok=True)
    _beside(file).write_text(_digest(made), "utf-8")
    made.replace(file)


def as_kept(file: Path) -> bool:
    """Whether a file is there, closed to others and bit for bit as `keep` left it."""
    with contextlib.suppress(OSError, ValueError):
        known = _beside(file).read_text("utf-8")
        return closed(file) and closed(_beside(file)) and known == _digest(file)
    return False


def _beside(file: Path) -> Path:
    return file.with_suffix(".digest")


def _digest(file: Path) -> str:
    return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()
