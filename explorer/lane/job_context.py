"""A job at hand: what is asked, how far it is told to be, and whether it is to stop."""

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.store.jobs.files import job_folder
from explorer.store.jobs.records import Job
from explorer.store.jobs.store import JobStore
from explorer.store.trouble import StoreBusy

TELL_EVERY = 0.5  # seconds: each is a write to the store
SHOW_EVERY = 1.0


class Stopped(Exception):
    """Somebody stopped the job, or it is not this lane's any more."""


@dataclass
class Work:
    """A job, and the lane's way to tell of it."""

    jobs: JobStore
    lane: str
    job: Job
    _told: float = field(default=0.0, init=False)
    _shown: float = field(default=0.0, init=False)

    @property
    def payload(self) -> dict[str, Any]:
        return self.job.payload

    @property
    def folder(self) -> Path:
        """Where the job may leave a file."""
        return job_folder(self.job.id)

    def tell(self, message: str, share: float | None = None) -> None:
        """Says what is being done, where the store takes it now.

        Raises Stopped where the job is not wanted any more.
        """
        self._told = time.monotonic()
        with contextlib.suppress(StoreBusy):
            if not self.jobs.tell(self.job.id, self.lane, message, share):
                raise Stopped

    def progress(self, share: float, words: str) -> None:
        """`tell` for labs, which call it often: it is passed on twice a second."""
        if time.monotonic() - self._told >= TELL_EVERY:
            self.tell(words, min(max(share, 0.0), 1.0))

    def show(self, answer: dict[str, Any]) -> None:
        """Keeps the answer as far as it has grown."""
        self._shown = time.monotonic()
        with contextlib.suppress(StoreBusy):
            self.jobs.show(self.job.id, self.lane, answer)

    @property
    def to_be_shown(self) -> bool:
        """Whether it is time to keep what has grown."""
        return time.monotonic() - self._shown >= SHOW_EVERY
