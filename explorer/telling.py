"""Words and numbers on the pages that are made from the state of a comparison."""

import csv
import io
import time
from collections.abc import Sequence

from explorer.state_words import state_sentence
from explorer.store import states
from explorer.store.records import Comparison, Run, macs_of_an_iteration
from explorer.store.snapshots import Curves, Snapshot
from explorer.verdicts import evidence, paper_points, paper_says, results, verdict_of
from resnet.cost import cost
from resnet.curves import Curve, curve, curve_names, differing, value_words
from resnet.paper import GRADIENT_POSITION

__all__ = [
    "GRADIENT_POSITION",
    "csv_text",
    "duration",
    "escaped",
    "evidence",
    "numbers",
    "paper_points",
    "paper_says",
    "progress",
    "results",
    "seconds_left",
    "state_sentence",
    "verdict_of",
]

CSV_COLUMNS = (  # as resnet.commands has them, which imports torch
    "net", "seed", "iteration", "seconds", "learning_rate", "loss", "train_error", "test_error",
)  # fmt: skip


def duration(seconds: float) -> str:
    """41 s, 12 min, 3 h 20 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min"


def escaped(text: str) -> str:
    """Text that Markdown must show as it is: no part of it is a command, a link or an icon."""
    return "".join(
        f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|$~<>:&" else letter for letter in text
    )


def progress(comparison: Comparison) -> tuple[float, str]:
    """The share of the work that is done, 0 to 1, and a sentence about it.

    The sentence is about the seed that trains: "seed 2 of 3, iteration 240 of 400, 41 s left".
    What will not train on counts as done.
    """
    done = sum(run.iteration * macs_of_an_iteration(run) for run in comparison.runs)
    total = sum(
        _planned(run, comparison.active) * macs_of_an_iteration(run) for run in comparison.runs
    )
    turns = sorted({run.turn for run in comparison.runs})
    now = _turn(comparison.runs)
    mine = [run for run in comparison.runs if run.turn == now]
    going = [run for run in mine if run.state in states.ACTIVE] or mine
    behind = min(going, key=lambda run: run.iteration / run.iterations)
    words = f"iteration {behind.iteration:,} of {behind.iterations:,}"
    if len(turns) > 1:
        all_done = all(run.state == states.FINISHED for run in comparison.runs)
        seed = f"{len(turns)} seeds" if all_done else f"seed {turns.index(now) + 1} of {len(turns)}"
        words = f"{seed}, {words}"
    left = seconds_left(comparison)
    if comparison.running and left is not None:
        words += f", {duration(left)} left"
    return done / max(1, total), words


def seconds_left(comparison: Comparison, now: float | None = None) -> float | None:
    """For all that still trains and the turns to come, at the pace since this leg began.

    None while there is no pace yet. Waiting in line between turns is not in it.
    """
    now = time.time() if now is None else now
    training = [run for run in comparison.runs if run.state == states.RUNNING and run.leg_started]
    pace = sum(
        (run.iteration - run.leg_from)
        * macs_of_an_iteration(run)
        / max(1e-3, now - (run.leg_started or 0.0))
        for run in training
    )
    if pace <= 0:
        return None
    ahead = [run for run in comparison.runs if run.state in (states.RUNNING, states.QUEUED)]
    left = sum(max(0, run.iterations - run.iteration) * macs_of_an_iteration(run) for run in ahead)
    return left / pace


def numbers(curves: Sequence[Curves]) -> list[dict[str, object]]:
    """A table of the last figures and the best test error, one row a run."""
    names = _table_names(curves)
    table = []
    for each, name in zip(curves, names, strict=True):
        run, tests, trained = each.run, each.tests, each.trained
        last = tests[-1] if tests else None
        best = min(tests, key=lambda row: row.test_error or 0.0) if tests else None
        table.append(
            {
                "net": name,
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
                "trained on": run.data,
                "machine": run.device,
            }
        )
    return table


def csv_text(snapshot: Snapshot) -> str:
    """The rows of a comparison as CSV, with the command line's columns.

    Where a net is trained with several recipes, a last column says what each has of its own.
    """
    recipes = _recipes(snapshot.curves)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*CSV_COLUMNS, *(["recipe"] if recipes else [])])
    for each in snapshot.curves:
        own = [recipes[curve(each.run.spec, each.run.recipe)]] if recipes else []
        head = [str(each.run.spec), each.run.recipe.seed]
        for row in each.rows:
            values = (row.learning_rate, row.loss, row.train_error, row.test_error)
            cells = ["" if value is None else repr(value) for value in values]
            table.writerow([*head, row.iteration, f"{row.seconds:.2f}", *cells, *own])
    return text.getvalue()


def _recipes(curves: Sequence[Curves]) -> dict[Curve, str]:
    """What tells the recipes of one net apart; {} where every net has one."""
    known = list(dict.fromkeys(curve(each.run.spec, each.run.recipe) for each in curves))
    if len({each.net for each in known}) == len(known):
        return {}
    return {
        each: value_words(each, differing(other for other in known if other.net == each.net))
        for each in known
    }


def _planned(run: Run, active: bool) -> int:
    """How many iterations a run will have in the end, as things stand."""
    ended_early = run.state in states.RESUMABLE and active
    return run.iteration if ended_early or run.state == states.DIVERGED else run.iterations


def _turn(runs: Sequence[Run]) -> int:
    """The turn that trains or is paused; else the next; else where it broke off; else the last."""
    for kinds in (states.HELD_BY_A_LANE, (states.QUEUED,), states.RESUMABLE):
        turns = [run.turn for run in runs if run.state in kinds]
        if turns:
            return min(turns)
    return max(run.turn for run in runs)


def _table_names(curves: Sequence[Curves]) -> list[str]:
    """Full titles; nets that come with several recipes say what is different of them."""
    keys = [curve(each.run.spec, each.run.recipe) for each in curves]
    distinct = list(dict.fromkeys(keys))
    names = curve_names(distinct)
    twice = {each.net for each in distinct if sum(one.net == each.net for one in distinct) > 1}
    return [names[key] if key.net in twice else key.net.title for key in keys]
