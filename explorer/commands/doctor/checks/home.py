"""The home, where all that the program writes lies; the disk under it; temporary files."""

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from explorer.commands.doctor.finding import LESS, WRONG, Finding, size
from resnet import settings

NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "9p", "lustre", "ceph")
FEWEST_FILES = 1000
ANOTHER = "or set RESNET_HOME to a folder that can be written"


def home() -> list[Finding]:
    folder = settings.home()
    detail = str(folder)
    near = existing(folder)
    if not near.is_dir():
        words = "it is a file, or lies below one, where a folder must be"
        return [Finding("Home", words, WRONG, "set RESNET_HOME to a folder", detail)]
    try:
        with tempfile.TemporaryFile(dir=near) as trial:
            trial.write(bytes(4096))
            trial.flush()
    except OSError as error:
        words = f"nothing can be written to it ({error.strerror})"
        do = f"free the disk or give yourself the right to write, {ANOTHER}"
        return [Finding("Home", words, WRONG, do, detail)]
    if not folder.exists():
        return [Finding("Home", "it is made at the first start", detail=detail)]
    found = [each for each in (_locked(folder), _open_to_all(folder), _far(folder)) if each]
    return found or [Finding("Home", "it can be written, and by nobody else", detail=detail)]


def disk() -> list[Finding]:
    from explorer.store import limits

    folder = existing(settings.home())
    free = shutil.disk_usage(folder).free
    words = f"{size(free)} are free for the home"
    if free < limits.FREE_DISK.value * 2**20:
        do = "delete old runs on the Runs page, free some space, or set RESNET_HOME elsewhere"
        words = f"{words}; a comparison needs {size(limits.FREE_DISK.value * 2**20)}"
        return [Finding("Disk", words, WRONG, do, str(folder))]
    if hasattr(os, "statvfs"):
        about = os.statvfs(folder)
        if about.f_files and about.f_favail < FEWEST_FILES:
            words = f"{words}, and it takes {about.f_favail:,} more files only"
            return [Finding("Disk", words, WRONG, "delete files that nobody needs", str(folder))]
    return [Finding("Disk", words)]


def temporary() -> list[Finding]:
    """The program, torch and compilers put files there."""
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        do = "free some space in the folder for temporary files, or set TMPDIR to another"
        return [Finding("Temporary files", "there is no folder for them", WRONG, do, str(error))]
    free = shutil.disk_usage(folder).free
    if free < 100e6:
        do = "free some space there, or set TMPDIR to another folder"
        return [Finding("Temporary files", f"{size(free)} are free", WRONG, do, str(folder))]
    return [Finding("Temporary files", f"{size(free)} are free")]


def existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there; a file where one is in the way."""
    whole = folder.absolute()
    return next((each for each in (whole, *whole.parents) if os.path.lexists(each)), whole)


def _locked(folder: Path) -> Finding | None:
    """Files that somebody else made, as a first start by sudo leaves them."""
    locked = sorted(each.name for each in folder.iterdir() if not os.access(each, os.W_OK))
    if not locked:
        return None
    return Finding(
        "Home",
        f"files or folders in it that cannot be written: {len(locked):,}",
        WRONG,
        "make them yours (on Linux and macOS: sudo chown -R), and start the program as yourself",
        f"{folder}: {', '.join(locked[:6])}",
    )


def _open_to_all(folder: Path) -> Finding | None:
    if sys.platform == "win32" or not folder.stat().st_mode & stat.S_IWOTH:
        return None
    words = "everybody on this machine may write to it, and so change what the program runs"
    return Finding("Home", words, LESS, f"chmod o-w {folder.name}", str(folder))


def _far(folder: Path) -> Finding | None:
    """SQLite's WAL needs memory that all processes share: of one machine."""
    kind = file_system(folder)
    if kind not in NETWORK:
        return None
    words = f"it lies on a network drive ({kind}), where the store can be damaged"
    return Finding("Home", words, LESS, "set RESNET_HOME to a folder of this machine's own disk")


def file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of file system under a folder; "" where the system does not say."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    whole, kind, longest = folder.resolve(), "", -1
    for line in lines:
        _, place, this, *_ = line.split()
        place = place.replace("\\040", " ")
        if whole.is_relative_to(place) and len(place) >= longest:
            kind, longest = this, len(place)
    return kind
