"""`TrainingStore`: what the worker and its lanes write of the runs that they train."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from explorer.store import states
from explorer.store.comparisons import PARTY, RunStore
from explorer.store.fair_queue import in_order
from explorer.store.patience import once
from explorer.store.records import RATE, Comparison, Run, Wanted, row_values
from explorer.store.tables import comparisons, events, rows, runs


class Lost(Exception):
    """What a lane would write is of a run that is no longer its own: it must leave the run."""

    def __init__(self, run: int) -> None:
        super().__init__(f"the run {run} is another lane's by now, or nobody's")
        self.run = run


P = ParamSpec("P")
R = TypeVar("R")


def patiently(
    method: Callable[Concatenate["TrainingStore", P], R],
) -> Callable[Concatenate["TrainingStore", P], R]:
    """A method that is one transaction, done with the patience of whoever has the store."""

    @wraps(method)
    def tried(self: "TrainingStore", *arguments: P.args, **named: P.kwargs) -> R:
        return self.patience(lambda: method(self, *arguments, **named))

    return tried


class TrainingStore:
    """The runs of a store as worker and lanes have them, who alone write what comes of training.

    patience  how often what lanes write is tried; the worker, who has more to do, tries once
    lane      the name of who holds a run: what another lane holds it cannot change; whether it does
              is asked in the transaction that writes, so a lane that was suspended changes nothing
    """

    def __init__(
        self, store: RunStore, patience: Callable[[Callable[[], Any]], Any] = once
    ) -> None:
        self.store = store
        self.patience = patience

    def claim(self, lane: str) -> Comparison | None:
        """Takes the next turn of the comparison at the head of the line; its runs are `lane`'s."""
        with self.store.write() as connection:
            line = in_order(self.store.waiting(connection))
            if not line:
                return None
            waits = (runs.c.comparison == line[0], runs.c.state == states.QUEUED)
            turn = connection.scalar(sa.select(sa.func.min(runs.c.turn)).where(*waits))
            connection.execute(
                runs.update()
                .where(*waits, runs.c.turn == turn)
                .values(
                    state=states.RUNNING,
                    want=None,
                    lane=lane,
                    active_since=time.time(),
                    active_from=runs.c.iteration,
                )
            )
            connection.execute(  # a place that a teacher gave is for one turn
                comparisons.update().where(comparisons.c.id == line[0]).values(rank=None)
            )
        found = self.store.comparison(line[0])
        assert found is not None
        return found

    def claim_runs(self, lane: str) -> list[Run]:
        """The runs of the turn that `claim` takes; [] where nothing waits."""
        claimed = self.claim(lane)
        mine = self.owned(lane) if claimed else {}
        return [run for run in claimed.runs if run.id in mine] if claimed else []

    def rotate(self, comparison: str) -> bool:
        """Has the turn that trains now leave, saved and in line again, where others wait.

        Others are other visitors, or whom a teacher has put ahead. What is paused or about to be
        stays. Returns whether somebody waits.
        """
        with self.store.write() as connection:
            mine = connection.scalar(sa.select(PARTY).where(comparisons.c.id == comparison))
            if not any(
                each.comparison != comparison and (each.owner != mine or each.rank is not None)
                for each in self.store.waiting(connection)
            ):
                return False
            connection.execute(
                runs.update()
                .where(
                    runs.c.comparison == comparison,
                    runs.c.state == states.RUNNING,
                    runs.c.want.is_(None),
                    runs.c.pause_at.is_(None),
                )
                .values(want=states.QUEUED)
            )
        return True

    def hand_over(self, run_ids: Iterable[int], lane: str) -> None:
        """Gives claimed runs to one lane; what is nobody's any more stays so."""
        claimed = (runs.c.id.in_(list(run_ids)), runs.c.state.in_(states.HELD_BY_A_LANE))
        with self.store.write() as connection:
            connection.execute(runs.update().where(*claimed).values(lane=lane))

    def give_back(self, lane: str) -> None:
        """Puts what was claimed and not handed out back into the queue."""
        mine = (runs.c.lane == lane, runs.c.state == states.RUNNING)
        with self.store.engine.connect() as connection:
            if connection.execute(sa.select(runs.c.id).where(*mine)).first() is None:
                return
        with self.store.write() as connection:
            stopped = runs.c.want == states.STOPPED
            connection.execute(
                runs.update().where(*mine, stopped).values(state=states.STOPPED, lane=None)
            )
            connection.execute(runs.update().where(*mine).values(state=states.QUEUED, lane=None))

    @patiently
    def owned(self, lane: str) -> dict[int, Wanted]:
        """The runs that a lane holds, training or paused, and what is wanted of each."""
        query = sa.select(
            runs.c.id, runs.c.want, runs.c.pause_at, runs.c.want_rate, runs.c.until
        ).where(_held_by(lane))
        with self.store.engine.connect() as connection:
            return {
                row.id: Wanted(row.want, row.pause_at, row.want_rate, row.until)
                for row in connection.execute(query)
            }

    def append(self, lane: str, fresh: Sequence[tuple[int, Any]]) -> set[int]:
        """Adds rows (run id, resnet.spec.row.Row) of the lane's runs; returns the runs it lost.

        Their rows are not kept: somebody else has the run by now, or it was interrupted.
        """
        with self.store.write() as connection:
            owned = {
                row.id for row in connection.execute(sa.select(runs.c.id).where(_held_by(lane)))
            }
            values = [row_values(run, row) for run, row in fresh if run in owned]
            if values:
                connection.execute(rows.insert(), values)
            for run in {value["run"] for value in values}:
                last = [value for value in values if value["run"] == run][-1]
                connection.execute(
                    runs.update()
                    .where(runs.c.id == run)
                    .values(iteration=last["iteration"], seconds=last["seconds"])
                )
        return {run for run, _ in fresh} - owned

    @patiently
    def rewind(self, run: int, lane: str, iteration: int) -> None:
        """Takes back the rows after `iteration` (all, at 0): a run goes on from its checkpoint.

        Raises Lost where the lane does not hold the run.
        """
        beyond = rows.c.iteration > (iteration if iteration else -1)
        with self.store.write() as connection:
            _check_held(connection, run, lane)
            gone = connection.execute(rows.delete().where(rows.c.run == run, beyond)).rowcount
            connection.execute(
                events.delete().where(events.c.run == run, events.c.iteration > iteration)
            )
            connection.execute(
                runs.update()
                .where(runs.c.id == run)
                .values(iteration=iteration, active_from=iteration, active_since=time.time())
            )
            if gone:
                mine = sa.select(runs.c.comparison).where(runs.c.id == run).scalar_subquery()
                connection.execute(
                    comparisons.update()
                    .where(comparisons.c.id == mine)
                    .values(generation=comparisons.c.generation + 1)
                )

    @patiently
    def settle(self, run: int, lane: str, state: str, message: str = "") -> None:
        """Writes the state in which a lane leaves its run; a rate asked for too late is dropped."""
        values = {"state": state, "want": None, "pause_at": None, "lane": None}
        if state in (states.FINISHED, states.DIVERGED):
            values["want_rate"] = None
        with self.store.write() as connection:
            connection.execute(
                runs.update()
                .where(runs.c.id == run, _held_by(lane))
                .values(**values, message=message[:500])
            )

    @patiently
    def hold(self, run: int, lane: str, iteration: int) -> None:
        """Notes that a lane has paused its run after `iteration` mini-batches.

        It need not let others go first any more: it does not train.
        """
        with self.store.write() as connection:
            connection.execute(
                runs.update()
                .where(runs.c.id == run, _held_by(lane))
                .values(
                    state=states.PAUSED,
                    iteration=iteration,
                    want=sa.func.nullif(runs.c.want, states.QUEUED),
                )
            )

    @patiently
    def go_on(self, run: int, lane: str) -> None:
        """Notes that a paused run trains again."""
        with self.store.write() as connection:
            connection.execute(
                runs.update()
                .where(runs.c.id == run, _held_by(lane))
                .values(
                    state=states.RUNNING, active_since=time.time(), active_from=runs.c.iteration
                )
            )

    @patiently
    def let_go(self, run: int, lane: str) -> bool:
        """Leaves a paused run, saved, to whoever claims it next; False if it is wanted just now."""
        with self.store.write() as connection:
            return bool(
                connection.execute(
                    runs.update()
                    .where(
                        runs.c.id == run,
                        runs.c.lane == lane,
                        runs.c.state == states.PAUSED,
                        runs.c.want.is_(None),
                        runs.c.pause_at <= runs.c.iteration,
                    )
                    .values(lane=None)
                ).rowcount
            )

    @patiently
    def mark(
        self, run: int, lane: str, iteration: int, kind: str, value: float | None = None
    ) -> None:
        """Keeps what was done to a run; once, however often it is told. A rate is then taken up.

        Raises Lost where the lane does not hold the run.
        """
        with self.store.write() as connection:
            _check_held(connection, run, lane)
            same = (events.c.run == run, events.c.iteration == iteration, events.c.kind == kind)
            connection.execute(events.delete().where(*same))
            connection.execute(
                events.insert().values(
                    run=run, iteration=iteration, kind=kind, value=value, at=time.time()
                )
            )
            if kind == RATE:
                connection.execute(
                    runs.update()
                    .where(runs.c.id == run, runs.c.want_rate == value)
                    .values(want_rate=None)
                )

    @patiently
    def describe(self, run: int, lane: str, device: str, data: str, images: int | None) -> None:
        """Notes on what machine, on which images and on how many of them a run trains.

        images  None for as many as its recipe says
        Raises Lost where the lane does not hold the run.
        """
        with self.store.write() as connection:
            _check_held(connection, run, lane)
            connection.execute(
                runs.update()
                .where(runs.c.id == run)
                .values(device=device[:80], data=data[:200], images=images)
            )

    def tell(
        self, comparison: str, message: str, done: int | None = None, total: int | None = None
    ) -> None:
        """What a comparison is doing before its first row: "decoding images", 500 of 60,000."""
        with self.store.write() as connection:
            connection.execute(
                comparisons.update()
                .where(comparisons.c.id == comparison)
                .values(message=message[:500], done=done, total=total)
            )

    def interrupt(self, lane: str | None = None, message: str = "") -> int:
        """Marks running runs as interrupted: those of one lane, or all. Returns how many.

        What was paused stays so: it was saved when it paused. What was to stop has stopped.
        message  why, where there is more to say; "" leaves what is said
        """
        theirs = runs.c.lane == lane if lane else sa.true()
        waiting = sa.and_(
            runs.c.state == states.PAUSED,
            runs.c.want.is_(None),
            runs.c.pause_at.is_not(None),
            runs.c.pause_at <= runs.c.iteration,
        )
        with self.store.write() as connection:
            connection.execute(runs.update().where(theirs, waiting).values(lane=None))
            held = (theirs, runs.c.state.in_(states.HELD_BY_A_LANE), sa.not_(waiting))
            ended: dict[str, str | None] = {"want": None, "pause_at": None, "lane": None}
            if message:
                ended["message"] = message[:500]
            to_stop = runs.update().where(*held, runs.c.want == states.STOPPED)
            stopped = connection.execute(to_stop.values(state=states.STOPPED, **ended)).rowcount
            rest = runs.update().where(*held)
            return (
                stopped
                + connection.execute(rest.values(state=states.INTERRUPTED, **ended)).rowcount
            )


def _check_held(connection: sa.Connection, run: int, lane: str) -> None:
    """Raises Lost, in the transaction that writes, where the lane does not hold the run."""
    mine = sa.select(runs.c.id).where(runs.c.id == run, _held_by(lane))
    if connection.execute(mine).first() is None:
        raise Lost(run)


def _held_by(lane: str) -> sa.ColumnElement[bool]:
    return sa.and_(runs.c.lane == lane, runs.c.state.in_(states.HELD_BY_A_LANE))
