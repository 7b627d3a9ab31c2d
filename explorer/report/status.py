"""What happens with a comparison as a whole, in one or two sentences."""

from collections.abc import Sequence

from explorer.report.formatting import about
from explorer.store import states
from explorer.store.records import Comparison, Run
from resnet.spec.checks import listed

ENDED_EARLY = (states.STOPPED, states.INTERRUPTED, states.DIVERGED, states.FAILED)


def state_sentence(comparison: Comparison, ahead: int | None, starts: float | None = None) -> str:
    """What the curves do not tell: that it waits, prepares, is paused, or that nets ended early.

    ahead   how many comparisons are before it in the line; None where it does not wait
    starts  seconds until its turn, where they are known
    """
    if ahead is not None and not comparison.running:
        return _waiting(comparison, ahead, starts)
    if comparison.paused:
        return _paused([run for run in comparison.runs if run.state == states.PAUSED])
    if comparison.message and comparison.running:
        return _preparing(comparison)
    return " ".join(
        _ended(comparison, state, mine)
        for state in ENDED_EARLY
        if (mine := [run for run in comparison.runs if run.state == state])
    )


def _waiting(comparison: Comparison, ahead: int, starts: float | None) -> str:
    if ahead == 0:
        return "Starting: the training processes get ready."
    words = f"{ahead} comparison{'s' if ahead > 1 else ''} ahead in the line"
    words += "" if starts is None else f", starts in {about(starts)}"
    turns = sorted({run.turn for run in comparison.runs})
    turn = min((run.turn for run in comparison.runs if run.state == states.QUEUED), default=0)
    if len(turns) > 1 and turn in turns[1:]:
        return f"Seed {turns.index(turn) + 1} of {len(turns)} waits: {words}."
    if begun := [run for run in comparison.runs if run.iteration and run.state == states.QUEUED]:
        return f"Waits at {_iterations(begun)}, saved, while others have a turn: {words}."
    return f"Waiting: {words}."


def _paused(paused: Sequence[Run]) -> str:
    where = _iterations(paused)
    if any(run.held for run in paused):
        return f"Paused at {where}."
    return (
        f"Paused at {where} and saved; the machine works for others. Resume puts it back in line."
    )


def _preparing(comparison: Comparison) -> str:
    share = ""
    if comparison.done is not None and comparison.total:
        share = f": {comparison.done:,} of {comparison.total:,}"
        if comparison.message.startswith("downloading"):
            share = f": {comparison.done / 1e6:.0f} of {comparison.total / 1e6:.0f} MB"
    return f"{comparison.message[0].upper()}{comparison.message[1:]}{share}."


def _ended(comparison: Comparison, state: str, mine: list[Run]) -> str:
    """Who ended in this state, at which iteration and why; seeds that never began, apart."""
    first = min(run.turn for run in mine)
    unbegun = [run for run in mine if run.turn > first and run.iteration == 0]
    mine = [run for run in mine if run not in unbegun]
    if state == states.DIVERGED:
        what = "diverged: the loss is no longer a finite number. Try a lower learning rate"
    else:
        what = {
            states.STOPPED: f"stopped at {_iterations(mine)}",
            states.INTERRUPTED: "were interrupted" if len(mine) > 1 else "was interrupted",
            states.FAILED: "could not be trained",
        }[state]
    reasons = list(dict.fromkeys(run.message for run in mine if run.message))
    who = _who(comparison, mine)
    if state == states.FAILED and who == "All nets":
        who = "The nets"
    sentence = f"{who} {what}{': ' + '; '.join(reasons) if reasons else ''}."
    if unbegun:
        seeds = sorted({run.recipe.seed for run in unbegun})
        sentence += (
            f" {_seeds(seeds).capitalize()} {'was' if len(seeds) == 1 else 'were'} not begun."
        )
    return sentence


def _who(comparison: Comparison, mine: Sequence[Run]) -> str:
    """ "All nets", "All nets of seed 1", or their titles, with the seed where there are several."""
    everyone = {run.id for run in comparison.runs}
    ids = {run.id for run in mine}
    if len(mine) > 1 and ids == everyone:
        return "All nets"
    several = len(comparison.seeds) > 1
    seeds = sorted({run.recipe.seed for run in mine})
    whole = {run.id for run in comparison.runs if run.recipe.seed in seeds}
    if several and ids == whole and len(mine) > len(seeds):
        return f"All nets of {_seeds(seeds)}"
    return listed(
        f"{run.spec.title} (seed {run.recipe.seed})" if several else run.spec.title for run in mine
    )


def _seeds(seeds: Sequence[int]) -> str:
    return f"seed{'s' if len(seeds) > 1 else ''} {listed(seeds)}"


def _iterations(runs: Sequence[Run]) -> str:
    """ "iteration 243", or "iterations 240 to 243"."""
    low, high = (choose(run.iteration for run in runs) for choose in (min, max))
    return f"iteration {low:,}" if low == high else f"iterations {low:,} to {high:,}"
