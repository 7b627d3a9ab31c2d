"""Where a command may write, looked at before hours of work and not after them."""

import os
import shutil
import tempfile
from pathlib import Path


class PlaceError(RuntimeError):
    """A file or folder that cannot be written; its text is one sentence to show."""


def check_file(file: Path | None, option: str = "") -> None:
    """Raises PlaceError where no file can be written there; leaves what is there as it is.

    option  that named it: "--csv"
    """
    if file is None:
        return
    with_it = f" with {option}" if option else ""
    folder = file.absolute().parent
    try:
        if not folder.is_dir():
            raise PlaceError(f"there is no folder {file.parent}; make it, or name another{with_it}")
        if file.is_dir():
            raise PlaceError(f"{file} is a folder; name a file in it{with_it}")
        if file.exists() and not file.is_file():
            raise PlaceError(
                f"{file} is a device or a pipe, which keeps nothing; name a file{with_it}"
            )
        _try(folder, file.name)
        if file.exists():
            file.open("r+b").close()
    except OSError as error:
        raise PlaceError(
            f"{file} cannot be written ({error.strerror}); name another file{with_it}"
        ) from error


def check_folder(folder: Path | None, option: str = "") -> None:
    """Raises PlaceError where no files can be written; makes the folder where it is not there."""
    if folder is None:
        return
    with_it = f" with {option}" if option else ""
    try:
        if folder.exists() and not folder.is_dir():
            raise PlaceError(f"{folder} is a file, not a folder; name a folder{with_it}")
        folder.mkdir(parents=True, exist_ok=True)
        _try(folder)
    except OSError as error:
        raise PlaceError(
            f"nothing can be written to {folder} ({error.strerror}); name another folder{with_it}"
        ) from error


def check_room(folder: Path, needed: int, what: str, option: str) -> None:
    """Raises PlaceError where the disk has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PlaceError(
            f"{what} take {_size(needed)}, but {_size(free)} are free in {folder}; free some, or "
            f"name another folder with {option}"
        )


def replace_with(file: Path, content: bytes) -> None:
    """Writes a file; the one before stays until this one is complete. Raises OSError."""
    target = Path(os.path.realpath(file))
    fresh = target.with_name(f"{target.name}.part")
    try:
        fresh.write_bytes(content)
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _try(folder: Path, name: str = "") -> None:
    """Writes a little, and takes it away again. Raises OSError."""
    if name:
        (folder / name).exists()  # a name that is too long
    with tempfile.TemporaryFile(dir=folder) as trial:
        trial.write(bytes(4096))
        trial.flush()


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
