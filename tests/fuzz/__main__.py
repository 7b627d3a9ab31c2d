"""Damaged and hostile input for every parser of outside bytes: `make fuzz`.

    python -m tests.fuzz [PARSER ...] [--cases 10000] [--seed 0] [--first 0] [--processes 2]

Prints a row for each parser: cases, how many were accepted and refused in a sentence, the slowest
case with its number, the memory that one case took, and each first fault with its number, which
`--seed S --first NUMBER --cases 1` repeats. Ends with 1 where there was a fault, with 2 for options
that cannot be.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence

from tests.fuzz.parser import Parser
from tests.fuzz.processes import Tally, parsers, run

HEAD = f"{'parser':<12} {'cases':>9} {'accepted':>9} {'refused':>9} {'faults':>7}"
HEAD += f" {'slowest':>9} {'of case':>9} {'memory':>8} {'took':>7}"


def main(arguments: Sequence[str] | None = None) -> int:
    known = parsers()
    options = _options(arguments, known)
    chosen = [known[name] for name in options.parser] or list(known.values())
    print(HEAD, flush=True)
    whole, began = Tally(), time.monotonic()
    for parser in chosen:
        tally = _one(parser, options)
        whole.add(tally)
    _row("all", whole, time.monotonic() - began)
    return 1 if whole.faults else 0


def _options(arguments: Sequence[str] | None, known: dict[str, Parser]) -> argparse.Namespace:
    parse = argparse.ArgumentParser(
        "python -m tests.fuzz", description=(__doc__ or "").split("\n")[0]
    )
    parse.add_argument("parser", nargs="*", help=f"by default all: {', '.join(known)}")
    parse.add_argument("--cases", type=int, default=10_000, help="of an average parser")
    parse.add_argument("--seed", type=int, default=0)
    parse.add_argument("--first", type=int, default=0, help="number of the first case")
    parse.add_argument("--processes", type=int, default=min(4, os.cpu_count() or 1))
    options = parse.parse_args(arguments)
    if unknown := [name for name in options.parser if name not in known]:
        parse.error(f"there is no parser {unknown[0]!r}; there are {', '.join(known)}")
    if min(options.cases, options.processes) < 1 or options.first < 0:
        parse.error("--cases and --processes must be 1 or more, --first 0 or more")
    return options


def _one(parser: Parser, options: argparse.Namespace) -> Tally:
    alone = len(options.parser) == 1
    cases = options.cases if alone else max(1, round(options.cases * parser.share))
    tally, began = Tally(), time.monotonic()
    for part in run(parser, options.seed, options.first, cases, options.processes):
        tally.add(part)
        if sys.stderr.isatty():
            print(f"\r{parser.name} {tally.cases:,} of {cases:,}", end="\r", file=sys.stderr)
    _row(parser.name, tally, time.monotonic() - began)
    for number, words in tally.told:
        print(f"    case {number}: {words.encode('ascii', 'backslashreplace').decode()}")
        print(
            f"      python -m tests.fuzz {parser.name} --seed {options.seed} --first {number} "
            "--cases 1"
        )
    return tally


def _row(name: str, tally: Tally, took: float) -> None:
    seconds, number = tally.slowest
    print(
        f"{name:<12} {tally.cases:>9,} {tally.accepted:>9,} {tally.refused:>9,} "
        f"{tally.faults:>7,} {seconds:>7.2f} s {number:>9,} {tally.memory:>5,} MB {took:>5,.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
