"""The command: all checks at once, their lines in order, and an exit code."""

import argparse
import json
import sys
import threading
from pathlib import Path

from explorer.commands.doctor import report, trial
from explorer.commands.doctor.checks import CHECKS, LONGEST, Check
from explorer.commands.doctor.checks.port import VARIABLE
from explorer.commands.doctor.finding import LESS, WRONG, Finding
from resnet.cli.places import PlaceError, check_file, replace_with

CHILD = "explorer.commands.doctor.child"
SPARE = 5.0  # seconds beyond the limit of a check
WIDTH = 17
HERE = "-"  # the report goes to the terminal


def main(words: list[str]) -> int:
    """Looks at everything; 0 where nothing is wrong, 1 where something is."""
    options = argument_parser().parse_args(words)
    file = None if options.report in (None, HERE) else Path(options.report)
    try:
        _check_report(file)
    except PlaceError as error:
        print(f"explorer: {error}", file=sys.stderr)
        return 1
    more = {VARIABLE: str(options.port)} if options.port is not None else {}
    found = look(CHECKS, more, quiet=options.report == HERE)
    wrong = sum(each.level == WRONG for each in found)
    if options.report == HERE:
        print(report.text(found))
    else:
        print(_summary(wrong, sum(each.level == LESS for each in found)))
    if file:
        try:
            replace_with(file, report.text(found).encode())
        except OSError as error:
            print(f"explorer: {file} was not written ({error.strerror})", file=sys.stderr)
            return 1
        print(f"The report is in {file}; it names no person, no folder and no machine.")
    return 1 if wrong else 0


def argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer doctor")
    add_options(parser)
    return parser


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Look at Python, packages, PyTorch and GPU, compiler, memory, disk, store, worker, images "
        "and ports, and say what is wrong and what to do. Changes nothing, and takes "
        f"{LONGEST + SPARE:.0f} s at most. Exit code 1 where something is wrong."
    )
    parser.add_argument(
        "--report",
        nargs="?",
        const=HERE,
        metavar="FILE",
        help="print, or write to FILE, what can be sent to others: without names, folders and "
        "words of yours",
    )
    parser.add_argument("--port", type=int, help="of the app, where it is not 8501")


def look(checks: tuple[Check, ...], more: dict[str, str], quiet: bool = False) -> list[Finding]:
    """Every check's findings in order, each line printed as soon as those before it are."""
    answers: dict[Check, list[Finding]] = {}

    def answer(check: Check) -> None:
        answers[check] = _answer(check, more)

    threads = [threading.Thread(target=answer, args=(each,), daemon=True) for each in checks]
    for thread in threads:
        thread.start()
    found = []
    for check, thread in zip(checks, threads, strict=True):
        thread.join(check.limit + SPARE)
        these = answers.get(check) or [_stuck(check, "did not end")]
        found += these
        if not quiet:
            print("\n".join(line(each) for each in these), flush=True)
    return found


def line(found: Finding) -> str:
    """As it stands on a terminal."""
    indent = " " * (len(WRONG) + 2)
    lines = [f"{found.level:{len(WRONG)}}  {found.subject:{WIDTH}}{found.found}"]
    if found.detail and found.level != "ok":
        lines.append(f"{indent}{'':{WIDTH}}({found.detail})")
    if found.do:
        lines.append(f"{indent}{'':{WIDTH}}-> {found.do}")
    return "\n".join(lines)


def _answer(check: Check, more: dict[str, str]) -> list[Finding]:
    outcome = trial.run([CHILD, check.place, str(check.limit)], check.limit, more)
    if outcome.why:
        return [_stuck(check, f"looking at it {outcome.why}", outcome.last)]
    try:
        found = [Finding.from_json(each) for each in json.loads(outcome.said)]
    except (ValueError, TypeError):
        return [_stuck(check, "looking at it came to nothing", outcome.said)]
    named = [each if each.subject else _named(each, check.subject) for each in found]
    return named or [_stuck(check, "looking at it came to nothing")]


def _named(found: Finding, subject: str) -> Finding:
    return Finding(**{**found.to_json(), "subject": subject})


def _stuck(check: Check, words: str, detail: str = "") -> Finding:
    return Finding(check.subject, words, WRONG, check.stuck, detail)


def _summary(wrong: int, less: int) -> str:
    if wrong:
        things = "1 thing is" if wrong == 1 else f"{wrong} things are"
        return f"\n{things} wrong; behind -> stands what to do."
    if less:
        return f"\nNothing is wrong; {less} {'thing' if less == 1 else 'things'} could be better."
    return "\nNothing is wrong."


def _check_report(file: Path | None) -> None:
    """Raises PlaceError where the report cannot be written, or would replace something else."""
    check_file(file, "--report")
    if file and file.exists() and file.stat().st_size:
        with file.open("rb") as stream:
            begins = stream.read(len(report.HEAD))
        if begins != report.HEAD.encode():
            raise PlaceError(f"{file} is there already, is no report, and is kept; name another")
