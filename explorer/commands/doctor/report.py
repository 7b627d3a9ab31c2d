"""The report: what the doctor found, for people who were not there and must learn nothing else.

Findings are made without anything personal; what names this person or this machine all the same,
as an error of the system may, is taken out here once more.
"""

import contextlib
import getpass
import os
import platform
import re
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from explorer.commands.doctor.checks.python import program_version
from explorer.commands.doctor.finding import Finding
from resnet import settings

HEAD = "ResNet Explorer report"
OURS = "RESNET_"
OTHERS = ("CC", "OMP_WAIT_POLICY", "OMP_NUM_THREADS", "TMPDIR", "CUDA_VISIBLE_DEVICES")
SHORTEST = 3  # letters of a name that is looked for
PATHS = re.compile(r"""(?:(?<![\w.~/-])~?/|\b[A-Za-z]:[\\/]|\\\\)[^\s'",;:()<>]*[^\s'",;:()<>.]""")
OF_THE_SYSTEM = re.compile(r"^/(dev|proc|sys)/[\w/]+$")


def text(found: Sequence[Finding]) -> str:
    """The whole report."""
    lines = [HEAD, *_about(), ""]
    for each in found:
        lines.append(f"{each.level:5}  {each.subject}: {each.found}")
        if each.do:
            lines.append(f"       -> {each.do}")
    return impersonal("\n".join(lines)) + "\n"


def impersonal(text: str) -> str:
    """The text without paths, the name of the user, of the machine, and the teacher's token."""
    for secret, word in _secrets():
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", word, text, flags=re.IGNORECASE)
    return PATHS.sub(lambda path: path[0] if OF_THE_SYSTEM.match(path[0]) else "<path>", text)


def _about() -> Iterator[str]:
    try:
        version = program_version()
    except (OSError, ValueError, KeyError):
        version = "unknown"
    yield f"program: {version}"
    yield f"system: {platform.system()} {platform.release()}, {platform.machine()}"
    yield f"Python: {platform.python_version()}, encoding {getattr(sys.stdout, 'encoding', '')}"
    names = sorted(each for each in os.environ if each.startswith(OURS) or each in OTHERS)
    yield f"settings that are set: {', '.join(names) or 'none'}"


def _secrets() -> list[tuple[str, str]]:
    """What may not be told, the longest first, each with the word in its place."""
    found = [(os.environ[each], "<setting>") for each in os.environ if each.startswith(OURS)]
    found += [(str(Path.cwd()), "<path>")] if _cwd_is_there() else []
    for path in (settings.home(), sys.prefix, settings.checkout() or "", tempfile.tempdir or ""):
        found.append((str(path), "<path>"))
    with contextlib.suppress(RuntimeError):  # this user has none
        found.append((str(Path.home()), "<path>"))
    with contextlib.suppress(OSError, KeyError):  # unknown to the system, as in a container
        found.append((getpass.getuser(), "<user>"))
    host = socket.gethostname()
    found += [(host, "<machine>"), (host.partition(".")[0], "<machine>")]
    return sorted(
        {each for each in found if len(each[0]) >= SHORTEST}, key=lambda each: -len(each[0])
    )


def _cwd_is_there() -> bool:
    try:
        return bool(os.getcwd())  # noqa: PTH109
    except OSError:
        return False
