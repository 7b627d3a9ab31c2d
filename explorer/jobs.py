"""`JobStore`: questions that need torch, asked by a page and answered by a lane.

A job is a kind and a payload; the same question asked again finds the same job, and its answer if
there is one. Answers are JSON; what is too large for that lies as a file in the job's folder.
"""

import hashlib
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from explorer import states
from explorer.store import Refused, RunStore
from explorer.tables import jobs
from resnet.home import home

MAX_QUEUED = 40
KEPT = 400  # finished and failed jobs that are remembered, the newest first
KEPT_FILES = 8  # of those, how many may keep a file on the disk
LOST = "the process that worked on this ended early, perhaps for want of memory; ask again"
TOO_LONG = "this took longer than {minutes:.0f} minutes and was given up; try a smaller net"


@dataclass(frozen=True)
class Job:
    """A question and what became of it.

    state    queued, running, finished or failed (explorer.states)
    message  what it is doing now, or why it failed
    result   the answer, once it is finished
    """

    id: int
    kind: str
    payload: dict[str, Any]
    state: str
    message: str
    result: dict[str, Any] | None

    @property
    def active(self) -> bool:
        return self.state in states.ACTIVE

    @property
    def file(self) -> Path | None:
        """The file that the job made, if it made one."""
        name = (self.result or {}).get("file")
        return job_folder(self.id) / name if name else None


class JobStore:
    """The jobs of a store."""

    def __init__(self, store: RunStore) -> None:
        self._engine = store.engine
        self._writer = self._engine.execution_options(writes=True)

    # what pages do

    def submit(self, kind: str, payload: dict[str, Any]) -> int:
        """Asks, and returns the job's id; one that failed or lost its file is asked anew.

        Raises Refused where too many jobs wait.
        """
        key, now = _key(kind, payload), time.time()
        with self._writer.begin() as connection:
            found = connection.execute(sa.select(jobs).where(jobs.c.key == key)).first()
            if found and not _to_be_redone(_job(found)):
                return int(found.id)
            waiting = sa.select(sa.func.count()).where(jobs.c.state == states.QUEUED)
            if (connection.scalar(waiting) or 0) >= MAX_QUEUED:
                raise Refused(
                    f"{MAX_QUEUED} questions are waiting for the worker already; "
                    "ask again in a minute"
                )
            fresh = {"state": states.QUEUED, "message": "", "result": None, "asked": now}
            if found:
                connection.execute(jobs.update().where(jobs.c.id == found.id).values(**fresh))
                return int(found.id)
            added = (
                jobs.insert()
                .values(key=key, kind=kind, payload=json.dumps(payload), **fresh)
                .returning(jobs.c.id)
            )
            return int(connection.execute(added).scalar_one())

    def find(self, kind: str, payload: dict[str, Any]) -> Job | None:
        """The job of this question, if it was ever asked."""
        return self._one(jobs.c.key == _key(kind, payload))

    def job(self, identity: int) -> Job | None:
        return self._one(jobs.c.id == identity)

    def ahead(self, identity: int) -> int:
        """How many jobs wait ahead of this one."""
        mine = sa.select(jobs.c.asked).where(jobs.c.id == identity).scalar_subquery()
        query = sa.select(sa.func.count()).where(jobs.c.state == states.QUEUED, jobs.c.asked < mine)
        with self._engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    # what worker and lanes do

    def waiting(self) -> bool:
        """Whether a job waits; a read, so that looking often costs no write lock."""
        query = sa.select(jobs.c.id).where(jobs.c.state == states.QUEUED).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def claim(self, lane: str) -> Job | None:
        """Takes the job that has waited longest; it now belongs to `lane`."""
        with self._writer.begin() as connection:
            found = connection.execute(
                sa.select(jobs)
                .where(jobs.c.state == states.QUEUED)
                .order_by(jobs.c.asked, jobs.c.id)
                .limit(1)
            ).first()
            if found is None:
                return None
            connection.execute(
                jobs.update()
                .where(jobs.c.id == found.id)
                .values(state=states.RUNNING, lane=lane, message="")
            )
        return self.job(found.id)

    def tell(self, job: int, lane: str, message: str) -> None:
        """What a running job is doing."""
        self._settle(jobs.c.id == job, lane, message=message[:500])

    def finish(self, job: int, lane: str, result: dict[str, Any]) -> None:
        """Keeps the answer, and forgets the oldest jobs beyond what is kept."""
        value = json.dumps(result)
        self._settle(
            jobs.c.id == job, lane, state=states.FINISHED, message="", result=value, lane=None
        )
        self._forget_old()

    def fail(self, job: int, lane: str, message: str) -> None:
        self._settle(jobs.c.id == job, lane, state=states.FAILED, message=message[:500], lane=None)

    def ask_again(self) -> int:
        """Puts running jobs, whose worker is gone, back into the queue. Returns how many."""
        with self._writer.begin() as connection:
            return connection.execute(
                jobs.update()
                .where(jobs.c.state == states.RUNNING)
                .values(state=states.QUEUED, lane=None, message="")
            ).rowcount

    def _settle(self, which: sa.ColumnElement[bool], owner: str, **values: Any) -> None:
        """Writes to a job only while it is still the lane's own."""
        with self._writer.begin() as connection:
            connection.execute(
                jobs.update()
                .where(which, jobs.c.lane == owner, jobs.c.state == states.RUNNING)
                .values(**values)
            )

    def _forget_old(self) -> None:
        done = jobs.c.state.in_((states.FINISHED, states.FAILED))
        with self._writer.begin() as connection:
            rows = connection.execute(
                sa.select(jobs).where(done).order_by(jobs.c.asked.desc(), jobs.c.id.desc())
            )
            every = [_job(row) for row in rows]
            with_files = [job for job in every if job.file]
            old = {job.id for job in (*every[KEPT:], *with_files[KEPT_FILES:])}
            connection.execute(jobs.delete().where(jobs.c.id.in_(old)))
        for identity in old:
            shutil.rmtree(job_folder(identity), ignore_errors=True)

    def _one(self, which: sa.ColumnElement[bool]) -> Job | None:
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(jobs).where(which)).first()
        return _job(found) if found else None


def job_folder(job: int) -> Path:
    """Where a job may leave a file."""
    return home() / "jobs" / str(job)


def _key(kind: str, payload: dict[str, Any]) -> str:
    text = json.dumps([kind, payload], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _to_be_redone(job: Job) -> bool:
    return job.state == states.FAILED or bool(job.file and not job.file.exists())


def _job(row: Any) -> Job:
    result = json.loads(row.result) if row.result else None
    return Job(row.id, row.kind, json.loads(row.payload), row.state, row.message, result)
