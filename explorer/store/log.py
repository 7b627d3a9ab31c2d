"""The log of every process: one line a message, which names the run, for people and for programs.

    time=2026-11-27T06:40:02.115Z level=warning process=lane pid=71 run=12 say="no event files"

It is logfmt: words with = between name and value, a value with spaces in quotes as JSON has them. A
line that begins with a tab belongs to the one above, as a traceback does.
"""

import json
import logging
import re
import sys
import threading
import time
from typing import Any, TextIO

NAMES = ("comparison", "run", "job")  # of what a message is about
PLAIN = re.compile(r"[^\s\"=\\]+")
OURS = ("explorer", "resnet")
_about: dict[str, str] = {}


class Lines(logging.Formatter):
    """A message as logfmt.

    What it is about comes from `extra` of the message (`extra={"run": 12}`), else from what the
    process works on.
    """

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        values = {
            "time": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "process": self._process,
            "pid": str(record.process),
        }
        for name in NAMES:
            value = getattr(record, name, _about.get(name))
            if value is not None:
                values[name] = str(value)
        values["say"] = record.getMessage()
        line = " ".join(f"{name}={_value(value)}" for name, value in values.items())
        if record.exc_info:
            line += "".join(f"\n\t{each}" for each in self._trace(record).splitlines())
        return line

    def _trace(self, record: logging.LogRecord) -> str:
        assert record.exc_info
        return self.formatException(record.exc_info)


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what is the standard error output at the moment, not when it was made."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None: ...


def start(process: str, of: tuple[str, ...] = ("",), stream: TextIO | None = None) -> None:
    """From now on what this process logs comes as such lines; called again it changes nothing.

    of      the loggers: all, or those of a program that shares its process with another's
    stream  its standard error output, if none is given
    """
    handler = logging.StreamHandler(stream) if stream else _ToStandardError()
    handler.setFormatter(Lines(process))
    for name in of:
        logger = logging.getLogger(name)
        if not any(isinstance(each.formatter, Lines) for each in logger.handlers):
            logger.addHandler(handler)
            logger.setLevel(logging.INFO if name else logging.WARNING)
    if of == ("",):
        for name in OURS:
            logging.getLogger(name).setLevel(logging.INFO)
        logging.captureWarnings(True)
        sys.excepthook = _uncaught
        threading.excepthook = lambda args: _uncaught(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )


def work_on(**names: Any) -> None:
    """What this process works on from now on: comparison, run (several with commas), job."""
    _about.clear()
    _about.update({name: str(value) for name, value in names.items()})


def _uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("explorer").critical(
        "ended by %s: %s", kind.__name__, error, exc_info=(kind, error, trace)
    )


def _value(text: str) -> str:
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
