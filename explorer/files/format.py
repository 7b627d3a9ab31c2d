"""A comparison as one file: gzipped JSON, so that it can be sent, imported and replayed.

The file holds what the pages show, not the nets' weights: nets, recipes, rows, what was done while
they trained, and how it was made. It is read as a stranger's: sizes, counts, numbers and text are
bounded before any of them is believed. Nothing in it is run.
"""

import gzip
import hashlib
import io
import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from typing import Any

from explorer.files.command_line import command_of
from explorer.files.fields import ComparisonFileError, Fields
from explorer.files.runs import MAX_ROWS, curves_of, run_fields
from explorer.store.comparisons import MAX_NETS, MAX_SEEDS
from explorer.store.curation import MAX_NOTE, MAX_TAG, MAX_TAGS
from explorer.store.records import BY_LAYER, Comparison
from explorer.store.snapshots import RunHistory, Snapshot

FILE_ENDING = ".resnet.json.gz"
FORMAT = "resnet-explorer comparison"
# 2: with layer responses; 3: with the numbers of images that errors are of; 4, written where a run
# had fewer images than its recipe asks for: with their number
VERSION, WITHOUT_IMAGES = 4, 3
MAX_FILE = 20 * 2**20  # bytes
MAX_TEXT = 64 * 2**20  # bytes, unpacked; a full-size file has about 40 MB
MAX_LISTS = 50_000  # lists and objects in it: Python needs up to 24 bytes a letter for them
MAX_NUMBERS = 2_400_000  # commas in it; rows and norms of a full-size file make 2.2 million
MAX_NORMS = 3_000_000  # beyond that a file keeps the norms of fewer rows
RECORDED_NORMS = 100  # rows with norms in each run of a recording
MAX_MADE = {"machine": 200, "data": 200, "command": 2000}
ABOUT = ("title", "lesson", "created", "tags", "note")


@dataclass(frozen=True)
class ComparisonFile:
    """A comparison from a file: to be shown as it is, or to be put into a store.

    snapshot  as the pages show it; run ids count from 1, nothing in it trains, `origin` says
              where it comes from
    machine, data, command  how it was made
    program   the version that wrote the file, "0.1.0"; with its commit where that was said,
              "0.1.0+0954303"
    """

    snapshot: Snapshot
    machine: str
    data: str
    command: str
    program: str

    @property
    def comparison(self) -> Comparison:
        return self.snapshot.comparison


def pack(
    snapshot: Snapshot,
    command: str | None = None,
    machine: str = "",
    recording: bool = False,
    commit: str = "",
) -> bytes:
    """A comparison as a file; the same comparison gives the same bytes.

    command    how it was made; by default the command that makes it again
    machine    what trained it; by default what its runs say
    recording  for what ships with the program: the norms of 100 rows a run, and numbers rounded
               where nobody can see it (never the errors). Otherwise everything is kept bit for
               bit, but for the norms of comparisons with more than 3 million of them.
    commit     of the program that trained it, kept beside the program's version

    Raises ComparisonFileError where it has more rows than a file may.
    """
    comparison = snapshot.comparison
    count = sum(len(each.rows) for each in snapshot.histories)
    if count > MAX_ROWS:
        raise ComparisonFileError(
            f"{comparison.title!r} has {count:,} rows and a file holds {MAX_ROWS:,}; "
            "take its rows as CSV instead"
        )
    runs = [each.run for each in snapshot.histories]
    made = {
        "machine": machine or next((run.device for run in runs if run.device), ""),
        "data": next((run.data for run in runs if run.data), ""),
        "command": command_of(snapshot) if command is None else command,
    }
    most = RECORDED_NORMS if recording else _affordable(snapshot)
    content = {
        "format": FORMAT,
        "version": VERSION if any(run.images for run in runs) else WITHOUT_IMAGES,
        "program": f"{_program()}+{commit}" if commit else _program(),
        "made": {name: text[: MAX_MADE[name]] for name, text in made.items()},
        "comparison": {
            **{name: getattr(comparison, name) for name in ABOUT},
            "lesson": comparison.lesson or "",
        },
        "runs": [run_fields(each, snapshot.events, most, recording) for each in snapshot.histories],
    }
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode(), mtime=0)


