"""What a lane sends to its command: through a pipe, for queues need semaphores.

A machine without /dev/shm has none.
"""

import contextlib
import signal
from collections.abc import Iterator
from multiprocessing import heap
from typing import Any

KILLED = "a training process was killed; is memory short?"
Message = tuple[int, str | None, Any]  # the lane's place, a net, its row


class Outbox:
    """What a lane sends through; a command that is gone takes nothing more."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe

    def put(self, message: Message) -> None:
        with contextlib.suppress(BrokenPipeError):  # the lane looks for its command soon
            self._pipe.send(message)


def received(pipe: Any) -> Message:
    """(the lane's place, a net, its row), or at the end (_, None, why it failed or None)."""
    try:
        message: Message = pipe.recv()
        return message
    except (EOFError, OSError):
        return -1, None, KILLED


def shared(context: Any, kind: str) -> Any:
    """A number that the command and its lanes read: in /dev/shm, else in a temporary file."""
    try:
        return context.RawValue(kind, 0)
    except OSError:  # it is there, and read-only or full
        heap.Arena._dir_candidates = []  # type: ignore[attr-defined]
        return context.RawValue(kind, 0)


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Processes that are started in here never hear Ctrl-C, not even while they import."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
