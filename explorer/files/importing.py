"""A comparison from a file into the store, as a new one; and out of it."""

import json
import secrets
import time
from typing import Any

from explorer.files.fields import ComparisonFileError
from explorer.files.format import ComparisonFile, pack, unpack
from explorer.store import comparisons as stores
from explorer.store.comparisons import Refused, RunStore
from explorer.store.records import Run, row_values
from explorer.store.snapshots import Snapshot
from explorer.store.tables import comparisons, events, rows, runs


def import_comparison(store: RunStore, contents: ComparisonFile, owner: str = "") -> str:
    """Keeps the comparison under ids of its own and returns its id; twice gives two.

    It has an `origin` and no checkpoints, so it can be looked at, compared and exported, but not
    resumed. `owner` is the visitor who imports it. Raises Refused where the disk is nearly full.
    """
    free = stores.free_disk()
    if free < stores.NEEDED_DISK:
        raise Refused(
            f"the disk has {free / 2**20:,.0f} MB left and {stores.NEEDED_DISK / 2**20:,.0f} MB "
            "must stay free; free some space, or delete old runs"
        )
    given, identity = contents.comparison, secrets.token_hex(4)
    with store.write() as connection:
        connection.execute(
            comparisons.insert().values(
                id=identity,
                title=given.title,
                lesson=given.lesson,
                created=min(given.created, time.time()),
                queued=time.time(),
                owner=owner,
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


def import_file(store: RunStore, file: bytes, owner: str = "") -> str:
    """Keeps the comparison of a file as a new one and returns its id. Raises Refused."""
    try:
        return import_comparison(store, unpack(file), owner)
    except ComparisonFileError as error:
        raise Refused(str(error)) from error
