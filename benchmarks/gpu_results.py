"""What `benchmarks/gpu.py` found: as tables, and its home packed for the next call."""

import itertools
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import torch

from explorer.store.comparisons import RunStore
from resnet.settings import home

FUSED, EAGER = "torch's operations", "step by step"  # the same without our kernels, or no graph
TARGETS = {"resnet20-A": 200_000, "resnet56-A": 80_000, "resnet110-A": 42_000, "together": 240_000}
PART = 15 * 2**20  # bytes of a part of the packed home


def pack_home(out: Path) -> None:
    """The store and what can be resumed as OUT/home.tar.*; decoded images stay behind."""
    for old in out.glob("home.tar.*"):
        old.unlink()
    known = [found for found in RunStore().comparisons() if found.title.startswith("Figure 6")]
    folders = (f"run-{run.id}" for found in known for run in found.runs)
    wanted = {"runs.db", "runs.db-wal", "worker.log", *folders}
    with tempfile.TemporaryFile() as whole:
        with tarfile.open(fileobj=whole, mode="w") as tar:
            for name in sorted(wanted, reverse=True):  # the store first
                if (home() / name).exists():
                    tar.add(home() / name, name)
        whole.seek(0)
        for number in itertools.count():
            part = whole.read(PART)
            if not part:
                return
            (out / f"home.tar.{number:02d}").write_bytes(part)


def unpack_home(out: Path) -> None:
    """Lays out what an earlier call packed, where nothing lies yet."""
    parts = sorted(out.glob("home.tar.*"))
    if not parts or (home() / "runs.db").exists():
        return
    home().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as whole:
        for part in parts:
            with part.open("rb") as stream:
                shutil.copyfileobj(stream, whole)
        whole.seek(0)
        with tarfile.open(fileobj=whole) as tar:
            if hasattr(tarfile, "data_filter"):  # Python 3.11.4 and newer
                tar.extraction_filter = tarfile.data_filter
            tar.extractall(home())  # packed by this very script


def machine() -> str:
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    return f"{device}, torch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}"


def table(results: dict[str, Any]) -> str:
    columns = ("plain loop", "here", "ratio", FUSED, EAGER)
    lines = [
        f"Images a second at batch 128 on {results['machine']}.",
        "",
        f"| what | aim | {' | '.join(columns)} |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for name, seen in results["rates"].items():
        shown = [
            ""
            if each not in seen
            else f"{seen[each]:.1f}"
            if each == "ratio"
            else f"{seen[each]:,.0f}"
            for each in columns
        ]
        lines.append(f"| {name} | {TARGETS.get(name, 0):,} | {' | '.join(shown)} |")
    for name, seen in results["checks"].items():
        lines += ["", f"{name}: {'passed' if seen['passed'] else 'FAILED'}, {seen}"]
    for part, made in results["trained"].items():
        end = "ended" if made.get("ended") else "goes on"
        lines += ["", f"Figure 6, {part}: {made['seconds'] / 60:.1f} minutes, {end}."]
    return "\n".join(lines) + "\n"
