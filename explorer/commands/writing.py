"""Files that commands write, looked at before what goes into them takes hours."""

from pathlib import Path

from explorer.commands.selection import CommandError
from resnet.cli.places import check_file
from resnet.spec.row import CSV_COLUMNS

COMPARISON = b"\x1f\x8b"  # how gzip begins
RESULTS = b"["  # of a lab, as JSON
TABLE = ",".join(CSV_COLUMNS[:3]).encode()


def check(file: Path | None, kind: bytes, option: str = "") -> None:
    """Raises PlaceError where it cannot be written, CommandError where something else is there.

    kind    COMPARISON, RESULTS or TABLE: one of the same kind is written over, as ever
    option  that named it: "--csv"
    """
    if file is None:
        return
    check_file(file, option)
    if not file.exists():
        return
    with file.open("rb") as stream:
        begins = stream.read(len(kind))
    if begins and begins != kind:
        what = {COMPARISON: "comparison", RESULTS: "lab's results"}.get(kind, "table")
        raise CommandError(
            f"{file} is there already, is no {what} of this program, and is kept; name another file"
        )
