"""How comparisons and runs are called in lists and sentences."""

from datetime import datetime

from explorer.report.progress import progress
from explorer.store import states
from explorer.store.records import Comparison, Run, Visitor, is_mine
from resnet.spec.checks import capitalised, listed
from resnet.spec.names import Entry, curve, in_a_sentence

LONGEST_TITLE = 40
LONGEST_NOTE = 140
MOST_SEEDS = 6


def when(comparison: Comparison) -> str:
    return datetime.fromtimestamp(comparison.created).strftime("%d %b %Y, %H:%M")


def seeds(comparison: Comparison) -> str:
    """ "seed 0", "seeds 0, 1 and 2", "9 seeds"."""
    known = comparison.seeds
    if len(known) > MOST_SEEDS:
        return f"{len(known)} seeds"
    return f"seed{'s' if len(known) > 1 else ''} {listed(known)}"


def nets(comparison: Comparison) -> str:
    """The titles, each once; how many recipes it comes with where it is several."""
    recipes: dict[str, set[Entry]] = {}
    for run in comparison.runs:
        known = recipes.setdefault(in_a_sentence(run.spec.title), set())
        known.add(curve(run.spec, run.recipe))
    return ", ".join(
        title if len(known) == 1 else f"{title} ({len(known)} recipes)"
        for title, known in recipes.items()
    )


def states_words(comparison: Comparison) -> str:
    """ "finished", or "2 finished, 1 stopped"."""
    kinds = [run.state for run in comparison.runs]
    if len(set(kinds)) == 1:
        return states.WORDS[kinds[0]].split(":")[0]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in states.WORDS if kind in kinds)


def standing(comparison: Comparison, by: Visitor | None) -> str:
    """When, in what state, how far, and where from, as plain text."""
    _share, how_far = progress(comparison)
    parts = [when(comparison), f"{states_words(comparison)}, {how_far}"]
    if by is not None and is_mine(comparison, by):
        parts.append("yours")
    if comparison.origin:
        parts.append(f"from {comparison.origin}")
    return ". ".join(capitalised(part) for part in parts) + "."


def first_line(note: str) -> str:
    line = next((line.strip() for line in note.splitlines() if line.strip()), "")
    return line if len(line) <= LONGEST_NOTE else f"{line[: LONGEST_NOTE - 1]}…"


def short_name(run: Run) -> str:
    """ "ResNet-56 A, seed 1"."""
    return f"{in_a_sentence(run.spec.title)}, seed {run.recipe.seed}"


def run_name(run: Run, comparison: Comparison) -> str:
    """ "ResNet-56 A, seed 1 (Degradation, 21 Nov 10:04)"."""
    title = comparison.title
    if len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1]}…"
    moment = datetime.fromtimestamp(comparison.created).strftime("%d %b %H:%M")
    return f"{short_name(run)} ({title}, {moment})"
