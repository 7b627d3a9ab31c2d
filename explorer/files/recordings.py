"""Recorded comparisons: what ships with the program so that every lesson can be replayed.

They lie in checkpoints/recorded/ as NAME.resnet.json.gz, each named after its lesson; a further
one of the same lesson adds a word to the name, as degradation-full. `python -m explorer record`
makes them. They are shown as they are and never enter the store.
"""

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from explorer.files.fields import ComparisonFileError
from explorer.files.format import FILE_ENDING, unpack
from explorer.store.snapshots import Snapshot
from resnet.settings import ships

PATTERN = f"*{FILE_ENDING}"

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_read: dict[Path, tuple[tuple[int, int], "Recording | None"]] = {}


@dataclass(frozen=True)
class Recording:
    """A recorded comparison with its label: the machine, the images, the command that made it.

    commit  of the program that trained it; "" where that was not kept
    """

    lesson: str
    snapshot: Snapshot
    machine: str
    data: str
    command: str
    commit: str = ""

    @property
    def seeds(self) -> tuple[int, ...]:
        return self.snapshot.comparison.seeds


def recorded() -> dict[str, Recording]:
    """The recordings by name, each read once and again when its file changes.

    A file that cannot be read is left out; the log says why.
    """
    with _lock:
        files = {file.name.removesuffix(FILE_ENDING): file for file in folder().glob(PATTERN)}
        read = {name: _recording(files[name]) for name in sorted(files)}
        return {name: recording for name, recording in read.items() if recording}


def of_lesson(lesson: str) -> dict[str, Recording]:
    """The recordings of a lesson by name, its own short form first."""
    found = {name: each for name, each in recorded().items() if each.lesson == lesson}
    return dict(sorted(found.items(), key=lambda item: item[0] != lesson))


def folder() -> Path:
    """Where they lie: RESNET_RECORDED, else checkpoints/recorded of the program."""
    given = os.environ.get("RESNET_RECORDED")
    return Path(given) if given else ships("recorded")


def _recording(file: Path) -> Recording | None:
    try:
        about = file.stat()
        stamp = (about.st_mtime_ns, about.st_size)
        if file in _read and _read[file][0] == stamp:
            return _read[file][1]
        contents = unpack(file.read_bytes())
        lesson = contents.comparison.lesson
        if lesson is None:
            raise ComparisonFileError("it is not the comparison of a lesson")
        made = Recording(
            lesson,
            contents.snapshot,
            contents.machine,
            contents.data,
            contents.command,
            contents.program.partition("+")[2],
        )
    except OSError as error:
        _log.warning("the recording %s cannot be read: %s", file, error)
        return None
    except ComparisonFileError as error:
        _log.warning("the recording %s is left out: %s", file, error)
        _read[file] = (stamp, None)
        return None
    _read[file] = (stamp, made)
    return made
