"""The rows of `train` as a CSV file, which is gone on with and never begun anew."""

import contextlib
import csv
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resnet.cli.saved import CommandError
from resnet.spec import NetSpec, Recipe
from resnet.spec.row import CSV_COLUMNS


class Table:
    """Rows as CSV, each on the disk as soon as it is added; None writes nothing.

    before  the nets that go on, and from where: what the file has of them up to there stays, with
            the rows of other nets; where none goes on, nothing may be in the file yet
    alone   whether the rows are all that is kept: then training goes on where they cannot be
            written, and they are tried again with every row

    Raises CommandError for a file that has rows of another training, or is no table of ours.
    """

    def __init__(
        self, file: Path | None, recipe: Recipe, before: dict[NetSpec, int], alone: bool = False
    ) -> None:
        self._seed, self._recipe = recipe.seed, str(recipe)
        self._alone = alone
        self._there: set[tuple[str, int]] = set()
        self._unwritten = b""
        self._stream: io.FileIO | None = None
        self._told = False
        self._empty = True  # no row came
        if file is None:
            return
        self._file = file
        self._made = not file.exists()
        if before and not self._made and file.stat().st_size:
            self._write_anew(self._kept(before))
        elif not self._made and file.stat().st_size:
            raise CommandError(
                f"{file} is there already and is kept; name another file with --csv, or move it "
                "away"
            )
        self._open()

    def add(self, spec: NetSpec, row: dict[str, Any]) -> None:
        """Raises CommandError where the disk does not take it, unless the rows are `alone`."""
        if self._stream is None or (str(spec), row["iteration"]) in self._there:
            return
        self._empty = False
        seconds = f"{row['seconds']:.2f}"
        own = {"net": str(spec), "seed": self._seed, "seconds": seconds, "recipe": self._recipe}
        self._unwritten += _lines([{**row, **own}])
        try:
            self._write()
        except OSError as error:
            if not self._alone:
                raise CommandError(
                    f"{self._file} cannot be written ({error.strerror}); free some space, then "
                    "give the same command again: it goes on from the checkpoints"
                ) from error
            if not self._told:
                self._told = True
                print(
                    f"\nresnet: {self._file} cannot be written ({error.strerror}); training goes "
                    "on, and the rows are tried again",
                    file=sys.stderr,
                    flush=True,
                )

    def close(self) -> None:
        """Leaves no file where no row came."""
        if self._stream is None:
            return
        if not self._empty:
            with contextlib.suppress(OSError):
                self._write()
        self._stream.close()
        if self._empty and self._made:
            self._file.unlink(missing_ok=True)

    @property
    def lacking(self) -> str:
        """After `close`, which rows are not on the disk, in a sentence; "" where all are."""
        if self._empty or not self._unwritten:
            return ""
        return f"{self._file} lacks its last rows, {len(self._unwritten):,} bytes: the disk is full"

    def _open(self) -> None:
        try:
            self._stream = self._file.open("xb" if self._made else "ab", buffering=0)
            if self._file.stat().st_size == 0:
                self._unwritten = _lines([], head=True)  # goes with the first row
        except FileExistsError:
            raise CommandError(
                f"another command has just begun to write {self._file}; name another file with "
                "--csv"
            ) from None
        except OSError as error:
            raise self._refused(error) from error

    def _write(self) -> None:
        """Writes what is waiting; what the disk does not take goes on waiting. Raises OSError."""
        while self._unwritten and self._stream:
            written = self._stream.write(self._unwritten)
            self._unwritten = self._unwritten[written:]

    def _write_anew(self, rows: Sequence[dict[str, str]]) -> None:
        target = Path(os.path.realpath(self._file))
        fresh = target.with_name(f"{target.name}.part")
        try:
            fresh.write_bytes(_lines(rows, head=True))
            fresh.replace(target)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> CommandError:
        return CommandError(
            f"{self._file} cannot be written ({error.strerror}); name another file with --csv"
        )

    def _kept(self, before: dict[NetSpec, int]) -> list[dict[str, str]]:
        until = {str(spec): iteration for spec, iteration in before.items()}
        seed = str(self._seed)
        kept = []
        for row in self._rows():
            net, iteration = row["net"], int(row["iteration"])
            if row["seed"] == seed and net in until and row["recipe"] != self._recipe:
                raise CommandError(
                    f"{self._file} has rows of {net} with another recipe "
                    f"({row['recipe'] or 'the paper’s'}) and is kept; name another file with --csv"
                )
            if row["seed"] == seed and net in until and iteration > until[net]:
                continue  # trained after the checkpoint: it comes again
            if row["seed"] == seed and row["recipe"] == self._recipe:
                self._there.add((net, iteration))
            kept.append(row)
        return kept

    def _rows(self) -> list[dict[str, str]]:
        try:
            with self._file.open(newline="", encoding="utf-8") as stream:
                rows = csv.DictReader(stream)
                if tuple(rows.fieldnames or ()) != CSV_COLUMNS:
                    raise ValueError
                whole = [row for row in rows if None not in row.values()]  # the last may be torn
                [int(row["iteration"]) for row in whole]
                return whole
        except (ValueError, csv.Error) as error:
            raise CommandError(
                f"{self._file} is not a table of this command, so rows cannot be added to it; "
                "name another file with --csv"
            ) from error


def _lines(rows: Sequence[dict[str, Any]], head: bool = False) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, CSV_COLUMNS, extrasaction="ignore")
    if head:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
