"""The last figures of each net as a table, and all rows as CSV."""

import csv
import io
from collections.abc import Sequence

from explorer.report.formatting import cell
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.cost import cost
from resnet.spec.names import curve, curve_names
from resnet.spec.row import CSV_COLUMNS


def numbers(curves: Sequence[RunHistory]) -> list[dict[str, object]]:
    """A table of the last figures and the best test error, one row a run."""
    names = _table_names(curves)
    table = []
    for each, name in zip(curves, names, strict=True):
        run, tests, trained = each.run, each.tests, each.trained
        last = tests[-1] if tests else None
        best = min(tests, key=lambda row: row.test_error or 0.0) if tests else None
        table.append(
            {
                "net": cell(name),
                "state": run.state,
                "seed": run.recipe.seed,
                "iteration": run.iteration,
                "training error, %": last.train_error if last else None,
                "test error, %": last.test_error if last else None,
                "best test error, %": best.test_error if best else None,
                "best at iteration": best.iteration if best else None,
                "loss": trained[-1].loss if trained else None,
                "seconds": round(run.seconds, 1),
                "parameters": cost(run.spec).parameters,
                "trained on": cell(run.data),
                "machine": cell(run.device),
            }
        )
    return table


def csv_text(snapshot: Snapshot) -> str:
    """The rows of a comparison as CSV, as the command line writes them."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(CSV_COLUMNS)
    for each in snapshot.histories:
        recipe = each.run.recipe
        for row in each.rows:
            errors = (row.learning_rate, row.loss, row.train_error, row.test_error)
            values = (*errors, row.train_images, row.test_images)
            cells = ["" if value is None else repr(value) for value in values]
            head = [cell(str(each.run.spec)), recipe.seed, row.iteration, f"{row.seconds:.2f}"]
            table.writerow([*head, *cells, cell(str(recipe))])
    return text.getvalue()


def _table_names(curves: Sequence[RunHistory]) -> list[str]:
    """Full titles; nets that come with several recipes say what is different of them."""
    keys = [curve(each.run.spec, each.run.recipe) for each in curves]
    distinct = list(dict.fromkeys(keys))
    names = curve_names(distinct)
    twice = {each.net for each in distinct if sum(one.net == each.net for one in distinct) > 1}
    return [names[key] if key.net in twice else key.net.title for key in keys]
