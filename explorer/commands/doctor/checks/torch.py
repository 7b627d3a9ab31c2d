"""PyTorch, and what it trains on: tried for real, by a process that may crash."""

import json
import shutil
from pathlib import Path
from typing import Any

from explorer.commands.doctor import trial
from explorer.commands.doctor.finding import LESS, WRONG, Finding

TRIAL = "explorer.lane.trial"  # by name: nothing here loads torch
LIMIT = 80.0  # seconds; a cold disk reads a gigabyte first
INSTALL = "install torch and torchvision anew, both from the same place, as docs/INSTALL.md says"
CPU = "cpu"


def torch_and_gpu() -> list[Finding]:
    outcome = trial.run([TRIAL], LIMIT)
    if outcome.why:
        words = f"a process that loads it and multiplies two matrices {outcome.why}"
        if "ImportError" in outcome.last or "ModuleNotFoundError" in outcome.last:
            words = "it does not load"
        return [Finding("PyTorch", words, WRONG, INSTALL, outcome.last)]
    try:
        facts = json.loads(outcome.said)
        return [*_torch(facts), _gpu(facts)]
    except (ValueError, KeyError, TypeError):
        return [Finding("PyTorch", "it loads, and answers nonsense", WRONG, INSTALL, outcome.said)]


def _torch(facts: dict[str, Any]) -> list[Finding]:
    found = [Finding("PyTorch", f"{facts['torch']} loads and computes")]
    if facts["problem"]:
        words = f"{facts['torch']} loads and does not compute on {facts['device']}"
        found = [Finding("PyTorch", words, WRONG, INSTALL, facts["problem"])]
    if facts["without_torchvision"]:
        found.append(
            Finding(
                "torchvision",
                "it does not load beside this torch: CIFAR-10 cannot be fetched",
                LESS,
                INSTALL,
                facts["without_torchvision"],
            )
        )
    return found


def _gpu(facts: dict[str, Any]) -> Finding:
    if facts["device"] != CPU:
        return Finding("GPU", f"{facts['name']}: nets train on it")
    cores = f"nets train on the processor, {facts['cores']} cores"
    if not _has_nvidia():
        return Finding("GPU", f"none that torch knows; {cores}")
    built = f"built for CUDA {facts['cuda']}" if facts["cuda"] else "built without CUDA"
    do = (
        "bring the GPU's driver up to date"
        if facts["cuda"]
        else "install torch as PyTorch's page says for CUDA, should nets train on the GPU"
    )
    return Finding(
        "GPU", f"an NVIDIA GPU is there, and torch, {built}, does not use it; {cores}", LESS, do
    )


def _has_nvidia() -> bool:
    return Path("/dev/nvidia0").exists() or shutil.which("nvidia-smi") is not None
