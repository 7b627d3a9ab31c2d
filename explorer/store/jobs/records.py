"""A job as the store knows it: whole, or without its answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.store import states
from explorer.store.jobs.files import job_folder


@dataclass(frozen=True)
class Look:
    """A job without its answer, which may be large.

    state    queued, running, finished, stopped or failed (explorer.store.states)
    message  what it is doing now, or why it failed
    share    of the work that is done, 0 to 1, where it says so
    shown    changes whenever the answer does; 0 while there is none
    """

    id: int
    state: str
    message: str
    share: float
    shown: int
    want: str | None
    owner: str

    @property
    def active(self) -> bool:
        return self.state in states.ACTIVE

    @property
    def stopping(self) -> bool:
        return self.active and self.want == states.STOPPED


@dataclass(frozen=True)
class Job:
    """A question and what became of it: `result` is the answer, or so far its part.

    party  who takes turns for it, as `Visitor.party` has it
    """

    id: int
    kind: str
    payload: dict[str, Any]
    state: str
    message: str
    result: dict[str, Any] | None
    party: str = ""

    @property
    def active(self) -> bool:
        return self.state in states.ACTIVE

    @property
    def file(self) -> Path | None:
        """The file that the job made, if it made one."""
        name = (self.result or {}).get("file")
        return job_folder(self.id) / name if name else None
