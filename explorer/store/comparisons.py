"""`RunStore`: comparisons, runs, their rows, the queue and what processes report of themselves.

The only channel between pages, worker and lanes; only strings, numbers and JSON pass through it.
"""

import secrets
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from explorer.store import limits, room, states
from explorer.store.fair_queue import Waiting, in_order, turns_in_order
from explorer.store.home import check
from explorer.store.opening import open_engine
from explorer.store.records import (
    Comparison,
    Event,
    Run,
    StoredRow,
    Visitor,
    comparison_record,
    row_record,
    run_record,
)
from explorer.store.reports import Reports
from explorer.store.room import free_disk
from explorer.store.tables import comparisons, events, rows, runs
from explorer.store.trouble import Refused
from resnet.settings import home
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry

FILE = "runs.db"
MAX_NETS = 6
MAX_SEEDS = 5
IMPORTED = 3600.0  # seconds in which a visitor's imports are counted
__all__ = ["Refused", "RunStore", "free_disk"]


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
        owner: str | Visitor = "",
    ) -> str:
        """Puts a comparison into the queue and returns its id. Raises Refused beyond the limits.

        nets   each with its recipe; those of one seed train at once, one seed after another
        owner  the visitor who launches it, or their id; "" for the machine's own people, whom only
               memory and disk limit
        """
        by = Visitor.of(owner)
        if not nets:
            raise Refused("no net was chosen; choose at least one")
        seeds = list(dict.fromkeys(recipe.seed for _, recipe in nets))
        for seed in seeds:
            together = sum(recipe.seed == seed for _, recipe in nets)
            if together > MAX_NETS:
                raise Refused(f"{together} nets were chosen; a comparison holds at most {MAX_NETS}")
        if len(seeds) > MAX_SEEDS:
            raise Refused(f"{len(seeds)} seeds were asked for; at most {MAX_SEEDS} train in a row")
        turns = [[(net, recipe) for net, recipe in nets if recipe.seed == seed] for seed in seeds]
        room.check_memory(turns, self._reported("machine", "device") in (None, "cpu"))
        room.check_time(turns, self._reported("throughput", "seconds_per_mac"), by)
        disk = room.disk_bytes(nets)
        largest = max(room.checkpoint_bytes(net) for net, _ in nets)
        now = time.time()
        identity = secrets.token_hex(4)
        with self.write() as connection:
            check_line(self.waiting(connection), by)
            check_kept(connection, by)
            room.check_disk(disk, largest, promised(connection), by, *taken(connection, by))
            connection.execute(
                comparisons.insert().values(
                    id=identity,
                    title=title[:200],
                    lesson=lesson,
                    created=now,
                    queued=now,
                    owner=by.id,
                    party=by.party,
                    address=by.address,
                    disk=disk,
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
                PARTY.label("party"),
                comparisons.c.queued,
                comparisons.c.rank,
                comparisons.c.address,
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
            sa.select(PARTY.label("party"), sa.func.max(runs.c.active_since).label("at"))
            .join(runs, runs.c.comparison == comparisons.c.id)
            .group_by(PARTY)
        )
        at = {row.party: row.at for row in connection.execute(served) if row.at}
        if at:
            at[max(at, key=at.__getitem__)] = time.time()  # the last turn may last until now
        return [
            Waiting(
                *(row.id, row.party, row.queued, row.rank, at.get(row.party, 0.0)),
                *(row.turns, row.address),
            )
            for row in connection.execute(query)
        ]

    def _reported(self, key: str, name: str) -> Any:
        found = self.reported(key)
        return found[0].get(name) if found else None

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


def check_line(waiting: Sequence[Waiting], by: Visitor) -> None:
    """Raises Refused where the line, or the part of it of a visitor or an address, is full."""
    most = limits.WAITING.value
    if len(waiting) >= most:
        raise Refused(f"{most:g} comparisons are waiting already; try again when one has ended")
    limits.check_shares(
        by,
        sum(each.owner == by.party for each in waiting),
        sum(each.address == by.address for each in waiting),
        limits.WAITING_EACH,
        limits.WAITING_ADDRESS,
        "{count} comparisons {whose} are waiting already",
        "wait until one has begun, or stop one",
    )


def check_kept(connection: sa.Connection, by: Visitor, imports: bool = False) -> None:
    """Raises Refused where a visitor or an address keep as many comparisons as they may.

    imports  whether one from a file is to come: how many did within the hour counts too
    """
    if by.everything:
        return
    count = sa.select(sa.func.count()).select_from(comparisons)
    limits.check_shares(
        by,
        *_shares(connection, count, by),
        limits.KEPT_EACH,
        limits.KEPT_ADDRESS,
        "{count} comparisons {whose} are kept already",
        "delete some; they make room ten minutes later",
    )
    if imports:
        lately = comparisons.c.queued > time.time() - IMPORTED
        limits.check_shares(
            by,
            *_shares(connection, count.where(comparisons.c.origin != "", lately), by),
            limits.IMPORTS_EACH,
            limits.IMPORTS_ADDRESS,
            "{count} files {whose} were imported within the hour",
            "import this one in an hour",
        )


def taken(connection: sa.Connection, by: Visitor) -> tuple[int, int]:
    """Bytes of disk that the comparisons of a visitor, and those of their address, may take."""
    return _shares(connection, sa.select(sa.func.sum(comparisons.c.disk)), by)


def promised(connection: sa.Connection) -> int:
    """Bytes that the comparisons that train, wait or are paused may still write."""
    active = sa.select(runs.c.comparison).where(runs.c.state.in_(states.ACTIVE))
    query = sa.select(sa.func.sum(comparisons.c.disk)).where(comparisons.c.id.in_(active))
    return int(connection.scalar(query) or 0)


def _shares(connection: sa.Connection, query: sa.Select[Any], by: Visitor) -> tuple[int, int]:
    """What a query of comparisons says of a visitor, and of all at their address."""
    mine = connection.scalar(query.where(by.party == PARTY))
    ours = connection.scalar(query.where(comparisons.c.address == by.address)) if by.address else 0
    return int(mine or 0), int(ours or 0)


# Who takes turns for a comparison; older versions of the program kept its owner alone.
PARTY: Any = sa.func.coalesce(sa.func.nullif(comparisons.c.party, ""), comparisons.c.owner)


def run_folder(run: int) -> Path:
    """Where a run's checkpoint lies, and its event files."""
    return home() / f"run-{run}"


def checkpoint_file(run: int) -> Path:
    return run_folder(run) / "checkpoint.pt"


def checkpoint_before(run: int) -> Path:
    """The one before, for the day when the last one is damaged."""
    return run_folder(run) / "checkpoint-before.pt"
