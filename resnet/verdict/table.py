"""The rows of a comparison in a CSV file, of the page or of a command, as a verdict needs them."""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry
from resnet.spec.row import CSV_COLUMNS
from resnet.spec.schedule import lr_at
from resnet.verdict.standing import RunErrors, State, Test

NEEDED = CSV_COLUMNS[:8]  # tables of older programs have these alone


class TableError(ValueError):
    """A file that is no table of ours; its text says why and what would work."""


def read(file: Path) -> list[RunErrors]:
    """Every run of a table, in its order. Raises TableError.

    A run whose last row has no finite loss diverged; one that has not reached its recipe's end was
    ended early. A rate that the recipe does not have at that iteration was set by hand.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.DictReader(stream)
            missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
            if missing:
                raise TableError(
                    f"{file} has no column {missing[0]!r}; give a table that --csv or the page's "
                    "“Rows as CSV” wrote"
                )
            return list(_runs(rows))
    except OSError as error:
        raise TableError(f"{file} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{file} is not a CSV file: {error}") from error
    except (TypeError, ValueError) as error:  # SpecError is one
        if isinstance(error, TableError):
            raise
        raise TableError(f"{file} has a row that is not ours: {error}") from error


def _runs(rows: Iterable[dict[str, str]]) -> Iterable[RunErrors]:
    whole = [row for row in rows if None not in row.values()]  # the last may be torn
    runs: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in whole:
        runs.setdefault((row["net"], row.get("recipe", ""), row["seed"]), []).append(row)
    if not runs:
        raise TableError("the table has no rows yet; give another, or wait for the first")
    return map(_run, runs.values())


def _run(rows: Sequence[dict[str, str]]) -> RunErrors:
    first, last = rows[0], rows[-1]
    net, seed = NetSpec.parse(first["net"]), int(first["seed"])
    reached = int(last["iteration"])
    named = first.get("recipe")
    recipe = Recipe.parse(named, seed) if named is not None else _unnamed(reached, seed)
    tests = tuple(_test(row) for row in rows if row["train_error"] or row["test_error"])
    loss = _number(last["loss"])
    if reached and (loss is None or not math.isfinite(loss)) and not last["train_error"]:
        state = State.DIVERGED
    else:
        state = State.FINISHED if reached >= recipe.iterations else State.EARLY
    until = max(reached, recipe.iterations)
    steered = named is not None and any(_by_hand(row, recipe) for row in rows)
    return RunErrors(Entry(net, recipe), state, reached, until, tests, steered)


def _unnamed(reached: int, seed: int) -> Recipe:
    return Recipe(iterations=max(1, reached), seed=seed)


def _test(row: dict[str, str]) -> Test:
    counts = [int(text) if (text := row.get(name)) else None for name in CSV_COLUMNS[8:10]]
    return Test(
        int(row["iteration"]), _number(row["train_error"]), _number(row["test_error"]), *counts
    )


def _by_hand(row: dict[str, str], recipe: Recipe) -> bool:
    rate, done = _number(row["learning_rate"]), int(row["iteration"])
    if rate is None or not 0 < done <= recipe.iterations:
        return False
    planned = (lr_at(recipe, done - 1, warm) for warm in (False, True))
    return not any(math.isclose(rate, each, rel_tol=1e-6, abs_tol=1e-12) for each in planned)


def _number(text: str) -> float | None:
    return float(text) if text else None
