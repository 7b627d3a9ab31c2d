"""The recordings that `make results` makes, one a lesson, and what it says of the machine."""

import platform
import re
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from results_tables import GENERATED

from resnet.lessons import LESSONS
from resnet.spec.names import Entry

TINY = {
    "images": 64,
    "image_size": 16,
    "batch": 8,
    "iterations": 4,
    "warmup_iterations": 2,
    "log_every": 1,
    "test_every": 2,
    "test_images": 16,
    "final_images": 16,
}


@dataclass(frozen=True)
class Task:
    """A recording to make: a lesson on the images of a folder, or on generated ones."""

    name: str

    @property
    def lesson(self) -> str:
        return "degradation" if self.name == GENERATED else self.name

    @property
    def data(self) -> str:
        return "generated" if self.name == GENERATED else "folder"

    @property
    def title(self) -> str:
        return (
            "Degradation on generated images"
            if self.name == GENERATED
            else LESSONS[self.lesson].title
        )

    def entries(self, tiny: bool) -> tuple[Entry, ...]:
        found = LESSONS[self.lesson].entries
        return tuple(_tiny(each) for each in found) if tiny else found


def _tiny(entry: Entry) -> Entry:
    changes: dict[str, Any] = dict(TINY)
    if entry.recipe.warmup != "linear":
        del changes["warmup_iterations"]
    return Entry(entry.net, replace(entry.recipe, **changes))


def machine_words(device: str) -> str:
    """ "Intel Xeon Processor, 2 cores, bf16, torch 2.15.0"; a GPU by its own name.

    device  as a run has it: "CPU, 2 cores, bf16"
    """
    name = device.replace("CPU", processor(), 1) if device.startswith("CPU") else device
    return f"{name}, torch {metadata.version('torch').partition('+')[0]}"


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.is_file() else f"model name : {platform.processor()}"
    known = re.search(r"^model name\s*: *(.+)$", text, re.M)
    return re.sub(r"\((R|TM)\)", "", known[1], flags=re.I).strip() if known else "a processor"
