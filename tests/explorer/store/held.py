"""A run put into the hands of a lane for a moment, for what only a lane may write of it."""

from contextlib import contextmanager

import sqlalchemy as sa

from explorer.store import states
from explorer.store.tables import runs


@contextmanager
def held(store, run):
    """Yields the lane's name; afterwards the run is in the state in which it was."""
    this = runs.c.id == run
    with store.write() as connection:
        before = connection.execute(sa.select(runs.c.state, runs.c.lane).where(this)).one()
        values = {"state": states.RUNNING, "lane": "for a moment"}
        connection.execute(runs.update().where(this).values(**values))
    yield "for a moment"
    with store.write() as connection:
        connection.execute(runs.update().where(this).values(**before._mapping))
