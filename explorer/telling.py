"""Words and numbers on the pages that are made from the state of a comparison."""

import time
from collections.abc import Sequence

from explorer import states
from explorer.feed import Curves, Snapshot
from explorer.records import Comparison
from resnet.cost import cost
from resnet.verdict import short_titles, verdict


def duration(seconds: float) -> str:
    """41 s, 12 min, 3 h 20 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds // 3600:.0f} h {seconds % 3600 / 60:.0f} min"


def progress(comparison: Comparison) -> tuple[float, str]:
    """The share of the work that is done, 0 to 1, and a sentence about it."""
    total = sum(run.recipe.iterations * cost(run.spec).macs for run in comparison.runs)
    done = sum(run.iteration * cost(run.spec).macs for run in comparison.runs)
    least = min(run.iteration for run in comparison.runs)
    words = f"iteration {least:,} of {comparison.runs[0].recipe.iterations:,}"
    left = seconds_left(comparison)
    if comparison.running and left is not None:
        words += f", {duration(left)} left"
    return done / total, words


def seconds_left(comparison: Comparison, now: float | None = None) -> float | None:
    """From the pace since this leg began; None while there is no pace yet.

    Runs that no longer train do not count, neither for the work left nor for the pace.
    """
    active = [run for run in comparison.runs if run.state == states.RUNNING and run.leg_started]
    weights = {run.id: cost(run.spec).macs for run in active}
    done = sum((run.iteration - run.leg_from) * weights[run.id] for run in active)
    left = sum((run.recipe.iterations - run.iteration) * weights[run.id] for run in active)
    if not active or done <= 0:
        return None
    started = max(run.leg_started or 0.0 for run in active)
    elapsed = (now or time.time()) - started
    return max(0.0, left * elapsed / done)


def state_sentence(comparison: Comparison, ahead: int | None) -> str:
    """What happens with the comparison as a whole, in words."""
    if ahead is not None and not comparison.running:
        if ahead == 0:
            return "Starting: the training processes get ready."
        return f"Waiting: {ahead} comparison{'s' if ahead > 1 else ''} ahead in the line."
    if comparison.message and comparison.running:
        share = (
            f": {comparison.done:,} of {comparison.total:,}"
            if comparison.done is not None and comparison.total
            else ""
        )
        if comparison.message.startswith("downloading") and comparison.total:
            share = f": {(comparison.done or 0) / 1e6:.0f} of {comparison.total / 1e6:.0f} MB"
        return f"{comparison.message[0].upper()}{comparison.message[1:]}{share}."
    ended = [run for run in comparison.runs if run.state not in states.ACTIVE]
    if comparison.active:
        return ""
    kinds = {run.state for run in ended}
    if kinds == {states.FINISHED}:
        return ""
    sentences = []
    for state in (states.STOPPED, states.INTERRUPTED, states.DIVERGED, states.FAILED):
        mine = [run for run in ended if run.state == state]
        if not mine:
            continue
        everyone = len(mine) == len(ended) > 1
        who = "All nets" if everyone else ", ".join(run.spec.title for run in mine)
        if state == states.FAILED and everyone:
            who = "The nets"
        if state == states.DIVERGED:
            what = "diverged: the loss is no longer a finite number. Try a lower learning rate"
        else:
            what = {
                states.STOPPED: f"stopped at iteration {min(run.iteration for run in mine):,}",
                states.INTERRUPTED: "were interrupted" if len(mine) > 1 else "was interrupted",
                states.FAILED: "could not be trained",
            }[state]
        reasons = list(dict.fromkeys(run.message for run in mine if run.message))
        sentences.append(f"{who} {what}{': ' + '; '.join(reasons) if reasons else ''}.")
    return " ".join(sentences)


def verdict_of(snapshot: Snapshot) -> str:
    """The verdict on the curves so far; "" while there is nothing to compare."""
    curves = [each for each in snapshot.curves if each.tests and each.tests[-1].iteration > 0]
    if len(curves) < len(snapshot.curves) or len({each.run.spec for each in curves}) < len(curves):
        return ""
    last = {each.run.spec: each.tests[-1] for each in curves}
    recipe = curves[0].run.recipe
    complete = all(each.run.state == states.FINISHED for each in curves)
    images = recipe.final_images if complete else recipe.test_images
    errors = {spec: row.train_error for spec, row in last.items() if row.train_error is not None}
    words = verdict(errors, images or recipe.images or 10_000)
    if not words or complete:
        return words
    least = min(row.iteration for row in last.values())
    return f"So far, at iteration {least:,}: {words}"


def evidence(snapshot: Snapshot) -> str:
    """The training errors that the verdict stands on, and on how many seeds."""
    parts = []
    titles = short_titles([each.run.spec for each in snapshot.curves])
    for each in snapshot.curves:
        if each.tests and each.tests[-1].train_error is not None:
            parts.append(f"{titles[each.run.spec]} {each.tests[-1].train_error:.1f} %")
    seeds = {each.run.recipe.seed for each in snapshot.curves}
    count = "One seed" if len(seeds) == 1 else f"{len(seeds)} seeds"
    return f"Training error: {', '.join(parts)}. {count}."


def numbers(curves: Sequence[Curves]) -> list[dict[str, object]]:
    """A table of the latest figures, one row a net."""
    table = []
    for each in curves:
        run, tests, trained = each.run, each.tests, each.trained
        table.append(
            {
                "net": run.spec.title,
                "state": run.state,
                "seed": run.recipe.seed,
                "iteration": run.iteration,
                "training error, %": tests[-1].train_error if tests else None,
                "test error, %": tests[-1].test_error if tests else None,
                "loss": trained[-1].loss if trained else None,
                "seconds": round(run.seconds, 1),
                "parameters": cost(run.spec).parameters,
                "trained on": run.data,
                "machine": run.device,
            }
        )
    return table


def csv_text(snapshot: Snapshot) -> str:
    """The rows of a comparison as CSV, with the command line's columns."""
    lines = ["net,seed,iteration,seconds,learning_rate,loss,train_error,test_error"]
    for each in snapshot.curves:
        for row in each.rows:
            values = (row.learning_rate, row.loss, row.train_error, row.test_error)
            cells = ["" if value is None else repr(value) for value in values]
            head = [
                str(each.run.spec),
                str(each.run.recipe.seed),
                str(row.iteration),
                f"{row.seconds:.2f}",
            ]
            lines.append(",".join(head + cells))
    return "\n".join(lines) + "\n"
