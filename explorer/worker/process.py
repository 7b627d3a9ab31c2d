"""A lane as the worker sees it: a process that waits, torch in memory, until given work."""

import contextlib
import json
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from resnet.settings import environment, home

# Labs use all cores beside whatever else goes on here. Threads that spin while they wait for one
# that has no core made a lab of 3 s take 9 to 25 s on two busy cores; threads that sleep do not.
PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}


@dataclass
class Lane:
    """A process of explorer.lane; it works from the moment it is given runs, or a job."""

    process: subprocess.Popen[bytes]
    name: str = field(default_factory=lambda: f"lane-{secrets.token_hex(6)}")

    @classmethod
    def start(cls) -> "Lane":
        log = (home() / "worker.log").open("ab")
        with log:
            return cls(
                subprocess.Popen(
                    [sys.executable, "-P", "-m", "explorer.lane"],
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
        self.process.stdin.write((json.dumps({"lane": self.name, **work}) + "\n").encode())
        self.process.stdin.flush()
