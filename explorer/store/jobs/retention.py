"""Which answers are kept: the newest, those of slow labs longer than those of quick ones."""

import sqlalchemy as sa

from explorer.store import states
from explorer.store.jobs import files
from explorer.store.tables import jobs

LAB = "lab"
KEPT = 400  # ended jobs that are remembered, the newest first
KEPT_FILES = 8  # of those, how many may keep a file made for a person
KEPT_LABS = 400  # labs' answers, beside these
KEPT_QUICK_LABS = 200  # likewise, of those that took less than
QUICK = 5.0  # seconds


def forget_old(writer: sa.Engine) -> None:
    """Deletes ended jobs, and what they left on the disk, beyond what is kept."""
    ended = jobs.c.state.in_((states.FINISHED, states.FAILED, states.STOPPED))
    lab = jobs.c.kind == LAB
    quick = sa.func.coalesce(jobs.c.seconds, 0.0) < QUICK
    newest = (jobs.c.asked.desc(), jobs.c.id.desc())
    with writer.begin() as connection:

        def ids(*which: sa.ColumnElement[bool]) -> list[int]:
            query = sa.select(jobs.c.id).where(ended, *which).order_by(*newest)
            return list(connection.scalars(query))

        others = sa.select(jobs.c.id, jobs.c.result).where(ended, ~lab).order_by(*newest)
        with_files = [
            row.id for row in connection.execute(others) if files.names_a_file(row.result)
        ]
        old = {
            *ids(~lab)[KEPT:],
            *with_files[KEPT_FILES:],
            *ids(lab, ~quick)[KEPT_LABS:],
            *ids(lab, quick)[KEPT_QUICK_LABS:],
        }
        connection.execute(jobs.delete().where(jobs.c.id.in_(old)))
    files.delete(old)
