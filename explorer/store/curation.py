"""Curation: tags, notes, archive and deletion of comparisons, with a while to think again."""

import json
import shutil
import time
from collections.abc import Sequence

import sqlalchemy as sa

from explorer.store import states
from explorer.store.comparisons import Refused, RunStore, run_folder
from explorer.store.records import Comparison, Visitor
from explorer.store.tables import comparisons, runs

UNDO_FOR = 600.0  # seconds in which a deleted comparison can be had back
MAX_TITLE = 200  # letters
MAX_TAGS = 12
MAX_TAG = 30
MAX_NOTE = 4000


class Curation:
    """What one visitor does to comparisons that are there; None: the machine's own people.

    Every method raises Refused, with a sentence to show, where it cannot be done.
    """

    def __init__(self, store: RunStore, by: Visitor | None = None) -> None:
        self._store = store
        self._by = by

    def describe(self, comparison: str, title: str, tags: Sequence[str], note: str) -> None:
        """Gives a comparison a title, tags and a note: all of them, or none where one cannot be."""
        self._set(comparison, title=_title(title), tags=_tags(tags), note=_note(note))

    def rename(self, comparison: str, title: str) -> None:
        self._set(comparison, title=_title(title))

    def tag(self, comparison: str, tags: Sequence[str]) -> None:
        """Gives a comparison these tags, in place of those it had."""
        self._set(comparison, tags=_tags(tags))

    def note(self, comparison: str, text: str) -> None:
        """Keeps a note with a comparison, in place of the one it had."""
        self._set(comparison, note=_note(text))

    def archive(self, comparison: str, archived: bool = True) -> None:
        """Puts a comparison out of the list, or back into it."""
        self._set(comparison, archived=archived)

    def delete(self, comparison: str) -> None:
        """Takes a comparison away; for ten minutes `restore` undoes it.

        Raises Refused while it trains.
        """
        found = self._allowed(self._store.comparison(comparison))
        with self._store.write() as connection:
            held = runs.c.comparison == comparison, runs.c.state.in_(states.HELD_BY_A_LANE)
            if connection.execute(runs.select().where(*held, runs.c.lane.is_not(None))).first():
                raise Refused(f"{found.title!r} is training; stop it first, then delete it")
            connection.execute(
                runs.update()
                .where(runs.c.comparison == comparison, runs.c.state.in_(states.ACTIVE))
                .values(state=states.STOPPED, want=None, pause_at=None)
            )
            connection.execute(
                comparisons.update()
                .where(comparisons.c.id == comparison)
                .values(deleted=time.time())
            )

    def restore(self, comparison: str) -> None:
        """Undoes `delete`; what was waiting then is stopped now, and can be resumed."""
        gone = {each.id: each for each in self._store.comparisons(deleted=True)}
        self._allowed(gone.get(comparison))
        mine = comparisons.c.id == comparison
        with self._store.write() as connection:
            if not connection.execute(
                comparisons.update().where(mine).values(deleted=None)
            ).rowcount:
                raise Refused("this comparison is not there any more")

    def purge(self, older_than: float = UNDO_FOR) -> int:
        """Forgets what was deleted so many seconds ago, rows and checkpoints; returns how many."""
        due = comparisons.c.deleted <= time.time() - older_than
        gone = 0
        for each in self._store.comparisons(deleted=True):
            with self._store.write() as connection:  # unless it was brought back a moment ago
                this = sa.and_(comparisons.c.id == each.id, due)
                if not connection.execute(comparisons.delete().where(this)).rowcount:
                    continue
            gone += 1
            for run in each.runs:
                shutil.rmtree(run_folder(run.id), ignore_errors=True)
        return gone

    def _set(self, comparison: str, **values: object) -> None:
        self._allowed(self._store.comparison(comparison))
        with self._store.write() as connection:
            connection.execute(
                comparisons.update().where(comparisons.c.id == comparison).values(**values)
            )

    def _allowed(self, found: Comparison | None) -> Comparison:
        if found is None:
            raise Refused("this comparison is not there any more")
        if self._by is not None and not self._by.may_change(found):
            raise Refused("this comparison is another visitor's; you may look, not change")
        return found


def _title(text: str) -> str:
    title = _line(text)
    if not title:
        raise Refused("the title is empty; write at least one letter")
    if len(title) > MAX_TITLE:
        raise Refused(f"the title has {len(title):,} letters; {MAX_TITLE} fit")
    return title


def _tags(tags: Sequence[str]) -> str:
    cleaned = list(dict.fromkeys(line for tag in tags if (line := _line(tag))))
    if len(cleaned) > MAX_TAGS:
        raise Refused(f"{len(cleaned)} tags are too many; a comparison holds {MAX_TAGS}")
    for tag in cleaned:
        if len(tag) > MAX_TAG:
            raise Refused(f"the tag {tag[:MAX_TAG]!r}... is too long; {MAX_TAG} letters fit")
    return json.dumps(cleaned)


def _note(text: str) -> str:
    note = text.replace("\0", "").strip()
    if len(note) > MAX_NOTE:
        raise Refused(f"the note has {len(note):,} letters; {MAX_NOTE:,} fit")
    return note


def _line(text: str) -> str:
    """On one line, without what no database or screen can show."""
    return " ".join(
        "".join(letter for letter in text if letter.isprintable() or letter.isspace()).split()
    )
