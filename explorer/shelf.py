"""The shelf: tags, notes, archive and deletion of comparisons, with a while to think again."""

import json
import shutil
import time
from collections.abc import Sequence

from explorer import states
from explorer.records import Comparison, Visitor
from explorer.store import Refused, RunStore, run_folder
from explorer.tables import comparisons, runs

UNDO_FOR = 600.0  # seconds in which a deleted comparison can be had back
MAX_TAGS = 12
MAX_TAG = 30
MAX_NOTE = 4000


class Shelf:
    """What one visitor does to comparisons that are there; None: the machine's own people.

    Every method raises Refused, with a sentence to show, where it cannot be done.
    """

    def __init__(self, store: RunStore, by: Visitor | None = None) -> None:
        self._store = store
        self._by = by

    def tag(self, comparison: str, tags: Sequence[str]) -> None:
        """Gives a comparison these tags, in place of those it had."""
        cleaned = list(dict.fromkeys(" ".join(tag.split()) for tag in tags if tag.strip()))
        if len(cleaned) > MAX_TAGS:
            raise Refused(f"{len(cleaned)} tags are too many; a comparison holds {MAX_TAGS}")
        for tag in cleaned:
            if len(tag) > MAX_TAG:
                raise Refused(f"the tag {tag[:MAX_TAG]!r}... is too long; {MAX_TAG} letters fit")
        self._set(comparison, tags=json.dumps(cleaned))

    def note(self, comparison: str, text: str) -> None:
        """Keeps a note with a comparison, in place of the one it had."""
        if len(text) > MAX_NOTE:
            raise Refused(f"the note has {len(text):,} letters; {MAX_NOTE:,} fit")
        self._set(comparison, note=text)

    def rename(self, comparison: str, title: str) -> None:
        if not title.strip() or len(title) > 200:
            raise Refused("a title has 1 to 200 letters")
        self._set(comparison, title=" ".join(title.split()))

    def archive(self, comparison: str, archived: bool = True) -> None:
        """Puts a comparison out of the list, or back into it."""
        self._set(comparison, archived=archived)

    def delete(self, comparison: str) -> None:
        """Takes a comparison away; for ten minutes `bring_back` has it again.

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
                .values(state=states.STOPPED, want=None, hold_at=None)
            )
            connection.execute(
                comparisons.update()
                .where(comparisons.c.id == comparison)
                .values(deleted=time.time())
            )

    def bring_back(self, comparison: str) -> None:
        """Undoes `delete`."""
        gone = {each.id: each for each in self._store.comparisons(deleted=True)}
        self._allowed(gone.get(comparison))
        with self._store.write() as connection:
            connection.execute(
                comparisons.update().where(comparisons.c.id == comparison).values(deleted=None)
            )

    def purge(self, older_than: float = UNDO_FOR) -> int:
        """Forgets what was deleted so many seconds ago, rows and checkpoints; returns how many."""
        due = [
            each
            for each in self._store.comparisons(deleted=True)
            if each.deleted is not None and time.time() - each.deleted >= older_than
        ]
        for each in due:
            with self._store.write() as connection:
                connection.execute(comparisons.delete().where(comparisons.c.id == each.id))
            for run in each.runs:
                shutil.rmtree(run_folder(run.id), ignore_errors=True)
        return len(due)

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
