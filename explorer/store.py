"""`RunStore`: comparisons, runs, their rows, the queue and what the worker reports.

The only channel between pages, worker and lanes; only strings, numbers and JSON pass through it.
"""

import json
import math
import secrets
import shutil
import time
from array import array
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from explorer import states
from explorer.records import Comparison, Run, StoredRow, row_record, run_record
from explorer.tables import comparisons, open_engine, reports, rows, runs
from resnet.home import home
from resnet.spec import NetSpec, Recipe

MAX_NETS = 6
MAX_QUEUED = 60
NEEDED_DISK = 500 * 2**20  # bytes free before a new comparison is taken
ROW_FIELDS = (
    "iteration",
    "seconds",
    "learning_rate",
    "loss",
    "batch_error",
    "train_error",
    "test_error",
)


class Refused(ValueError):
    """A wish that the store does not take; its text says why and what would work."""


class RunStore:
    """The store at `url`, by default runs.db in the program's home."""

    def __init__(self, url: str | None = None) -> None:
        self._engine = open_engine(url or f"sqlite:///{home() / 'runs.db'}")
        self._writer = self._engine.execution_options(writes=True)

    @property
    def engine(self) -> sa.Engine:
        """The connection to the database, for what else is kept there (explorer.jobs)."""
        return self._engine

    # what visitors do

    def submit(
        self,
        title: str,
        nets: Sequence[tuple[NetSpec, Recipe]],
        lesson: str | None = None,
    ) -> str:
        """Puts a comparison into the queue and returns its id. Raises Refused beyond the limits."""
        if not nets:
            raise Refused("no net was chosen; choose at least one")
        if len(nets) > MAX_NETS:
            raise Refused(f"{len(nets)} nets were chosen; a comparison holds at most {MAX_NETS}")
        free = free_disk()
        if free < NEEDED_DISK:
            raise Refused(
                f"the disk has {free / 2**20:,.0f} MB left and training needs "
                f"{NEEDED_DISK / 2**20:,.0f} MB; free some space, or delete old runs"
            )
        now = time.time()
        identity = secrets.token_hex(4)
        with self._write() as connection:
            if len(self._queued(connection)) >= MAX_QUEUED:
                raise Refused(
                    f"{MAX_QUEUED} comparisons are waiting already; try again when one has ended"
                )
            connection.execute(
                comparisons.insert().values(
                    id=identity, title=title[:200], lesson=lesson, created=now, queued=now
                )
            )
            for spec, recipe in nets:
                connection.execute(
                    runs.insert().values(
                        comparison=identity,
                        net=spec.to_json(),
                        recipe=recipe.to_json(),
                        state=states.QUEUED,
                    )
                )
        return identity

    def stop(self, comparison: str) -> None:
        """Wishes that a comparison stop: what waits is stopped here, what trains by its lane."""
        mine = runs.c.comparison == comparison
        with self._write() as connection:
            connection.execute(
                runs.update()
                .where(mine, runs.c.state == states.QUEUED)
                .values(state=states.STOPPED, want=None)
            )
            connection.execute(
                runs.update()
                .where(mine, runs.c.state == states.RUNNING)
                .values(want=states.STOPPED)
            )

    def resume(self, comparison: str) -> None:
        """Puts what was stopped, interrupted or has failed back into the queue."""
        with self._write() as connection:
            connection.execute(
                runs.update()
                .where(runs.c.comparison == comparison, runs.c.state.in_(states.RESUMABLE))
                .values(state=states.QUEUED, want=None, message="", lane=None)
            )
            connection.execute(
                comparisons.update()
                .where(comparisons.c.id == comparison)
                .values(queued=time.time(), message="", done=None, total=None)
            )

    def delete(self, comparison: str) -> None:
        """Forgets a comparison, its rows and its checkpoints. Raises Refused while it trains."""
        found = self.comparison(comparison)
        if found is None:
            return
        with self._write() as connection:
            if self._running(connection, comparison):
                raise Refused(f"{found.title!r} is training; stop it first, then delete it")
            connection.execute(comparisons.delete().where(comparisons.c.id == comparison))
        for run in found.runs:
            shutil.rmtree(run_folder(run.id), ignore_errors=True)

    # what pages read

    def comparison(self, identity: str) -> Comparison | None:
        found = self._comparisons(comparisons.c.id == identity)
        return found[0] if found else None

    def comparisons(self) -> list[Comparison]:
        """All comparisons, the newest first."""
        return self._comparisons(sa.true())

    def place(self, comparison: str) -> int | None:
        """How many comparisons are ahead in the queue; None where it does not wait."""
        with self._engine.connect() as connection:
            waiting = self._queued(connection)
            return waiting.index(comparison) if comparison in waiting else None

    def load(self) -> tuple[int, int]:
        """How many comparisons train, and how many wait."""
        query = sa.select(runs.c.state, runs.c.comparison).where(runs.c.state.in_(states.ACTIVE))
        with self._engine.connect() as connection:
            active = list(connection.execute(query))
        training = {row.comparison for row in active if row.state == states.RUNNING}
        return len(training), len({row.comparison for row in active} - training)

    def since(self, comparison: str, cursor: int = 0) -> list[StoredRow]:
        """Rows with an id above `cursor`, in the order in which they were written."""
        query = (
            sa.select(rows)
            .join(runs, runs.c.id == rows.c.run)
            .where(runs.c.comparison == comparison, rows.c.id > cursor)
            .order_by(rows.c.id)
        )
        with self._engine.connect() as connection:
            return [row_record(row) for row in connection.execute(query)]

    def reported(self, key: str) -> tuple[dict[str, Any], float] | None:
        """What was last reported under a key, and how many seconds ago."""
        query = sa.select(reports.c.value, reports.c.at).where(reports.c.key == key)
        with self._engine.connect() as connection:
            found = connection.execute(query).first()
        return (json.loads(found.value), time.time() - found.at) if found else None

    # what worker and lanes do

    def claim(self, lane: str) -> Comparison | None:
        """Takes the comparison that has waited longest; its queued runs now belong to `lane`."""
        with self._write() as connection:
            waiting = self._queued(connection)
            if not waiting:
                return None
            connection.execute(
                runs.update()
                .where(runs.c.comparison == waiting[0], runs.c.state == states.QUEUED)
                .values(
                    state=states.RUNNING,
                    want=None,
                    lane=lane,
                    leg_started=time.time(),
                    leg_from=runs.c.iteration,
                )
            )
        found = self.comparison(waiting[0])
        assert found is not None
        return found

    def hand_over(self, run_ids: Iterable[int], lane: str) -> None:
        """Gives claimed runs to one lane."""
        with self._write() as connection:
            connection.execute(runs.update().where(runs.c.id.in_(list(run_ids))).values(lane=lane))

    def owned(self, lane: str) -> dict[int, str | None]:
        """The running runs that belong to a lane, and what is wanted of each."""
        query = sa.select(runs.c.id, runs.c.want).where(
            runs.c.lane == lane, runs.c.state == states.RUNNING
        )
        with self._engine.connect() as connection:
            return {row.id: row.want for row in connection.execute(query)}

    def run(self, identity: int) -> Run | None:
        query = sa.select(runs).where(runs.c.id == identity)
        with self._engine.connect() as connection:
            found = connection.execute(query).first()
        return run_record(found) if found else None

    def append(self, lane: str, fresh: Sequence[tuple[int, Any]]) -> None:
        """Adds rows (run id, resnet.train.Row) of runs that still belong to the lane."""
        with self._write() as connection:
            owned = {
                row.id
                for row in connection.execute(
                    sa.select(runs.c.id).where(runs.c.lane == lane, runs.c.state == states.RUNNING)
                )
            }
            values = [_values(run, row) for run, row in fresh if run in owned]
            if not values:
                return
            connection.execute(rows.insert(), values)
            for run in {value["run"] for value in values}:
                last = [value for value in values if value["run"] == run][-1]
                connection.execute(
                    runs.update()
                    .where(runs.c.id == run)
                    .values(iteration=last["iteration"], seconds=last["seconds"])
                )

    def rewind(self, run: int, iteration: int) -> None:
        """Takes back the rows after `iteration` (all, at 0): a run goes on from its checkpoint."""
        beyond = rows.c.iteration > (iteration if iteration else -1)
        with self._write() as connection:
            gone = connection.execute(rows.delete().where(rows.c.run == run, beyond)).rowcount
            connection.execute(
                runs.update()
                .where(runs.c.id == run)
                .values(iteration=iteration, leg_from=iteration, leg_started=time.time())
            )
            if gone:
                mine = sa.select(runs.c.comparison).where(runs.c.id == run).scalar_subquery()
                connection.execute(
                    comparisons.update()
                    .where(comparisons.c.id == mine)
                    .values(generation=comparisons.c.generation + 1)
                )

    def settle(self, run: int, lane: str, state: str, message: str = "") -> None:
        """Writes the state in which a lane leaves its run."""
        with self._write() as connection:
            connection.execute(
                runs.update()
                .where(runs.c.id == run, runs.c.lane == lane, runs.c.state == states.RUNNING)
                .values(state=state, want=None, lane=None, message=message[:500])
            )

    def describe(self, run: int, device: str, data: str) -> None:
        """Notes on what machine and which images a run trains."""
        with self._write() as connection:
            connection.execute(
                runs.update().where(runs.c.id == run).values(device=device[:80], data=data[:200])
            )

    def tell(
        self, comparison: str, message: str, done: int | None = None, total: int | None = None
    ) -> None:
        """What a comparison is doing before its first row: "decoding images", 500 of 60,000."""
        with self._write() as connection:
            connection.execute(
                comparisons.update()
                .where(comparisons.c.id == comparison)
                .values(message=message[:500], done=done, total=total)
            )

    def interrupt(self, lane: str | None = None) -> int:
        """Marks running runs as interrupted: those of one lane, or all. Returns how many."""
        theirs = runs.c.lane == lane if lane else sa.true()
        with self._write() as connection:
            return connection.execute(
                runs.update()
                .where(runs.c.state == states.RUNNING, theirs)
                .values(state=states.INTERRUPTED, want=None, lane=None)
            ).rowcount

    def report(self, key: str, value: dict[str, Any]) -> None:
        """Keeps what a worker, lane or server says of itself, in place of what it said before."""
        with self._write() as connection:
            connection.execute(reports.delete().where(reports.c.key == key))
            connection.execute(
                reports.insert().values(key=key, value=json.dumps(value), at=time.time())
            )

    def _write(self) -> AbstractContextManager[sa.Connection]:
        return self._writer.begin()

    def _queued(self, connection: sa.Connection) -> list[str]:
        query = (
            sa.select(comparisons.c.id)
            .join(runs, runs.c.comparison == comparisons.c.id)
            .where(runs.c.state == states.QUEUED)
            .group_by(comparisons.c.id)
            .order_by(comparisons.c.queued, comparisons.c.id)
        )
        return list(connection.scalars(query))

    def _running(self, connection: sa.Connection, comparison: str) -> bool:
        query = sa.select(runs.c.id).where(
            runs.c.comparison == comparison, runs.c.state == states.RUNNING
        )
        return connection.execute(query).first() is not None

    def _comparisons(self, which: sa.ColumnElement[bool]) -> list[Comparison]:
        query = sa.select(comparisons).where(which).order_by(comparisons.c.created.desc())
        of_them = (
            sa.select(runs)
            .join(comparisons, comparisons.c.id == runs.c.comparison)
            .where(which)
            .order_by(runs.c.id)
        )
        with self._engine.connect() as connection:
            members: dict[str, list[Run]] = {}
            for row in connection.execute(of_them):
                members.setdefault(row.comparison, []).append(run_record(row))
            return [
                Comparison(**row._mapping, runs=tuple(members.get(row.id, ())))
                for row in connection.execute(query)
            ]


def run_folder(run: int) -> Path:
    """Where a run's checkpoint lies."""
    return home() / f"run-{run}"


def free_disk() -> int:
    """Bytes free where the program keeps its runs."""
    home().mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(home()).free


def _values(run: int, row: Any) -> dict[str, Any]:
    """A row's columns; numbers that are not finite become NULL, which every database can hold."""
    values = {
        name: None if value is None or not math.isfinite(value) else value
        for name in ROW_FIELDS
        for value in (getattr(row, name),)
    }
    return {**values, "run": run, "gradients": array("f", row.gradients or ()).tobytes()}
