"""The folder of images that a worker has: which one, and what it is known by just now.

A worker outlives the server that started it. The server that starts next may have been given
another folder, so each server says at its start what it was given, and the worker takes it up.
"""

import os
import secrets
import threading
import time
from dataclasses import dataclass

from explorer.store import identity
from explorer.store.comparisons import RunStore
from explorer.store.jobs.lab_question import UNREAD
from resnet.images.fingerprint import fingerprint
from resnet.images.listing import FolderError, find
from resnet.settings import image_folder, image_folder_classes, memory_file

GIVEN = "images"  # the report
NAMES = ("RESNET_DATA", "RESNET_DATA_NAME")
LOOK_EVERY = 10.0  # seconds,
SHARE = 20  # or so many times as long as a look takes
FIRST_LOOK = 2.0  # seconds that the first report waits for it


def give(store: RunStore) -> None:
    """A server at its start: says which images it was given, None for none."""
    folder = image_folder()
    given = {name: os.environ.get(name) for name in NAMES}
    store.report(GIVEN, given | {NAMES[0]: str(folder.absolute()) if folder else None})


def taken_up(store: RunStore) -> bool:
    """Takes up what the newest server was given, if it is still there; True where that differs."""
    said, heard = store.reported(GIVEN), store.heard(GIVEN)
    if said is None or heard is None or identity.exists(heard.who) is False:
        return False
    given = said[0]
    wanted = {name: given.get(name) or None for name in NAMES}
    folder = image_folder()
    now = {name: os.environ.get(name) or None for name in NAMES}
    if wanted == now | {NAMES[0]: str(folder.absolute()) if folder else None}:
        return False
    for name, value in wanted.items():
        os.environ.pop(name, None)
        if value:
            os.environ[name] = value
    return True


@dataclass(frozen=True)
class Seen:
    """A folder at one look.

    fingerprint  what its images are known by; a word that comes only once until they were read
    problem      why they cannot be used just now, or ""
    """

    classes: int | None
    fingerprint: str
    problem: str = ""


class Watch:
    """Looks at the folder again and again, in a thread: a mount that hangs must hold up nothing."""

    def __init__(self) -> None:
        self._seen = Seen(None, _unread())
        self._looked = threading.Event()
        self._wake = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._keep, daemon=True, name="images").start()
        self._looked.wait(FIRST_LOOK)

    @property
    def seen(self) -> Seen:
        return self._seen

    def forget(self) -> None:
        """Another folder was taken up."""
        self._seen = Seen(None, _unread())
        self._looked.clear()
        self._wake.set()
        self._looked.wait(FIRST_LOOK)

    def look(self) -> None:
        folder = image_folder()
        if folder is None:
            self._seen = Seen(None, "")
            return
        classes = image_folder_classes()
        self._seen = Seen(classes, self._seen.fingerprint, self._seen.problem)
        self._looked.set()
        try:
            known = fingerprint(find(folder), memory_file("folder", str(folder.resolve())))
            seen = Seen(classes, known)
        except (FolderError, OSError) as error:
            seen = Seen(classes, _unread(), str(error))
        if folder == image_folder():
            self._seen = seen

    def _keep(self) -> None:
        while True:
            began = time.monotonic()
            self.look()
            self._looked.set()
            self._wake.wait(max(LOOK_EVERY, SHARE * (time.monotonic() - began)))
            self._wake.clear()


def _unread() -> str:
    return UNREAD + secrets.token_hex(4)
