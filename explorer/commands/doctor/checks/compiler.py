"""The C compiler: whether a small function can be compiled, loaded and called."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from explorer.commands.doctor.finding import LESS, Finding

NAMES = ("cc", "gcc", "clang")
PATIENCE = 20.0  # seconds
SOURCE = "float doubled(float x) { return 2 * x; }\n"
SLOWER = "training on the processor works, and is slower"
DO = "install gcc or clang, or name another compiler in CC"


def compiler() -> list[Finding]:
    """A machine without a compiler loses speed alone, and so does one whose compiler fails."""
    if os.environ.get("RESNET_FUSED") == "0":
        return [Finding("C compiler", "not used: RESNET_FUSED is 0")]
    if sys.platform == "win32":
        return [Finding("C compiler", "not used on Windows")]
    named = os.environ.get("CC")
    found = next((each for name in (named, *NAMES) if name and (each := shutil.which(name))), None)
    if found is None:
        return [Finding("C compiler", f"there is none; {SLOWER}", LESS, DO)]
    if named and shutil.which(named) is None:
        words = f"CC names none that is there, so {Path(found).name} is used"
        return [_tried(found, words, "set CC to a compiler that is there, or to nothing")]
    return [_tried(found, f"{Path(found).name} compiles what it should", "")]


def _tried(found: str, words: str, do: str) -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "small.c", Path(folder) / "small.so"
        source.write_text(SOURCE)
        try:
            done = subprocess.run(
                [found, "-O3", "-fPIC", "-shared", str(source), "-o", str(made)],
                timeout=PATIENCE,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except subprocess.TimeoutExpired:
            words = f"{Path(found).name} has not compiled two lines in {PATIENCE:.0f} s; {SLOWER}"
            return Finding("C compiler", words, LESS, DO, found)
        except OSError as error:
            words = f"{Path(found).name} cannot be run ({error.strerror}); {SLOWER}"
            return Finding("C compiler", words, LESS, DO, found)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()[-300:]
            words = f"{Path(found).name} fails with code {done.returncode}; {SLOWER}"
            return Finding("C compiler", words, LESS, DO, said)
        try:
            doubled = ctypes.CDLL(str(made)).doubled
            doubled.restype, doubled.argtypes = ctypes.c_float, [ctypes.c_float]
            right = doubled(21.0) == 42.0
        except (OSError, AttributeError) as error:
            words = f"what {Path(found).name} makes does not load; {SLOWER}"
            return Finding("C compiler", words, LESS, DO, str(error))
    if not right:
        return Finding("C compiler", f"{Path(found).name} computes wrong; {SLOWER}", LESS, DO)
    return Finding("C compiler", words, LESS if do else "ok", do)
