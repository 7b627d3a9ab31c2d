"""What commands print, on any terminal and into any pipe: no character and no reader ends them."""

import codecs
import contextlib
import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, TextIO, cast

NEAR = "resnet.near"  # how characters that a terminal lacks are written
ASCII = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "×": "x", "·": "*",
    "±": "+-", "≤": "<=", "≥": ">=", "→": "->", "…": "...", "²": "^2", "µ": "u", "μ": "u",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ",
}  # fmt: skip


def run(program: str, command: Callable[[], int]) -> int:
    """The exit code of a command, which may print what it likes.

    0 where whoever reads has seen enough, as head does; 1 after a sentence where a file or a disk
    does not do what it should.
    """
    _write_any_character()
    try:
        try:
            return command()
        finally:  # what is refused only now is refused as if it were earlier
            _flush()
    except BrokenPipeError:
        return 0
    except OSError as error:
        with contextlib.suppress(OSError):
            _say(f"{program}: {error.filename or 'the output'}: {error.strerror or error}")
        return 1
    finally:
        _leave_nothing_to_flush()


@contextlib.contextmanager
def lasting() -> Iterator[None]:
    """Prints go on where nobody reads them any more, so that what trains goes on too."""
    with (
        contextlib.redirect_stdout(_lasting(sys.stdout)),
        contextlib.redirect_stderr(_lasting(sys.stderr)),
    ):
        yield


class _Lasting:
    """A stream that drops what cannot be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _lasting(stream: TextIO | None) -> TextIO:
    return cast(TextIO, _Lasting(stream)) if stream else cast(TextIO, None)


def _write_any_character() -> None:
    codecs.register_error(NEAR, _near)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=NEAR)


def _near(error: UnicodeError) -> tuple[str | bytes, int]:
    """The nearest that ASCII has, else "?"; of a file's name that is no text, the bytes it has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    if "\udc80" <= character <= "\udcff":
        return bytes([ord(character) - 0xDC00]), error.start + 1
    letter = unicodedata.normalize("NFD", character)[0]
    return ASCII.get(character, letter if letter.isascii() else "?"), error.start + 1


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream:
            stream.flush()


def _leave_nothing_to_flush() -> None:
    """Python's own flush at its end would print what went wrong here already."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream:
                stream.flush()
        except OSError:
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
