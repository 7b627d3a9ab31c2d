"""What processes report of themselves, and whether they still do.

Each report under a key counts one on. Whether its process lives is told by two things that a clock
set back or forward has no part in: whether the process exists, and whether the count goes on within
so many seconds of the monotonic clock of whoever asks.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from explorer.store import identity
from explorer.store.tables import reports
from explorer.store.trouble import StoreBusy

LANE = "beat-"  # and a lane's name: what it reports under while it works


@dataclass(frozen=True)
class Heard:
    """What is heard of a process.

    who     the process (explorer.store.identity)
    beat    how many reports there were under its key
    silent  seconds since this process saw the last of them come; 0 when it has just begun to look
    """

    who: str
    beat: int
    silent: float

    def lives(self, within: float) -> bool:
        """Whether it has reported within so many seconds, and is not known to have ended."""
        return self.silent < within and identity.exists(self.who) is not False


class Reports:
    """The reports of a store, by key."""

    def __init__(self, engine: sa.Engine) -> None:
        self._reads = engine
        self._writes = engine.execution_options(writes=True)
        self._heard: dict[str, tuple[str, int, float]] = {}

    def reported(self, key: str) -> tuple[dict[str, Any], float] | None:
        """What was last reported under a key, and how many seconds ago by the clock on the wall."""
        query = sa.select(reports.c.value, reports.c.at).where(reports.c.key == key)
        with self._reads.connect() as connection:
            found = connection.execute(query).first()
        return (json.loads(found.value), time.time() - found.at) if found else None

    def report(self, key: str, value: dict[str, Any]) -> None:
        """Keeps what a worker, lane or server says of itself, in place of what it said before.

        Who cannot report holds nobody else's silence against them: all begin anew.
        """
        said = {"value": json.dumps(value), "at": time.time(), "who": identity.mine()}
        try:
            with self._writes.begin() as connection:
                again = reports.update().where(reports.c.key == key)
                if not connection.execute(again.values(**said, beat=reports.c.beat + 1)).rowcount:
                    connection.execute(reports.insert().values(key=key, beat=1, **said))
        except StoreBusy:
            self.listen_anew()
            raise

    def listen_anew(self) -> None:
        """Every silence counts from now on, as for one who has just begun to look."""
        self._heard.clear()

    def heard(self, key: str) -> Heard | None:
        """Who reports under a key, and since when no more; None where nobody ever has.

        Ask again and again: a silence is counted from the first time that it was seen.
        """
        query = sa.select(reports.c.who, reports.c.beat).where(reports.c.key == key)
        with self._reads.connect() as connection:
            found = connection.execute(query).first()
        if found is None:
            self._heard.pop(key, None)
            return None
        now = time.monotonic()
        who, beat, since = self._heard.get(key, ("", 0, now))
        if (who, beat) != (found.who, found.beat):
            since = now
        self._heard[key] = (found.who, found.beat, since)
        return Heard(found.who, found.beat, now - since)

    def lanes_heard(self) -> list[str]:
        """The keys under which lanes have reported that they work."""
        query = sa.select(reports.c.key).where(reports.c.key.startswith(LANE, autoescape=True))
        with self._reads.connect() as connection:
            return list(connection.scalars(query))

    def forget(self, key: str) -> None:
        with self._writes.begin() as connection:
            connection.execute(reports.delete().where(reports.c.key == key))
