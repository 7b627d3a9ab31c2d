"""A lane as the worker sees it: a process that waits, torch in memory, until given work."""

import contextlib
import json
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from resnet.settings import environment, home

# Labs use all cores beside whatever else goes on here. Threads that spin while they wait for one
# that has no core made a lab of 3 s take 9 to 25 s on two busy cores; threads that sleep do not.
PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}

COMMAND = [sys.executable, "-P", "-m", "explorer.lane"]


@dataclass
class Lane:
    """A process of explorer.lane; it works from the moment it is given runs, or a job.

    before  how many lanes had said that they are up when this one was started
    given   when it was given work last, by the monotonic clock
    up      whether it is known to have torch in memory
    """

    process: subprocess.Popen[bytes]
    name: str = field(default_factory=lambda: f"lane-{secrets.token_hex(6)}")
    before: int = 0
    given: float = 0.0
    up: bool = False

    @classmethod
    def start(cls) -> "Lane":
        log = (home() / "worker.log").open("ab")
        with log:
            return cls(
                subprocess.Popen(
                    COMMAND,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    env={**PATIENT, **environment()},
                )
            )

    def give(self, runs: list[int]) -> None:
        """Has the lane train these runs. Raises OSError where it has just ended."""
        self._order({"runs": runs})

    def give_job(self, job: int) -> None:
        """Has the lane do this job. Raises OSError where it has just ended."""
        self._order({"job": job})

    def dismiss(self) -> None:
        """Closes its input: a waiting lane ends, one that trains saves first, a job is dropped."""
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def _order(self, work: dict[str, Any]) -> None:
        assert self.process.stdin
        self.given = time.monotonic()
        self.process.stdin.write((json.dumps({"lane": self.name, **work}) + "\n").encode())
        self.process.stdin.flush()
