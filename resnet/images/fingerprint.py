"""What a folder's images are known by: the contents of the files and the names of the classes.

Files are read whole for it, once: as long as no file was touched (device, number, size, times of
content and of change, which no program sets) what was read is remembered.
"""

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from resnet.images import names
from resnet.images.listing import FolderError, Found
from resnet.spec import json_text

READING = 1  # changes with what becomes of a file's pixels
SETTLED = 2.0  # seconds after which a change of a file shows in its times
BLOCK = 1 << 20
KNOWN_AS = re.compile("[0-9a-f]{32}")
TOLD_EVERY = 500  # files


def fingerprint(
    found: Found, memory: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> str:
    """32 hexadecimal digits, the same for the same images under the same classes.

    memory    a file that keeps what was read before; None reads all files
    progress  told how many files were read, of how many
    Raises FolderError for a file that cannot be read.
    """
    touched, settled = _touched(found)
    known = _remembered(memory)
    if touched and known.get("touched") == touched:
        return known["fingerprint"]
    result = _of_contents(found, progress or (lambda done, of: None))
    if memory and settled:
        _remember(memory, touched, result)
    return result


def _of_contents(found: Found, progress: Callable[[int, int], None]) -> str:
    whole = hashlib.blake2b(f"{READING}/{json.dumps(found.classes)}".encode(), digest_size=16)
    files = [("train", *each) for each in found.train] + [("test", *each) for each in found.test]
    for number, (part, file, label) in enumerate(files, start=1):
        whole.update(f"{part}/{label}/".encode() + _digest(file))
        if number % TOLD_EVERY == 0:
            progress(number, len(files))
    return whole.hexdigest()


def _digest(file: Path) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    try:
        with file.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise FolderError(
            f"{names.shown(file)} cannot be opened ({error.strerror}); let the program read it, "
            "or remove it"
        ) from error
    return digest.digest()


def _touched(found: Found) -> tuple[str, bool]:
    """What changes when any file does; and whether the last change is long enough ago to show."""
    seen = hashlib.blake2b(f"{READING}/{json.dumps(found.classes)}".encode(), digest_size=16)
    newest = 0.0
    for file, label in (*found.train, (found.root, -1), *found.test):
        try:
            stat = file.stat()
        except OSError:
            return "", False
        times = (stat.st_mtime_ns, stat.st_ctime_ns)
        seen.update(
            os.fsencode(file)
            + repr((label, stat.st_dev, stat.st_ino, stat.st_size, *times)).encode()
        )
        newest = max(newest, stat.st_mtime, stat.st_ctime)
    changes_show = sys.platform != "win32"  # where the second time is that of creation
    return seen.hexdigest(), changes_show and newest < time.time() - SETTLED


def _remembered(memory: Path | None) -> dict[str, str]:
    try:
        known = json_text.read(memory.read_bytes()) if memory else {}
    except (OSError, ValueError):
        return {}
    whole = isinstance(known, dict) and isinstance(known.get("fingerprint"), str)
    return known if whole and KNOWN_AS.fullmatch(known["fingerprint"]) else {}


def _remember(memory: Path, touched: str, result: str) -> None:
    fresh = memory.with_suffix(f".{os.getpid()}.part")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps({"touched": touched, "fingerprint": result}), "utf-8")
        fresh.replace(memory)
    except OSError:  # then all is read again
        fresh.unlink(missing_ok=True)
