"""`JobStore`: questions that need torch, asked by a page and answered by a lane.

A job is a kind and a payload; the same question asked again finds the same job, and its answer if
there is one. Answers are JSON; a growing one may be shown before it is whole.
"""

import hashlib
import json
import time
from typing import Any

import sqlalchemy as sa

from explorer.store import states
from explorer.store.comparisons import Refused, RunStore
from explorer.store.jobs import files
from explorer.store.jobs.files import job_folder
from explorer.store.jobs.line import check_line, check_size, in_line, waits
from explorer.store.jobs.records import Job, Look
from explorer.store.jobs.retention import forget_old
from explorer.store.records import Visitor
from explorer.store.tables import jobs

__all__ = ["Job", "JobStore", "Look", "job_folder"]

LOST = "the process that worked on this ended early, perhaps for want of memory; ask again"
TOO_LONG = "this took longer than {minutes:.0f} minutes and was given up; try a smaller net"
NOT_YOURS = "another visitor asked this; only they, or the teacher, can stop it"


LOOK = (
    *(jobs.c.id, jobs.c.state, jobs.c.message, jobs.c.share),
    *(jobs.c.shown, jobs.c.want, jobs.c.owner),
)


class JobStore:
    """The jobs of a store."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._engine = store.engine
        self._writer = self._engine.execution_options(writes=True)

    # what pages do

    def submit(
        self, kind: str, payload: dict[str, Any], owner: str | Visitor = "", quick: bool = False
    ) -> int:
        """Asks, and returns the job's id. What failed, was stopped or lost its file is asked anew.

        owner  the visitor who asks, or their id; "" for the machine's own people
        quick  whether it takes a second or two, and so goes before what takes longer
        Raises Refused where too many jobs wait, or the question is too long.
        """
        by = Visitor.of(owner)
        key, text = _key(kind, payload), json.dumps(payload)
        check_size(text)
        with self._writer.begin() as connection:
            found = connection.execute(sa.select(jobs).where(jobs.c.key == key)).first()
            if found and not _to_be_redone(found):
                return int(found.id)
            check_line(connection, by)
            fresh = {
                "state": states.QUEUED,
                "message": "",
                "share": 0.0,
                "want": None,
                "asked": time.time(),
                "owner": by.id,
                "party": by.party,
                "address": by.address,
            }
            if found:  # what was stopped keeps its part, to go on from
                kept = found.result if found.state == states.STOPPED else None
                this = jobs.c.id == found.id
                connection.execute(jobs.update().where(this).values(**fresh, result=kept))
                return int(found.id)
            added = (
                jobs.insert()
                .values(key=key, kind=kind, payload=text, quick=quick, **fresh)
                .returning(jobs.c.id)
            )
            return int(connection.execute(added).scalar_one())

    def find(self, kind: str, payload: dict[str, Any]) -> Job | None:
        """The job of this question, if it was ever asked."""
        return self._one(jobs.c.key == _key(kind, payload))

    def job(self, identity: int) -> Job | None:
        return self._one(jobs.c.id == identity)

    def look_for(self, kind: str, payload: dict[str, Any]) -> Look | None:
        """`find` without reading the answer."""
        return self._look(jobs.c.key == _key(kind, payload))

    def look(self, identity: int) -> Look | None:
        return self._look(jobs.c.id == identity)

    def stop(self, identity: int, by: Visitor | None = None) -> None:
        """Ends a job, keeping what it has. Raises Refused where it is another visitor's."""
        with self._writer.begin() as connection:
            this = jobs.c.id == identity
            found = connection.execute(sa.select(*LOOK).where(this)).first()
            if found is None:
                return
            if by is not None and not by.everything and found.owner != by.id:
                raise Refused(NOT_YOURS)
            waits, works = jobs.c.state == states.QUEUED, jobs.c.state == states.RUNNING
            connection.execute(
                jobs.update().where(this, waits).values(state=states.STOPPED, message="")
            )
            connection.execute(jobs.update().where(this, works).values(want=states.STOPPED))

    def ahead(self, identity: int) -> int:
        """How many jobs wait ahead of this one."""
        with self._engine.connect() as connection:
            line = in_line(connection)
        return line.index(identity) if identity in line else 0

    # what worker and lanes do

    def waiting(self, quick: bool = False, not_of: str | None = None) -> bool:
        """Whether a job waits; a read, so that looking often costs no write lock."""
        query = sa.select(jobs.c.id).where(*waits(quick, not_of)).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def claim(self, lane: str, quick: bool = False, not_of: str | None = None) -> Job | None:
        """Takes the job that comes next, quick ones first (or alone); it now belongs to `lane`.

        not_of  a party (`Visitor.party`) that has had enough for now
        """
        with self._writer.begin() as connection:
            line = in_line(connection, quick, not_of)
            if not line:
                return None
            connection.execute(
                jobs.update()
                .where(jobs.c.id == line[0])
                .values(state=states.RUNNING, lane=lane, message="", want=None, began=time.time())
            )
        return self.job(line[0])

    def tell(self, job: int, lane: str, message: str, share: float | None = None) -> bool:
        """What a running job is doing, and how far it is; False where it is to stop."""
        far = {} if share is None else {"share": share}
        with self._writer.begin() as connection:
            wanted = connection.execute(
                jobs.update()
                .where(_held(job, lane))
                .values(message=message[:500], **far)
                .returning(jobs.c.want)
            ).first()
        return wanted is not None and wanted.want is None

    def show(self, job: int, lane: str, result: dict[str, Any]) -> None:
        """Keeps the answer as far as it has grown, for pages to draw."""
        self._answer(job, lane, result)

    def finish(self, job: int, lane: str, result: dict[str, Any]) -> None:
        """Keeps the answer, and forgets the oldest jobs beyond what is kept."""
        ended = {"state": states.FINISHED, "message": "", "share": 1.0, "lane": None}
        self._answer(job, lane, result, **ended, seconds=result.get("seconds"))
        forget_old(self._writer)

    def leave(self, job: int, lane: str) -> None:
        """Notes that a job has stopped, as was wanted; its message says how far it was."""
        far = sa.func.round(100 * jobs.c.share)
        words = "stopped at " + sa.cast(sa.cast(far, sa.Integer), sa.String) + " %"
        self._settle(job, lane, state=states.STOPPED, message=words, want=None, lane=None)

    def fail(self, job: int, lane: str, message: str) -> None:
        self._settle(job, lane, state=states.FAILED, message=message[:500], want=None, lane=None)

    def ask_again(self) -> int:
        """Puts running jobs, whose worker is gone, back into the queue. Returns how many."""
        running = jobs.c.state == states.RUNNING
        with self._writer.begin() as connection:
            connection.execute(
                jobs.update()
                .where(running, jobs.c.want == states.STOPPED)
                .values(state=states.STOPPED, want=None, lane=None, message="")
            )
            return connection.execute(
                jobs.update().where(running).values(state=states.QUEUED, lane=None, message="")
            ).rowcount

    def _answer(self, job: int, owner: str, result: dict[str, Any], **values: Any) -> None:
        """Keeps an answer, in a file too where it is large, while the job is the lane's own."""
        with self._writer.begin() as connection:
            if connection.execute(sa.select(jobs.c.id).where(_held(job, owner))).first():
                values |= {"result": files.written(job, result), "shown": jobs.c.shown + 1}
                connection.execute(jobs.update().where(jobs.c.id == job).values(**values))

    def _settle(self, job: int, owner: str, **values: Any) -> None:
        """Writes to a job only while it is still the lane's own."""
        with self._writer.begin() as connection:
            connection.execute(jobs.update().where(_held(job, owner)).values(**values))

    def _one(self, which: sa.ColumnElement[bool]) -> Job | None:
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(jobs).where(which)).first()
        return _job(found) if found else None

    def _look(self, which: sa.ColumnElement[bool]) -> Look | None:
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(*LOOK).where(which)).first()
        return Look(*found) if found else None


def _held(job: int, lane: str) -> sa.ColumnElement[bool]:
    return sa.and_(jobs.c.id == job, jobs.c.lane == lane, jobs.c.state == states.RUNNING)


def _key(kind: str, payload: dict[str, Any]) -> str:
    text = json.dumps([kind, payload], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _to_be_redone(row: Any) -> bool:
    return row.state in (states.FAILED, states.STOPPED) or (
        row.state == states.FINISHED and files.lost(row.id, row.result)
    )


def _job(row: Any) -> Job:
    result = files.read(row.id, row.result)
    party = row.party or row.owner
    return Job(row.id, row.kind, json.loads(row.payload), row.state, row.message, result, party)