def unpack(packed: bytes) -> ComparisonFile:
    """Undoes `pack`. Raises ComparisonFileError, a sentence to show, for what is not its result."""
    content = _content(packed)
    known = ("format", "version", "program", "made", "comparison", "runs")
    file = Fields(content, "the file", known)
    made = Fields(file.raw("made"), "made", tuple(MAX_MADE))
    machine, data, command = (made.text(name, most) for name, most in MAX_MADE.items())
    given = file.items("runs", MAX_NETS * MAX_SEEDS)
    if not given:
        raise ComparisonFileError("the file holds no run; a comparison has at least one")
    identity = hashlib.blake2b(packed, digest_size=4).hexdigest()
    curves, events = curves_of(given, identity)
    seeds = [each.run.recipe.seed for each in curves]
    if max(seeds.count(seed) for seed in seeds) > MAX_NETS or len(set(seeds)) > MAX_SEEDS:
        raise ComparisonFileError(
            f"the file holds {len(curves)} runs of {len(set(seeds))} seeds; a comparison holds "
            f"{MAX_NETS} nets of {MAX_SEEDS} seeds at most"
        )
    comparison = _comparison(file, identity, machine, tuple(curves))
    return ComparisonFile(
        Snapshot(comparison, tuple(curves), 0, tuple(events)),
        machine,
        data,
        command,
        file.text("program", 40),
    )


def _content(packed: bytes) -> Any:
    """The JSON of a file, of a bounded size; its format and version are what we read."""
    if len(packed) > MAX_FILE:
        raise ComparisonFileError(
            f"the file has {len(packed) / 2**20:.1f} MB; a comparison has {MAX_FILE >> 20} at most"
        )
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            text = stream.read(MAX_TEXT + 1)
    except (OSError, EOFError, zlib.error):
        raise ComparisonFileError(
            "the file is not a comparison that the program exported, or it broke off on its way; "
            f"choose one whose name ends in {FILE_ENDING}"
        ) from None
    if len(text) > MAX_TEXT:
        raise ComparisonFileError(
            f"the file unpacks to more than {MAX_TEXT >> 20} MB; none of ours does"
        )
    lists = text.count(b"[") + text.count(b"{")
    if lists > MAX_LISTS or text.count(b",") > MAX_NUMBERS:
        raise ComparisonFileError("the file holds more lists or numbers than a comparison can")
    try:
        content = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # or a number too long, or too many brackets
        raise ComparisonFileError(f"the file is not the JSON of a comparison: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ComparisonFileError(
            "the file is JSON, but not a comparison that the program exported"
        )
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise ComparisonFileError(
            f"the file says version {version!r} of its format; {VERSION} is known"
        )
    if version > VERSION:
        raise ComparisonFileError(
            f"the file has version {version} of its format and this program reads {VERSION}; "
            "bring the program up to date"
        )
    return content


def _comparison(
    file: Fields, identity: str, machine: str, curves: tuple[RunHistory, ...]
) -> Comparison:
    fields = Fields(file.raw("comparison"), "comparison", ABOUT)
    tags = fields.items("tags", MAX_TAGS)
    if not all(
        isinstance(tag, str) and tag.isprintable() and 0 < len(tag) <= MAX_TAG for tag in tags
    ):
        raise ComparisonFileError(f"tags of comparison must be texts of 1 to {MAX_TAG} letters")
    created = fields.number("created", 0, 2**33)
    day = datetime.fromtimestamp(created).strftime("%d %b %Y")
    return Comparison(
        id=identity,
        title=fields.text("title", 200) or "a comparison without a title",
        lesson=fields.text("lesson", 40) or None,
        created=created,
        queued=created,
        generation=0,
        message="",
        done=None,
        total=None,
        runs=tuple(each.run for each in curves),
        tags=tuple(tags),
        note=fields.text("note", MAX_NOTE),
        origin=f"a file made on {machine or 'another machine'}, {day}",
    )


def _affordable(snapshot: Snapshot) -> int:
    """How many rows of each run may keep their norms so that the file stays within bounds."""
    longest = max((len(each.rows) for each in snapshot.histories), default=0)
    layers = sum(
        max((sum(len(getattr(row, name)) for name in BY_LAYER) for row in each.rows), default=0)
        for each in snapshot.histories
    )
    return longest if longest * layers <= MAX_NORMS else max(2, MAX_NORMS // layers)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number that a file may hold")


def _program() -> str:
    try:
        return metadata.version("resnet-explorer")
    except metadata.PackageNotFoundError:
        return ""
