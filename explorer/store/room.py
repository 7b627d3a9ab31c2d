"""Whether there is room for what somebody wants trained: memory, disk, time, all computed first.

Nothing here is measured by trying: a net's memory and its checkpoint follow from its plan, its rows
from its recipe, its time from this machine's throughput.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from explorer.store import limits
from explorer.store.records import Visitor
from explorer.store.trouble import Refused
from resnet.cost import cost
from resnet.cost.memory import kept_bytes, training_memory
from resnet.cost.sharing import cores
from resnet.plan import plan
from resnet.settings import home
from resnet.spec import NetSpec, Recipe

GB = 2**30
MOST_LANES = 6  # that train at once, explorer.worker
ROW_BYTES = 150  # of a row without its norms, its index with it
CHECKPOINT_BYTES = 2**20  # of a checkpoint beside weights and momentum

Entries = Sequence[tuple[NetSpec, Recipe]]


def free_disk() -> int:
    """Bytes free where the program keeps its runs."""
    home().mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(home()).free


def machine_memory() -> int | None:
    """Bytes of memory that this machine, or the container around us, has; None if not known."""
    known = []
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            known.append(int(Path(file).read_text("ascii")))
        except (OSError, ValueError):  # no container; "max"
            continue
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min((each for each in known if each > 0), default=None)


def checkpoint_bytes(spec: NetSpec) -> int:
    """What a run's two checkpoints take on disk: weights and momentum, fp32."""
    return 2 * (8 * cost(spec).parameters + CHECKPOINT_BYTES)


def rows_bytes(spec: NetSpec, recipe: Recipe, iterations: int) -> int:
    """What so many iterations take in the store: a row with three norms a layer, each logged."""
    norms = 3 * 4 * len(plan(spec, recipe.image_size).weighted)
    return (iterations // recipe.log_every + 2) * (ROW_BYTES + norms)


def disk_bytes(entries: Entries) -> int:
    """What runs leave on the disk once they have ended."""
    return sum(
        checkpoint_bytes(spec) + rows_bytes(spec, recipe, recipe.iterations)
        for spec, recipe in entries
    )


def memory_bytes(entries: Entries, lanes: int) -> int:
    """What nets that train at once take: all weights, and the maps of as many as step at once."""
    maps = sorted(
        kept_bytes(spec, recipe.batch, _precision(recipe), recipe.image_size)
        for spec, recipe in entries
    )
    weights = sum(
        sum(part.bytes for part in training_memory(spec, 1, "fp32", recipe.image_size))
        - kept_bytes(spec, 1, "fp32", recipe.image_size)
        for spec, recipe in entries
    )
    return weights + sum(maps[-lanes:])


def turn_seconds(entries: Entries, throughput: float) -> float:
    """How long nets train; throughput in seconds a multiply-add, as the worker reports it."""
    return throughput * sum(
        cost(spec, recipe.image_size).macs * recipe.batch * recipe.iterations
        for spec, recipe in entries
    )


def check_memory(turns: Sequence[Entries], on_cpu: bool) -> None:
    """Raises Refused where a turn's nets do not fit in memory.

    on_cpu  whether they train there at once; on a GPU those that do not fit wait for each other,
            and the largest has to fit in the machine's memory
    """
    most = limits.MEMORY.value * GB or machine_memory()
    if not most:
        return
    lanes = min(cores(), MOST_LANES)
    for turn in turns:
        groups: Sequence[Entries] = [turn] if on_cpu else [[each] for each in turn]
        for group in groups:
            needed = memory_bytes(group, lanes)
            if needed > most:
                raise Refused(
                    f"training {_titles(group)} takes {_size(needed)} of memory and this machine "
                    f"has {_size(most)}; choose smaller nets, fewer at once, or a smaller "
                    "mini-batch"
                )


def check_time(turns: Sequence[Entries], throughput: float | None, by: Visitor) -> None:
    """Raises Refused where a visitor's turn lasts longer than this machine gives to one."""
    if throughput is None or by.everything:
        return
    most = limits.TURN_HOURS.value
    for turn in turns:
        hours = turn_seconds(turn, throughput) / 3600
        if hours > most:
            raise Refused(
                f"training {_titles(turn)} takes about {hours:,.0f} hours on this machine and a "
                f"turn may take {most:g}; ask for fewer iterations or smaller nets, or ask the "
                "teacher to launch it"
            )


def check_disk(asked: int, largest: int, promised: int, by: Visitor, mine: int, ours: int) -> None:
    """Raises Refused where the disk, or a visitor's part of it, has no room. All in bytes.

    asked     what the runs leave on the disk; of that `largest` the largest file, which is written
              beside the one before it
    promised  what the runs that train or wait may still write
    mine      what the visitor's comparisons take already; `ours`, those of the address
    """
    free = free_disk()
    least = int(limits.FREE_DISK.value * 2**20)
    if free < least:
        raise Refused(
            f"the disk has {free / 2**20:,.0f} MB left and training needs {least / 2**20:,.0f} MB; "
            "free some space, or delete old runs"
        )
    if asked + largest > free - least - promised:
        raise Refused(
            f"this leaves {_size(asked)} on the disk, which has {_size(free)} left, of which "
            f"{_size(promised)} are promised to what trains and waits and {_size(least)} stay "
            "free; choose smaller nets or fewer seeds, or delete old runs"
        )
    check_quota(asked, by, mine, ours)


def check_quota(asked: int, by: Visitor, mine: int, ours: int) -> None:
    """Raises Refused where a visitor's part of the disk, or that of their address, is full."""
    if by.everything:
        return
    for taken, limit, whose in (
        (mine, limits.DISK_EACH, by.whose),
        (ours if by.address else 0, limits.DISK_ADDRESS, "of visitors at your address"),
    ):
        if asked + taken > limit.value * GB:
            raise Refused(
                f"this takes {_size(asked)} of disk and comparisons {whose} take {_size(taken)} "
                f"of {limit.value:g} GB already; delete some of them, or choose smaller nets"
            )


def _precision(recipe: Recipe) -> str:
    return "bf16" if recipe.precision == "bf16" else "fp32"


def _titles(entries: Entries) -> str:
    return ", ".join(dict.fromkeys(spec.title for spec, _ in entries))


def _size(count: float) -> str:
    return f"{count / GB:,.1f} GB" if count >= GB / 2 else f"{count / 2**20:,.0f} MB"
