"""The line of jobs: how many may wait, of whom, and whose comes next.

Quick jobs go first. Among the quick, and among the others, visitors take turns, as in the line of
comparisons (`explorer.store.fair_queue`), so that who asks much waits for what they asked and
nobody else does.
"""

import time
from typing import Any

import sqlalchemy as sa

from explorer.store import limits, states
from explorer.store.fair_queue import Waiting, in_order
from explorer.store.records import Visitor
from explorer.store.tables import jobs
from explorer.store.trouble import Refused

# Who takes turns for a job; older versions of the program kept its owner alone.
PARTY: Any = sa.func.coalesce(sa.func.nullif(jobs.c.party, ""), jobs.c.owner)


def waits(quick: bool = False, not_of: str | None = None) -> list[sa.ColumnElement[bool]]:
    """What is true of a job that waits; of a quick one alone; of one that is not `not_of`'s."""
    return [
        jobs.c.state == states.QUEUED,
        *([jobs.c.quick] if quick else []),
        *([not_of != PARTY] if not_of is not None else []),
    ]


def in_line(connection: sa.Connection, quick: bool = False, not_of: str | None = None) -> list[int]:
    """The ids of the jobs that wait, in the order in which their turns come."""
    columns = (jobs.c.id, PARTY.label("party"), jobs.c.asked, jobs.c.quick)
    found = connection.execute(sa.select(*columns).where(*waits(quick, not_of))).all()
    if len(found) < 2:
        return [row.id for row in found]
    served = sa.select(PARTY.label("party"), sa.func.max(jobs.c.began).label("at"))
    at = {row.party: row.at for row in connection.execute(served.group_by(PARTY)) if row.at}
    if at:
        at[max(at, key=at.__getitem__)] = time.time()  # the last one may last until now
    return [
        int(each)
        for kind in (True, False)
        for each in in_order(
            [
                Waiting(f"{row.id:020d}", row.party, row.asked, served=at.get(row.party, 0.0))
                for row in found
                if bool(row.quick) == kind
            ]
        )
    ]


def check_line(connection: sa.Connection, by: Visitor) -> None:
    """Raises Refused where the line, or the part of it of a visitor or an address, is full."""
    count = sa.select(sa.func.count()).select_from(jobs).where(*waits())
    most = limits.JOBS.value
    if (connection.scalar(count) or 0) >= most:
        raise Refused(
            f"{most:g} questions are waiting for the worker already; ask again in a minute"
        )
    limits.check_shares(
        by,
        connection.scalar(count.where(by.party == PARTY)) or 0,
        connection.scalar(count.where(jobs.c.address == by.address)) or 0,
        limits.JOBS_EACH,
        limits.JOBS_ADDRESS,
        "{count} questions {whose} are waiting already",
        "wait for one of them, or stop one",
    )


def check_size(text: str) -> None:
    """Raises Refused for a question, as JSON, that is longer than any page asks."""
    most = limits.JOB_KILOBYTES.value * 1000
    if len(text) > most:
        raise Refused(
            f"the question has {len(text) / 1000:,.0f} kB and {most / 1000:g} kB are taken; "
            "ask with fewer settings, or load the page anew"
        )
