"""A comparison from a file into the store, as a new one; and out of it."""

import json
import secrets
import threading
import time
from typing import Any

from explorer.files.fields import ComparisonFileError
from explorer.files.format import ComparisonFile, pack, unpack
from explorer.store import comparisons as stores
from explorer.store import limits, room
from explorer.store.comparisons import Refused, RunStore
from explorer.store.records import BY_LAYER, Run, Visitor, row_values
from explorer.store.snapshots import Snapshot
from explorer.store.tables import comparisons, events, rows, runs

PATIENCE = 30.0  # seconds that a file waits for the one before it
_one_at_a_time = threading.Lock()


def import_comparison(store: RunStore, contents: ComparisonFile, owner: str | Visitor = "") -> str:
    """Keeps the comparison under ids of its own and returns its id; twice gives two.

    It has an `origin` and no checkpoints, so it can be looked at, compared and exported, but not
    resumed. `owner` is the visitor who imports it, or their id. Raises Refused where the disk is
    nearly full, or the visitor's part of it.
    """
    by, disk = Visitor.of(owner), _disk(contents)
    _check_free(disk)
    given, identity = contents.comparison, secrets.token_hex(4)
    with store.write() as connection:
        stores.check_kept(connection, by, imports=True)
        room.check_quota(disk, by, *stores.taken(connection, by))
        connection.execute(
            comparisons.insert().values(
                id=identity,
                title=given.title,
                lesson=given.lesson,
                created=min(given.created, time.time()),
                queued=time.time(),
                owner=by.id,
                party=by.party,
                address=by.address,
                disk=disk,
                tags=json.dumps(given.tags),
                note=given.note,
                origin=given.origin[:300],
            )
        )
        for curves in contents.snapshot.histories:
            statement = runs.insert().values(_run_values(curves.run, identity)).returning(runs.c.id)
            run = connection.execute(statement).scalar_one()
            if curves.rows:
                connection.execute(rows.insert(), [row_values(run, row) for row in curves.rows])
            marks = [event for event in contents.snapshot.events if event.run == curves.run.id]
            if marks:
                connection.execute(
                    events.insert(), [{**vars(event), "run": run} for event in marks]
                )
    return identity


def _run_values(run: Run, comparison: str) -> dict[str, Any]:
    return {
        "comparison": comparison,
        "net": run.spec.to_json(),
        "recipe": run.recipe.to_json(),
        "state": run.state,
        "iteration": run.iteration,
        "seconds": run.seconds,
        "device": run.device,
        "data": run.data,
        "message": run.message,
        "turn": run.turn,
        "until": run.until,
        "images": run.images,
    }


def export_file(snapshot: Snapshot) -> bytes:
    """The file of a comparison. Raises Refused where it is too large for one."""
    try:
        return pack(snapshot)
    except ComparisonFileError as error:
        raise Refused(str(error)) from error


def import_file(store: RunStore, file: bytes, owner: str | Visitor = "") -> str:
    """Keeps the comparison of a file as a new one and returns its id. Raises Refused.

    A file of full size takes seconds and hundreds of MB of memory to read, so one is read at a
    time, and none whose visitor could not keep it.
    """
    by = Visitor.of(owner)
    with store.engine.connect() as connection:
        stores.check_kept(connection, by, imports=True)
        room.check_quota(len(file), by, *stores.taken(connection, by))
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise Refused("other files are being imported, one at a time; import this one in a minute")
    try:
        return import_comparison(store, unpack(file), by)
    except ComparisonFileError as error:
        raise Refused(str(error)) from error
    finally:
        _one_at_a_time.release()


def _disk(contents: ComparisonFile) -> int:
    """Bytes that the rows of a file take in the store."""
    return sum(
        room.ROW_BYTES + 4 * sum(len(getattr(row, name)) for name in BY_LAYER)
        for curves in contents.snapshot.histories
        for row in curves.rows
    )


def _check_free(disk: int) -> None:
    free, least = room.free_disk(), limits.FREE_DISK.value * 2**20
    if free < least + disk:
        raise Refused(
            f"the disk has {free / 2**20:,.0f} MB left and {least / 2**20:,.0f} MB "
            "must stay free; free some space, or delete old runs"
        )
