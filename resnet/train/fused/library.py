"""Compiles the C files beside it with the machine's compiler, once, and loads them; no torch here.

Where there is no compiler, or it fails, nothing is lost but speed: torch's own operations run.
"""

import contextlib
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock

from resnet.settings import home

SOURCES = tuple(Path(__file__).with_name(name) for name in ("norm.c", "weights.c", "winograd.c"))
FLAGS = ("-O3", "-fno-math-errno", "-fno-trapping-math", "-fPIC")
OFF = "RESNET_FUSED"  # set to 0, torch's own operations run
PATIENCE = 120.0  # seconds given to the compiler
FEW = 2  # threads up to which one thread of ours beats torch's many


@cache
def library() -> ctypes.CDLL | None:
    """The compiled functions; None where this machine cannot have them."""
    if os.environ.get(OFF) == "0" or sys.byteorder != "little":
        return None
    compiler = _compiler()
    if compiler is None:
        return None
    # with OpenMP where torch has loaded one to share: a second pool of threads would be in its way
    for openmp in (("-fopenmp",), ()):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            return ctypes.CDLL(str(_compiled(compiler, openmp)), mode=os.RTLD_NOW)
    return None


def parallel() -> bool:
    """Whether the compiled functions use more than one thread."""
    found = library()
    return found is not None and "openmp" in Path(found._name).stem


def usable(threads: int) -> bool:
    """Whether the compiled functions are there, and worth it where torch has so many threads."""
    return library() is not None and (threads <= FEW or parallel())


def _compiler() -> str | None:
    """The machine's C compiler. Windows has none that is sure to know vector extensions."""
    if sys.platform == "win32":
        return None
    names = (os.environ.get("CC"), "cc", "gcc", "clang")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def _compiled(compiler: str, openmp: tuple[str, ...]) -> Path:
    """The library for this source, compiler and processor, made where it is not there yet."""
    text = (source.read_text() for source in SOURCES)
    of = "\0".join((*text, compiler, *FLAGS, *openmp, platform.machine(), _cpu()))
    digest = hashlib.blake2b(of.encode(), digest_size=8).hexdigest()
    name = f"fused{'-openmp' if openmp else ''}-{digest}.so"
    for folder in (SOURCES[0].parent / "__pycache__", home() / "compiled"):
        with contextlib.suppress(OSError):  # a folder that belongs to somebody else
            return _made(compiler, openmp, folder / name)
    raise OSError("there is no folder to compile into")


def _made(compiler: str, openmp: tuple[str, ...], file: Path) -> Path:
    """The file, compiled where it is not there yet, by one process at a time."""
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock")), tempfile.TemporaryDirectory(dir=file.parent) as near:
        if not file.exists():
            made = Path(near) / file.name
            _compile(compiler, openmp, made)
            made.replace(file)
    return file


def _compile(compiler: str, openmp: tuple[str, ...], file: Path) -> None:
    native = "-mcpu=native" if platform.machine() in ("arm64", "aarch64") else "-march=native"
    objects = [str(file.with_name(f"{source.stem}.o")) for source in SOURCES]
    commands = [
        [compiler, *FLAGS, native, *openmp, "-c", str(source), "-o", made]
        for source, made in zip(SOURCES, objects, strict=True)
    ]
    # linked without -fopenmp, which would bring a pool of threads of its own
    commands.append([compiler, "-shared", *objects, "-lm", "-o", str(file)])
    for command in commands:
        subprocess.run(
            command,
            check=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _cpu() -> str:
    """What tells this processor's instructions from another's, for a home that machines share."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith(("flags", "Features")):
                return line
    return platform.processor()
