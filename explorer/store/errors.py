"""The latest measured errors of many runs and what was done to them, without reading all rows."""

from collections.abc import Sequence

import sqlalchemy as sa

from explorer.store.comparisons import RunStore
from explorer.store.records import BY_LAYER, Event, StoredRow, row_record
from explorer.store.tables import events, rows


def last_errors(store: RunStore) -> dict[int, tuple[float | None, float | None]]:
    """Training and test error in percent by run; a run that was never tested is missing."""
    last = (
        sa.select(rows.c.run, sa.func.max(rows.c.iteration).label("iteration"))
        .where(rows.c.test_error.is_not(None))
        .group_by(rows.c.run)
        .subquery()
    )
    same = sa.and_(rows.c.run == last.c.run, rows.c.iteration == last.c.iteration)
    query = sa.select(rows.c.run, rows.c.train_error, rows.c.test_error).join(last, same)
    with store.engine.connect() as connection:
        return {row.run: (row.train_error, row.test_error) for row in connection.execute(query)}


def rows_with_errors(store: RunStore, run_ids: Sequence[int]) -> dict[int, list[StoredRow]]:
    """The rows with errors of these runs, in order of iteration, without what they say by layer."""
    blank = [
        sa.literal(None).label(column.name) if column.name in BY_LAYER else column
        for column in rows.columns
    ]
    query = (
        sa.select(*blank)
        .where(rows.c.run.in_(run_ids), rows.c.test_error.is_not(None))
        .order_by(rows.c.run, rows.c.iteration)
    )
    found: dict[int, list[StoredRow]] = {}
    with store.engine.connect() as connection:
        for row in connection.execute(query):
            found.setdefault(row.run, []).append(row_record(row))
    return found


def events_of(store: RunStore, run_ids: Sequence[int]) -> list[Event]:
    """What people did to these runs while they trained."""
    query = sa.select(events).where(events.c.run.in_(run_ids))
    with store.engine.connect() as connection:
        found = [{**row._mapping} for row in connection.execute(query)]
    return [Event(**{k: v for k, v in each.items() if k != "id"}) for each in found]
