"""The line as all pages see it: read once a second for all visitors."""

from explorer.report.line import Line, read
from explorer.server import shared
from explorer.server.once import Fresh

FRESH_FOR = 1.0  # seconds; one reading of the store serves everyone who asks meanwhile


def now(fresh: bool = False) -> Line:
    """The line, at most a second old, or read anew if `fresh`; one reading for all visitors."""
    if fresh:
        _line.changed()
    return _line()


_line = Fresh(lambda: read(shared.store()), FRESH_FOR)
