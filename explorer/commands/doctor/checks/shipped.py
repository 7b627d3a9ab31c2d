"""What ships with the program: trained nets and recorded lessons."""

import json
import struct
from pathlib import Path

from explorer.commands.doctor.finding import LESS, Finding

FETCH = "fetch them again, as from a fresh copy of the program"


def nets() -> list[Finding]:
    """Whether each is whole by its header, which says how long it must be."""
    from resnet.export import shipped

    names = shipped.names()
    if not names:
        words = "there are none: labs have nothing to start with but nets that train here"
        return [Finding("Trained nets", words, LESS, FETCH, str(shipped.folder()))]
    broken = {}
    for name in names:
        file = shipped.folder() / f"{name}{shipped.ENDING}"
        try:
            shipped.about(name)
            if file.stat().st_size != _length(file):
                broken[name] = "it is cut off or has grown"
        except (shipped.ShippedError, OSError) as error:
            broken[name] = str(error)
    if broken:
        words = f"{len(broken)} of {len(names)} cannot be used"
        detail = "; ".join(f"{name}: {why}" for name, why in broken.items())
        return [Finding("Trained nets", words, LESS, FETCH, detail)]
    return [Finding("Trained nets", f"all {len(names)} can be read")]


def recordings() -> list[Finding]:
    from explorer.files import recordings as files

    there, readable = len(list(files.folder().glob(files.PATTERN))), len(files.recorded())
    if not there:
        words = "there are none: lessons cannot be replayed, only trained"
        return [Finding("Recordings", words, LESS, FETCH, str(files.folder()))]
    if readable < there:
        words = f"{there - readable} of {there} cannot be read, and are not offered"
        return [Finding("Recordings", words, LESS, FETCH, str(files.folder()))]
    return [Finding("Recordings", f"all {there} can be read")]


def _length(file: Path) -> int:
    """Bytes that a safetensors file has by its own header."""
    with file.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(length))
    ends = [each["data_offsets"][1] for name, each in header.items() if name != "__metadata__"]
    return 8 + int(length) + max(ends, default=0)
