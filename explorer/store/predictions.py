"""What visitors predict of a lesson before they see its curves, one prediction each."""

import time

import sqlalchemy as sa

from explorer.store.comparisons import RunStore
from explorer.store.tables import comparisons, predictions


class Predictions:
    """Predictions, kept with their comparison; a choice is its place in the lesson's list."""

    def __init__(self, store: RunStore) -> None:
        self._store = store

    def predict(self, comparison: str, visitor: str, choice: int) -> None:
        """Keeps a visitor's prediction; the first one counts, so nobody corrects it afterwards."""
        with self._store.write() as connection:
            there = sa.select(comparisons.c.id).where(comparisons.c.id == comparison)
            mine = sa.select(predictions.c.choice).where(
                predictions.c.comparison == comparison, predictions.c.visitor == visitor
            )
            if connection.execute(mine).first() or not connection.execute(there).first():
                return
            connection.execute(
                predictions.insert().values(
                    comparison=comparison, visitor=visitor, choice=choice, at=time.time()
                )
            )

    def all(self, comparison: str) -> dict[str, int]:
        """The choice of every visitor who made one."""
        query = sa.select(predictions.c.visitor, predictions.c.choice).where(
            predictions.c.comparison == comparison
        )
        with self._store.engine.connect() as connection:
            return {row.visitor: row.choice for row in connection.execute(query)}
