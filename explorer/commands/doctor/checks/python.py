"""Python itself, and the packages that the program asks for."""

import platform
import re
import sys
import tomllib
from importlib import metadata

from explorer.commands.doctor.finding import GOOD, WRONG, Finding
from resnet.settings import checkout

PROGRAM = "resnet-explorer"
NEEDED = re.compile(r"([A-Za-z0-9._-]+)\s*([<>=!~][^;\[]*)?")
BOUND = re.compile(r"(>=|<=|==|!=|<|>)\s*([\d.]+)")
ORDER = {
    ">=": lambda there, asked: there >= asked,
    "<=": lambda there, asked: there <= asked,
    "<": lambda there, asked: there < asked,
    ">": lambda there, asked: there > asked,
    "==": lambda there, asked: there == asked,
    "!=": lambda there, asked: there != asked,
}
OPTIONAL = {"onnx": "exporting to ONNX", "tensorboard": "event files"}


def version() -> list[Finding]:
    asked = _asked()[0]
    there = platform.python_version()
    words = f"{platform.python_implementation()} {there}, {64 if sys.maxsize > 2**32 else 32} bit"
    if not fits(there, asked):
        do = f"make the environment anew with a Python {asked}, as docs/INSTALL.md says"
        return [Finding("Python", f"{words}; {asked} is asked for", WRONG, do)]
    if sys.maxsize <= 2**32:
        do = "install a 64 bit Python: torch has no other"
        return [Finding("Python", words, WRONG, do)]
    return [Finding("Python", words)]


def packages() -> list[Finding]:
    missing, other, count = [], [], 0
    for line in _asked()[1]:
        found = NEEDED.match(line)
        if found is None:
            continue
        count += 1
        name, asked = found[1], (found[2] or "").strip()
        there = installed(name)
        if there is None:
            missing.append(f"{name} is missing")
        elif not fits(there, asked):
            other.append(f"{name} is {there} where {asked} is asked for")
    if missing or other:
        how = "pip install -r requirements.txt" if checkout() else f"pip install {PROGRAM}"
        words = "; ".join((*missing, *other))
        return [Finding("Packages", words, WRONG, f"{how}, in this program's environment")]
    without = [f"{name} ({what})" for name, what in OPTIONAL.items() if installed(name) is None]
    more = f"; not installed and not needed: {', '.join(without)}" if without else ""
    return [Finding("Packages", f"all {count} are there, in versions that were tested{more}", GOOD)]


def installed(name: str) -> str | None:
    """The version of a package; None where it is not there, or what says so is damaged."""
    try:
        return metadata.version(name) or None
    except metadata.PackageNotFoundError:
        return None


def fits(there: str, asked: str) -> bool:
    """Whether a version is within bounds as ">=2.11,<2.16"; "+cpu" and the like do not count."""
    return all(
        ORDER[sign](*_same_length(_numbers(there), _numbers(bound)))
        for sign, bound in BOUND.findall(asked)
    )


def _numbers(version: str) -> list[int]:
    numbers = []
    for part in version.partition("+")[0].split("."):
        digits = re.match(r"\d+", part)
        if digits is None:
            break
        numbers.append(int(digits[0]))
    return numbers


def _same_length(one: list[int], other: list[int]) -> tuple[list[int], list[int]]:
    longest = max(len(one), len(other))
    return tuple(each + [0] * (longest - len(each)) for each in (one, other))  # type: ignore[return-value]


def program_version() -> str:
    root = checkout()
    if root is None:
        return installed(PROGRAM) or "unknown"
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return f"{project['version']}, from a checkout"


def _asked() -> tuple[str, list[str]]:
    """The Python and the packages that the program asks for, those of extras left out."""
    root = checkout()
    if root is not None:
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
        return project["requires-python"], project["dependencies"]
    needed = [line for line in metadata.requires(PROGRAM) or [] if "extra ==" not in line]
    return metadata.metadata(PROGRAM)["Requires-Python"], needed
