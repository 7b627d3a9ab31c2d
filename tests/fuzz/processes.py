"""Cases in processes of their own, which are watched: one that ends, hangs or grows is a fault.

Each process takes the numbers that are its own (number % processes), so that a seed and a number
say a case whatever the number of processes.
"""

import contextlib
import gc
import importlib
import io
import logging
import multiprocessing
import os
import queue
import re
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.parser import Fault, Parser

ROOMS = ("words", "images", "comparisons", "nets", "pages")
HANGS = 120.0  # seconds of a clock for one case, on a machine with other work
LOOK_EVERY = 0.2
FLUSH_EVERY = 1.0  # seconds
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
KEPT = 5  # faults of a parser that are told


@dataclass
class Tally:
    """What came of a parser's cases. Seconds are of CPU, memory in MB beyond the process's own."""

    cases: int = 0
    accepted: int = 0
    refused: int = 0
    faults: int = 0
    slowest: tuple[float, int] = (0.0, -1)  # with its number
    memory: int = 0
    told: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.cases += other.cases
        self.accepted += other.accepted
        self.refused += other.refused
        self.faults += other.faults
        self.slowest = max(self.slowest, other.slowest)
        self.memory = max(self.memory, other.memory)
        self.told = sorted(self.told + other.told)[:KEPT]


def parsers() -> dict[str, Parser]:
    """All of them by name."""
    modules = [importlib.import_module(f"tests.fuzz.parsers.{room}") for room in ROOMS]
    return {each.name: each for module in modules for each in module.PARSERS}


def try_one(parser: Parser, seed: int, number: int, tally: Tally) -> None:
    """Runs one case and notes what came of it."""
    case = parser.case(seed, number)
    memory, began = Memory(), time.process_time()
    try:
        accepted = parser.run(case)
        tally.accepted += accepted
        tally.refused += not accepted
        _check_bounds(parser, time.process_time() - began, memory.grown)
    except Exception as error:  # whatever it is, it is a fault
        tally.faults += 1
        if len(tally.told) < KEPT:
            tally.told.append((number, f"{type(error).__name__}: {str(error)[:300]}"))
    tally.cases += 1
    tally.slowest = max(tally.slowest, (time.process_time() - began, number))
    tally.memory = max(tally.memory, memory.grown)


def parser_of(name: str) -> Parser:
    """One of them; rooms behind its own, which load more, are left alone."""
    for room in ROOMS:
        for each in importlib.import_module(f"tests.fuzz.parsers.{room}").PARSERS:
            if each.name == name:
                return each
    raise KeyError(name)


def run(
    parser: Parser,
    seed: int,
    first: int,
    cases: int,
    processes: int,
    find: Callable[[str], Parser] = parser_of,
) -> Iterator[Tally]:
    """The cases first..first+cases of a parser; a tally about every second, and at the end.

    find  by which a process finds the parser by its name
    """
    context = multiprocessing.get_context("spawn")
    at = context.Array("q", [-1] * processes, lock=False)
    since = context.Array("d", [0.0] * processes, lock=False)
    line: Any = context.Queue()

    def start(place: int, begin: int) -> Any:
        own = range(begin, first + cases, processes)
        each = context.Process(
            target=_work, args=(find, parser.name, seed, own, place, at, since, line), daemon=True
        )
        at[place] = -1
        each.start()
        return each

    def news() -> Iterator[Tally]:
        with contextlib.suppress(queue.Empty):
            while True:
                place, tally = line.get(timeout=LOOK_EVERY)
                left[place] -= tally.cases
                yield tally

    left = [len(range(first + place, first + cases, processes)) for place in range(processes)]
    working = {place: start(place, first + place) for place in range(min(processes, cases))}
    while working:
        yield from news()
        for place, each in list(working.items()):
            lost = _lost(each, since[place])
            if each.is_alive():
                continue
            del working[place]
            if lost:
                yield from news()
                number = at[place]
                ahead = len(range(number + processes, first + cases, processes))
                ran = left[place] - ahead if number >= 0 else left[place]
                yield Tally(cases=ran, faults=1, told=[(number, lost)])
                left[place] -= ran
                if number >= 0 and ahead:
                    working[place] = start(place, number + processes)
    yield from news()


def _lost(process: Any, since: float) -> str:
    """How a process was lost, "" where it was not; one that hangs is ended."""
    if not process.is_alive():
        return f"the process ended with code {process.exitcode}" if process.exitcode else ""
    if not since or time.time() - since <= HANGS:
        return ""
    process.kill()
    process.join()
    return f"it had not ended after {HANGS:.0f} seconds"


def _work(
    find: Callable[[str], Parser],
    name: str,
    seed: int,
    numbers: Sequence[int],
    place: int,
    at: Any,
    since: Any,
    line: Any,
) -> None:
    be_quiet()
    parser = find(name)
    tally, flushed = Tally(), time.monotonic()
    for number in numbers:
        at[place], since[place] = number, time.time()
        try_one(parser, seed, number, tally)
        since[place] = 0.0
        if time.monotonic() - flushed > FLUSH_EVERY:
            line.put((place, tally))
            tally, flushed = Tally(), time.monotonic()
    line.put((place, tally))
    line.close()
    line.join_thread()


def be_quiet() -> None:
    """What libraries print of damaged files is no news here."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    sys.stderr = io.TextIOWrapper(os.fdopen(silence, "wb", closefd=False), write_through=True)


def _check_bounds(parser: Parser, seconds: float, grown: int) -> None:
    if seconds > parser.seconds:
        raise Fault(f"it took {seconds:.1f} s, more than {parser.seconds:g}")
    if grown > parser.memory:
        gc.collect()
        raise Fault(f"it took {grown:,} MB, more than {parser.memory:,}")


class Memory:
    """What a process needs at most from now on. Linux alone forgets what it needed before."""

    def __init__(self) -> None:
        with contextlib.suppress(OSError):
            CLEAR.write_text("5")
        self._before = self._most("VmRSS")

    @property
    def grown(self) -> int:
        """MB at most since the beginning, beyond what there was."""
        return max(0, self._most("VmHWM") - self._before) >> 10

    def _most(self, name: str) -> int:
        with contextlib.suppress(OSError):
            found = re.search(rf"{name}:\s+(\d+)", STATUS.read_text())
            if found:
                return int(found[1])
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
