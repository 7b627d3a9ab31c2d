"""A Python module run in a process of its own, which may crash, hang or print what it likes."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from resnet.settings import environment

LAST = 300  # characters of what a process says before it ends


@dataclass(frozen=True)
class Outcome:
    """How a process ended.

    said  the last line of its output; "" where it did not end well
    why   "" where it ended well, else as "took longer than 20 s", "was ended by SIGILL"
    last  the last thing that it complained about
    """

    said: str
    why: str = ""
    last: str = ""


def run(module: Sequence[str], limit: float, more: Mapping[str, str] | None = None) -> Outcome:
    """Runs `python -m MODULE ...` for at most `limit` seconds.

    more  variables of its environment

    It and all that it starts are killed then. What even that does not end, as a process that waits
    for a lost disk, is left to itself.
    """
    # Not pipes: what a child of it keeps open must not be waited for.
    with _output() as out, _output() as complaints:
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", *module],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=complaints,
                env={**environment(), "PYTHONIOENCODING": "utf-8", **(more or {})},
                start_new_session=sys.platform != "win32",
            )
        except OSError as error:
            return Outcome("", f"could not be started ({error.strerror or error})")
        why = ""
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            why = f"took longer than {limit:.0f} s"
        finally:
            _end(process)
        if not why and process.returncode:
            why = _ended_by(process.returncode)
        said, last = (_last_line(each) for each in (out, complaints))
        return Outcome("" if why else said, why, last[-LAST:])


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)


def _ended_by(code: int) -> str:
    if code > 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _output() -> IO[bytes]:
    """In memory where the system has that: a disk may be full, or gone."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("doctor"), "w+b")
    return tempfile.TemporaryFile()


def _last_line(stream: IO[bytes]) -> str:
    stream.seek(0)
    text = stream.read().decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
