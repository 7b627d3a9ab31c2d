"""`RunStore`: comparisons, runs, their rows, the queue and what processes report of themselves.

The only channel between pages, worker and lanes; only strings, numbers and JSON pass through it.
"""

import secrets
import shutil
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import sqlalchemy as sa

from explorer.store import states
from explorer.store.fair_queue import Waiting, in_order, turns_in_order
from explorer.store.home import check
from explorer.store.opening import open_engine
from explorer.store.records import (
    Comparison,
    Event,
    Run,
    StoredRow,
    comparison_record,
    row_record,
    run_record,
)
from explorer.store.reports import Reports
from explorer.store.tables import comparisons, events, rows, runs
from explorer.store.trouble import Refused as Refused
from resnet.settings import home
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry

FILE = "runs.db"
MAX_NETS = 6
MAX_SEEDS = 5
MAX_QUEUED = 200
MAX_WAITING_EACH = 5  # comparisons of one visitor
NEEDED_DISK = 500 * 2**20  # bytes free before a new comparison is taken


class RunStore(Reports):
    """The store at `url`, by default runs.db in the program's home."""

    def __init__(self, url: str | None = None) -> None:
        if url is None:
            check(home(), FILE)
        self._engine = open_engine(url or f"sqlite:///{home() / FILE}")
        self._writer = self._engine.execution_options(writes=True)
        super().__init__(self._engine)

    @property
    def engine(self) -> sa.Engine:
        """The connection to the database, for what else is kept there (explorer.store.jobs)."""
        return self._engine

    def submit(
        self,
        title: str,
        nets: Sequence[Entry | tuple[NetSpec, Recipe]],
        lesson: str | None = None,
        owner: str = "",
    ) -> str:
        """Puts a comparison into the queue and returns its id. Raises Refused beyond the limits.

        nets   each with its recipe; those of one seed train at once, one seed after another
        owner  the visitor who launches it; "" for the machine's own people, who have no limit
        """
        if not nets:
            raise Refused("no net was chosen; choose at least one")
        seeds = list(dict.fromkeys(recipe.seed for _, recipe in nets))
        for seed in seeds:
            together = sum(recipe.seed == seed for _, recipe in nets)
            if together > MAX_NETS:
                raise Refused(f"{together} nets were chosen; a comparison holds at most {MAX_NETS}")
        if len(seeds) > MAX_SEEDS:
            raise Refused(f"{len(seeds)} seeds were asked for; at most {MAX_SEEDS} train in a row")
        free = free_disk()
        if free < NEEDED_DISK:
            raise Refused(
                f"the disk has {free / 2**20:,.0f} MB left and training needs "
                f"{NEEDED_DISK / 2**20:,.0f} MB; free some space, or delete old runs"
            )
        now = time.time()
        identity = secrets.token_hex(4)
        with self.write() as connection:
            check_line(self.waiting(connection), owner)
            connection.execute(
                comparisons.insert().values(
                    id=identity,
                    title=title[:200],
                    lesson=lesson,
                    created=now,
                    queued=now,
                    owner=owner,
                )
            )
            for spec, recipe in nets:
                connection.execute(
                    runs.insert().values(
                        comparison=identity,
                        net=spec.to_json(),
                        recipe=recipe.to_json(),
                        state=states.QUEUED,
                        turn=seeds.index(recipe.seed),
                        until=recipe.iterations,
                    )
                )
        return identity

    def comparison(self, identity: str) -> Comparison | None:
        found = self._comparisons(comparisons.c.id == identity, comparisons.c.deleted.is_(None))
        return found[0] if found else None

    def comparisons(self, deleted: bool = False) -> list[Comparison]:
        """All comparisons, the newest first; or those that are deleted and can be had back."""
        gone = comparisons.c.deleted
        return self._comparisons(gone.is_not(None) if deleted else gone.is_(None))

    def active(self) -> list[Comparison]:
        """The comparisons that train, wait or are paused, the newest first."""
        active = sa.select(runs.c.comparison).where(runs.c.state.in_(states.ACTIVE))
        return self._comparisons(comparisons.c.deleted.is_(None), comparisons.c.id.in_(active))

    def coming_turns(self) -> list[str]:
        """The comparison of each turn that waits, in the order in which they come."""
        with self._engine.connect() as connection:
            return turns_in_order(self.waiting(connection))

    def line(self) -> list[str]:
        """The ids of the comparisons that wait, in the order in which their turns come."""
        with self._engine.connect() as connection:
            return in_order(self.waiting(connection))

    def place(self, comparison: str) -> int | None:
        """How many comparisons are ahead in the queue; None where it does not wait."""
        waiting = self.line()
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

    def run(self, identity: int) -> Run | None:
        query = sa.select(runs).where(runs.c.id == identity)
        with self._engine.connect() as connection:
            found = connection.execute(query).first()
        return run_record(found) if found else None

    def events(self, comparison: str) -> list[Event]:
        """What people did to the runs of a comparison while they trained, the oldest first."""
        query = (
            sa.select(events)
            .join(runs, runs.c.id == events.c.run)
            .where(runs.c.comparison == comparison)
            .order_by(events.c.iteration, events.c.id)
        )
        with self._engine.connect() as connection:
            found = [{**row._mapping} for row in connection.execute(query)]
        return [Event(**{k: v for k, v in each.items() if k != "id"}) for each in found]

    def write(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that writes, for what else is kept in the same database."""
        return self._writer.begin()

    def waiting(self, connection: sa.Connection) -> list[Waiting]:
        """What waits in line: queued, not deleted, and not after a turn that is paused."""
        held = (
            sa.select(runs.c.comparison, sa.func.min(runs.c.turn).label("turn"))
            .where(runs.c.state == states.PAUSED)
            .group_by(runs.c.comparison)
            .subquery()
        )
        query = (
            sa.select(
                comparisons.c.id,
                comparisons.c.owner,
                comparisons.c.queued,
                comparisons.c.rank,
                sa.func.count(sa.distinct(runs.c.turn)).label("turns"),
            )
            .join(runs, runs.c.comparison == comparisons.c.id)
            .outerjoin(held, held.c.comparison == comparisons.c.id)
            .where(
                runs.c.state == states.QUEUED,
                sa.or_(held.c.turn.is_(None), runs.c.turn <= held.c.turn),
                comparisons.c.deleted.is_(None),
            )
            .group_by(comparisons.c.id)
        )
        served = (
            sa.select(comparisons.c.owner, sa.func.max(runs.c.active_since).label("at"))
            .join(runs, runs.c.comparison == comparisons.c.id)
            .group_by(comparisons.c.owner)
        )
        at = {row.owner: row.at for row in connection.execute(served) if row.at}
        if at:
            at[max(at, key=at.__getitem__)] = time.time()  # the last turn may last until now
        return [
            Waiting(row.id, row.owner, row.queued, row.rank, at.get(row.owner, 0.0), row.turns)
            for row in connection.execute(query)
        ]

    def _comparisons(self, *which: sa.ColumnElement[bool]) -> list[Comparison]:
        query = sa.select(comparisons).where(*which).order_by(comparisons.c.created.desc())
        of_them = (
            sa.select(runs)
            .join(comparisons, comparisons.c.id == runs.c.comparison)
            .where(*which)
            .order_by(runs.c.id)
        )
        with self._engine.connect() as connection:
            members: dict[str, list[Run]] = {}
            for row in connection.execute(of_them):
                members.setdefault(row.comparison, []).append(run_record(row))
            return [
                comparison_record(row, tuple(members.get(row.id, ())))
                for row in connection.execute(query)
            ]


def check_line(waiting: Sequence[Waiting], owner: str) -> None:
    """Raises Refused where the line, or a visitor's part of it, is full."""
    if len(waiting) >= MAX_QUEUED:
        raise Refused(f"{MAX_QUEUED} comparisons are waiting already; try again when one has ended")
    if owner and sum(each.owner == owner for each in waiting) >= MAX_WAITING_EACH:
        raise Refused(
            f"{MAX_WAITING_EACH} comparisons of yours are waiting already; "
            "wait until one has begun, or stop one"
        )


def run_folder(run: int) -> Path:
    """Where a run's checkpoint lies, and its event files."""
    return home() / f"run-{run}"


def checkpoint_file(run: int) -> Path:
    return run_folder(run) / "checkpoint.pt"


def checkpoint_before(run: int) -> Path:
    """The one before, for the day when the last one is damaged."""
    return run_folder(run) / "checkpoint-before.pt"


def free_disk() -> int:
    """Bytes free where the program keeps its runs."""
    home().mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(home()).free
