"""How a lab tells how far it is, and how it is stopped: by an exception that the listener raises.

A lab works on a copy of the net, so wherever it is stopped, the net stays as it was.
"""

from collections.abc import Callable

Progress = Callable[[float, str], None]  # share done, 0 to 1; what is being done, for people


class LabError(ValueError):
    """A net or setting that a lab cannot work with; its text is one sentence to show."""


def quiet(share: float, words: str) -> None:
    """Listens and does nothing."""


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """A listener for one part of the work, which goes from share `start` to share `end`."""
    return lambda share, words: progress(start + share * (end - start), words)
