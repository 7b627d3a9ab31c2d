"""What `train` leaves on the disk and goes on from: a checkpoint of each net, rows in a CSV."""

import contextlib
import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from resnet.spec import NetSpec, Recipe
from resnet.spec.row import CSV_COLUMNS
from resnet.train import checkpoint


class CommandError(RuntimeError):
    """Why a command could not do what was asked, in one sentence."""


def checkpoint_file(folder: Path, spec: NetSpec, recipe: Recipe) -> Path:
    return folder / f"{spec}-seed{recipe.seed}.pt"


@contextlib.contextmanager
def reserved(folder: Path | None, nets: Sequence[NetSpec], recipe: Recipe) -> Iterator[None]:
    """Keeps other commands off the checkpoints of these nets; makes the folder.

    Raises CommandError where another command trains one of them, or nothing can be written.
    """
    with contextlib.ExitStack() as held:
        for spec in nets if folder else ():
            file = checkpoint_file(folder or Path(), spec, recipe)
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(FileLock(file.with_name(f".{file.stem}.lock"), timeout=0))
            except Timeout:
                raise CommandError(
                    f"another command trains {file}; wait until it has ended, or name another "
                    "folder with --save"
                ) from None
            except OSError as error:
                raise CommandError(
                    f"nothing can be written to {folder} ({error.strerror}); name another folder "
                    "with --save"
                ) from error
        yield


def trained_before(
    folder: Path | None, nets: Sequence[NetSpec], recipe: Recipe, images: str
) -> dict[NetSpec, int]:
    """The nets that an earlier command has begun, each with the iteration of its checkpoint.

    images  what this command trains on, for people
    Raises CommandError for a file in the place of a checkpoint that is not of the same training:
    nothing is written over it.
    """
    found: dict[NetSpec, int] = {}
    for spec in nets if folder else ():
        file = checkpoint_file(folder or Path(), spec, recipe)
        if not file.exists():
            continue
        state = _state_of(file, spec, recipe)
        if state.get("images", images) != images:
            raise CommandError(
                f"{file} was trained on {state['images']}, but the images are now {images}; "
                "set RESNET_DATA back, or name another folder with --save"
            )
        found[spec] = state["iteration"]
    return found


def _state_of(file: Path, spec: NetSpec, recipe: Recipe) -> dict[str, Any]:
    try:
        net, theirs, state = checkpoint.load(file)
    except checkpoint.CheckpointError as error:
        raise CommandError(
            f"{file} is in the way: it is not a checkpoint of this program, or it is damaged; "
            "move it away, or name another folder with --save"
        ) from error
    if net != spec:
        raise CommandError(
            f"{file} holds {net.title}, not {spec.title}; move it away, or name another folder "
            "with --save"
        )
    ours, other = asdict(recipe), asdict(theirs)
    differing = [name for name in ours if ours[name] != other[name]]
    if differing:
        words = ", ".join(f"{name} {other[name]} there, {ours[name]} here" for name in differing)
        raise CommandError(
            f"{file} was trained with another recipe ({words}) and is kept; give the same recipe "
            "to go on with it, or name another folder with --save"
        )
    return state


class Table:
    """Rows as CSV, each on the disk as soon as it is added; None writes nothing.

    before  the nets that go on, and from where: what the file has of them up to there stays, with
            the rows of other nets; where none goes on, the file begins anew
    """

    def __init__(self, file: Path | None, recipe: Recipe, before: dict[NetSpec, int]) -> None:
        self._seed, self._recipe = recipe.seed, str(recipe)
        self._stream = None
        self._there: set[tuple[str, int]] = set()
        if file is None:
            return
        kept = self._kept(file, before) if before and file.exists() else []
        try:
            fresh = file.with_name(f"{file.name}.part")
            with fresh.open("w", newline="") as stream:
                writer = csv.DictWriter(stream, CSV_COLUMNS)
                writer.writeheader()
                writer.writerows(kept)
            fresh.replace(file)
            self._stream = file.open("a", newline="")
        except OSError as error:
            raise CommandError(
                f"{file} cannot be written ({error.strerror}); name another file with --csv"
            ) from error
        self._writer = csv.DictWriter(self._stream, CSV_COLUMNS, extrasaction="ignore")

    def add(self, spec: NetSpec, row: dict[str, Any]) -> None:
        if self._stream is None or (str(spec), row["iteration"]) in self._there:
            return
        seconds = f"{row['seconds']:.2f}"
        own = {"net": str(spec), "seed": self._seed, "seconds": seconds, "recipe": self._recipe}
        self._writer.writerow({**row, **own})
        self._stream.flush()

    def close(self) -> None:
        if self._stream:
            self._stream.close()

    def _kept(self, file: Path, before: dict[NetSpec, int]) -> list[dict[str, str]]:
        until = {str(spec): iteration for spec, iteration in before.items()}
        try:
            with file.open(newline="", encoding="utf-8") as stream:
                rows = csv.DictReader(stream)
                if tuple(rows.fieldnames or ()) != CSV_COLUMNS:
                    raise ValueError
                whole = [row for row in rows if None not in row.values()]  # the last may be torn
            kept = []
            for row in whole:
                net, iteration = row["net"], int(row["iteration"])
                if (net in until and row["seed"] == str(self._seed)) and iteration > until[net]:
                    continue  # trained after the checkpoint: it comes again
                if row["seed"] == str(self._seed):
                    self._there.add((net, iteration))
                kept.append(row)
            return kept
        except (ValueError, csv.Error) as error:
            raise CommandError(
                f"{file} is not a table of this command, so rows cannot be added to it; "
                "name another file with --csv"
            ) from error
