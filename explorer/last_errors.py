"""The latest measured errors of every run, without reading all rows."""

import sqlalchemy as sa

from explorer.store import RunStore
from explorer.tables import rows


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
