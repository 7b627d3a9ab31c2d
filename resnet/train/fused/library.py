"""Compiles the C files beside it with the machine's compiler, once, and loads them; no torch here.

Where there is no compiler, or it fails, nothing is lost but speed: torch's own operations run. A
library is tried in a process of its own before it is kept; one that is not as it was kept, or that
others may have written, is made again (resnet.train.fused.trust).
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
import time
from functools import cache
from pathlib import Path

from filelock import FileLock

from resnet.settings import checkout, home
from resnet.train.fused import selftest, trust

SOURCES = tuple(Path(__file__).with_name(name) for name in ("norm.c", "weights.c", "winograd.c"))
FLAGS = ("-O3", "-fno-math-errno", "-fno-trapping-math", "-fPIC")
OFF = "RESNET_FUSED"  # set to 0, torch's own operations run
PATIENCE = 120.0  # seconds given to the compiler
TEST_PATIENCE = 30.0  # and to the test of what it made
TRIED_AGAIN = 3600.0  # seconds after which a compiler that failed is asked once more
FEW = 2  # threads up to which one thread of ours beats torch's many


@cache
def library() -> ctypes.CDLL | None:
    """The compiled functions; None where this machine cannot have them."""
    if os.environ.get(OFF) == "0" or sys.byteorder != "little":
        return None
    compiler = _compiler()
    if compiler is None:
        return None
    why = ""
    # with OpenMP where torch has loaded one to share: a second pool of threads would be in its way
    for openmp in (("-fopenmp",), ()):
        try:
            return ctypes.CDLL(str(_compiled(compiler, openmp)), mode=os.RTLD_NOW)
        except (OSError, subprocess.SubprocessError, Failed) as error:
            why = _words(error)
    print(
        f"training takes longer, without its compiled functions, which were left out: {why}",
        file=sys.stderr,
        flush=True,
    )
    return None


class Failed(Exception):
    """Why no library could be made; its text follows "left out"."""


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
    of = "\0".join((*text, _version(compiler), *FLAGS, *openmp, platform.machine(), _cpu()))
    digest = hashlib.blake2b(of.encode(), digest_size=8).hexdigest()
    name = f"fused{'-openmp' if openmp else ''}-{digest}.so"
    if checkout():  # where Python keeps what it compiles, for all homes of this checkout
        near = SOURCES[0].parent / "__pycache__"
        with contextlib.suppress(OSError):  # a folder that belongs to somebody else
            near.mkdir(exist_ok=True)
            if trust.closed(near):
                return _made(compiler, openmp, near / name)
    folder = home() / "compiled"
    trust.own_folder(folder)
    return _made(compiler, openmp, folder / name)


def _made(compiler: str, openmp: tuple[str, ...], file: Path) -> Path:
    """The file, compiled and tried where it is not there as it was kept, by one process at a time.

    Raises Failed where it cannot be made, OSError where it cannot be written.
    """
    if trust.as_kept(file):
        return file
    with FileLock(file.with_suffix(".lock")), tempfile.TemporaryDirectory(dir=file.parent) as near:
        if trust.as_kept(file):
            return file
        _raise_known(file.with_suffix(".failed"))
        if file.exists():
            print(
                f"{file.name} is damaged, or somebody else may have written it: it is made again",
                file=sys.stderr,
                flush=True,
            )
        made = Path(near) / file.name
        try:
            _compile(compiler, openmp, made)
            _try(made)
        except (OSError, subprocess.SubprocessError, Failed) as error:
            file.with_suffix(".failed").write_text(_words(error), "utf-8")
            raise
        trust.keep(made, file)
    return file


def _raise_known(failed: Path) -> None:
    """Raises Failed where the same compiler failed not long ago: it may take minutes to do so."""
    with contextlib.suppress(OSError, ValueError):
        if 0 <= time.time() - failed.stat().st_mtime < TRIED_AGAIN:
            raise Failed(failed.read_text("utf-8")[:400])


def _try(made: Path) -> None:
    """Raises Failed where a process that uses the library ends, hangs or gets wrong numbers."""
    command = [sys.executable, "-I", selftest.__file__, str(made), *_openmp_loaded()]
    done = subprocess.run(
        command, timeout=TEST_PATIENCE, stdin=subprocess.DEVNULL, capture_output=True
    )
    if done.returncode not in (0, selftest.CANNOT_LOAD):  # what cannot be loaded is not used
        what = "gets wrong numbers" if done.returncode == selftest.WRONG else "ends the process"
        raise Failed(f"what the compiler made of them {what}; set CC to another compiler")


def _openmp_loaded() -> list[str]:
    """The pools of threads that torch has loaded, where this system tells."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/maps").read_text().splitlines()
        paths = {line.split(maxsplit=5)[-1] for line in lines if "omp" in line and "/" in line}
        return sorted(path for path in paths if "omp" in Path(path).name and ".so" in path)
    return []


def _words(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"{Path(str(error.cmd[0])).name} did not end within {error.timeout:.0f} seconds"
    if isinstance(error, subprocess.CalledProcessError):
        return f"{Path(str(error.cmd[0])).name} could not compile them"
    return str(error)


def _version(compiler: str) -> str:
    """What changes when the compiler is replaced."""
    with contextlib.suppress(OSError):
        stat = Path(compiler).resolve().stat()
        return f"{compiler} {stat.st_size} {stat.st_mtime_ns}"
    return compiler


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
