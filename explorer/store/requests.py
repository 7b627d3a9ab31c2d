"""What visitors request of comparisons that are there: stop, pause, step, resume, rate, extend.

A request is written beside the state; the lane reads it between steps, acts, and writes the new
state.
"""

import time
from dataclasses import replace

import sqlalchemy as sa

from explorer.store import room, states
from explorer.store.comparisons import Refused, RunStore, check_line, promised, taken
from explorer.store.fair_queue import moved
from explorer.store.records import Comparison, Run, Visitor
from explorer.store.tables import comparisons, runs
from resnet.spec import Recipe, SpecError
from resnet.spec.checks import check_number
from resnet.spec.fields import fields_of
from resnet.spec.recipe import MAX_ITERATIONS


class ControlRequests:
    """The requests of one visitor; None stands for the machine's own people, who may do all.

    Every method raises Refused, with a sentence to show, where the request cannot be taken.
    """

    def __init__(self, store: RunStore, by: Visitor | None = None) -> None:
        self._store = store
        self._by = by

    def stop(self, comparison: str, run: int | None = None) -> None:
        """Stops a comparison, or one run of it; it is saved first, and can be resumed."""
        self._allowed(comparison)
        mine = _of(comparison, run)
        nobodys = sa.or_(
            runs.c.state == states.QUEUED,
            sa.and_(runs.c.state == states.PAUSED, runs.c.lane.is_(None)),
        )
        with self._store.write() as connection:
            connection.execute(
                runs.update()
                .where(mine, nobodys)
                .values(state=states.STOPPED, want=None, pause_at=None)
            )
            connection.execute(
                runs.update()
                .where(mine, runs.c.state.in_(states.HELD_BY_A_LANE))
                .values(want=states.STOPPED)
            )

    def resume(self, comparison: str) -> None:
        """Lets go on what is paused; puts what was stopped or broke off back into the queue."""
        found = self._allowed(comparison)
        self._not_from_a_file(found, "resumed")
        mine = runs.c.comparison == comparison
        with self._store.write() as connection:
            connection.execute(
                runs.update()
                .where(mine, runs.c.state.in_(states.HELD_BY_A_LANE), runs.c.lane.is_not(None))
                .values(pause_at=None)
            )
            again = sa.or_(
                runs.c.state.in_(states.RESUMABLE),
                sa.and_(runs.c.state == states.PAUSED, runs.c.lane.is_(None)),
            )
            if connection.execute(sa.select(runs.c.id).where(mine, again)).first():
                check_line(self._store.waiting(connection), self._counted(found))
                connection.execute(
                    runs.update()
                    .where(mine, again)
                    .values(state=states.QUEUED, want=None, pause_at=None, message="", lane=None)
                )
                _queue_again(connection, comparison)

    def pause(self, comparison: str) -> None:
        """Holds every net that trains after the mini-batch it is at."""
        self._allowed(comparison)
        with self._store.write() as connection:
            connection.execute(
                runs.update()
                .where(_of(comparison), runs.c.state == states.RUNNING)
                .values(pause_at=0)
            )

    def step(self, comparison: str, iterations: int = 1) -> None:
        """Lets paused nets train on to the same iteration, so many after the one furthest ahead."""
        self._allowed(comparison)
        _check("the step", iterations, 1, MAX_ITERATIONS)
        paused = (_of(comparison), runs.c.state == states.PAUSED)
        with self._store.write() as connection:
            furthest = connection.scalar(sa.select(sa.func.max(runs.c.iteration)).where(*paused))
            if furthest is None:
                raise Refused("nothing is paused here; pause first, then step")
            connection.execute(runs.update().where(*paused).values(pause_at=furthest + iterations))
            released = connection.execute(
                runs.update()
                .where(*paused, runs.c.lane.is_(None))
                .values(state=states.QUEUED, want=None)
            ).rowcount
            if released:
                _queue_again(connection, comparison)

    def change_rate(self, comparison: str, rate: float) -> None:
        """Has what is not finished train on with another learning rate; the schedule stays."""
        self._allowed(comparison)
        _check_rate(rate)
        with self._store.write() as connection:
            changed = connection.execute(
                runs.update()
                .where(_of(comparison), runs.c.state.in_(states.ACTIVE))
                .values(want_rate=rate)
            ).rowcount
        if not changed:
            raise Refused(
                "nothing trains here now; resume it first, or extend a finished run with a new rate"
            )

    def extend(self, comparison: str, iterations: int, rate: float) -> None:
        """Trains what is finished for more iterations, at a constant learning rate."""
        found = self._allowed(comparison)
        self._not_from_a_file(found, "extended")
        _check("the extension", iterations, 1, MAX_ITERATIONS)
        _check_rate(rate)
        finished = [run for run in found.runs if run.state == states.FINISHED]
        if not finished:
            raise Refused("no net of this comparison has finished; only a finished one is extended")
        longest = max(run.iterations for run in finished) + iterations
        if longest > MAX_ITERATIONS:
            raise Refused(
                f"{longest:,} iterations in all are too many; at most {MAX_ITERATIONS:,} are kept"
            )
        by = self._counted(found)
        self._check_time(finished, iterations, by)
        disk = sum(room.rows_bytes(run.spec, run.recipe, iterations) for run in finished)
        largest = max(room.checkpoint_bytes(run.spec) for run in finished)
        with self._store.write() as connection:
            check_line(self._store.waiting(connection), by)
            shares = taken(connection, by)
            room.check_disk(disk, largest, promised(connection), by, *shares)
            connection.execute(
                comparisons.update()
                .where(comparisons.c.id == comparison)
                .values(disk=comparisons.c.disk + disk)
            )
            for run in finished:
                connection.execute(
                    runs.update()
                    .where(runs.c.id == run.id, runs.c.state == states.FINISHED)
                    .values(until=run.iterations + iterations, want_rate=rate, state=states.QUEUED)
                )
            _queue_again(connection, comparison)

    def move(self, comparison: str, place: int) -> None:
        """Puts a waiting comparison at a place in the line, 0 being the head. For a teacher."""
        if self._by is not None and not self._by.everything:
            raise Refused("only a teacher may reorder the line; enter the teacher's token first")
        with self._store.write() as connection:
            waiting = self._store.waiting(connection)
            if comparison not in [each.comparison for each in waiting]:
                raise Refused("it does not wait any more, so it cannot be moved")
            for each, rank in moved(waiting, comparison, place).items():
                connection.execute(
                    comparisons.update().where(comparisons.c.id == each).values(rank=rank)
                )

    def _allowed(self, comparison: str) -> Comparison:
        found = self._store.comparison(comparison)
        if found is None:
            raise Refused("this comparison is not there any more")
        if self._by is not None and not self._by.may_change(found):
            raise Refused(
                "this comparison is another visitor's; launch one of your own, or ask a teacher"
            )
        return found

    def _counted(self, found: Comparison) -> Visitor:
        """For whom a comparison counts: whoever launched it, with the rights of who asks now."""
        return replace(found.by, everything=self._by is None or self._by.everything)

    def _check_time(self, runs_of_it: list[Run], iterations: int, by: Visitor) -> None:
        throughput = self._store.reported("throughput")
        longer = [(run.spec, replace(run.recipe, iterations=iterations)) for run in runs_of_it]
        turns = [
            [each for each in longer if each[1].seed == seed]
            for seed in dict.fromkeys(recipe.seed for _, recipe in longer)
        ]
        room.check_time(turns, throughput[0]["seconds_per_mac"] if throughput else None, by)

    def _not_from_a_file(self, comparison: Comparison, what: str) -> None:
        if comparison.origin:
            raise Refused(
                f"{comparison.title!r} came in a file, without the nets' weights, so it cannot be "
                f"{what}; duplicate it and launch it here"
            )


def _of(comparison: str, run: int | None = None) -> sa.ColumnElement[bool]:
    mine = runs.c.comparison == comparison
    return mine if run is None else sa.and_(mine, runs.c.id == run)


def _queue_again(connection: sa.Connection, comparison: str) -> None:
    connection.execute(
        comparisons.update()
        .where(comparisons.c.id == comparison)
        .values(queued=time.time(), rank=None, message="", done=None, total=None)
    )


def _check_rate(rate: float) -> None:
    field = fields_of(Recipe)["learning_rate"]
    _check(field.subject, rate, field.low, field.high, whole=False)


def _check(name: str, value: float, low: float, high: float, whole: bool = True) -> None:
    try:
        check_number(name, value, low, high, whole=whole)
    except SpecError as error:
        raise Refused(str(error)) from error
