"""The command that makes a comparison again, read off its nets and recipes."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from explorer.store.records import EXTENDED, RATE, Run
from explorer.store.snapshots import Snapshot
from resnet.cli.arguments import RECIPE, Entries, option
from resnet.lessons import LESSONS
from resnet.spec import Recipe
from resnet.spec.names import Entry
from resnet.spec.net import for_classes

ANY: dict[str, Any] = {
    "seed": 0,
    "data": "cifar10",
}  # what a command says by itself, whatever the recipe is


def command_of(snapshot: Snapshot) -> str:
    """`python -m explorer train ...` with the same nets, recipes, seeds and data set.

    "" where no command says that: recipes that differ from net to net outside a lesson, seeds with
    gaps. What was changed by hand while it trained is said behind the command.
    """
    comparison = snapshot.comparison
    seeds = sorted({run.recipe.seed for run in comparison.runs})
    first, *others = [_entries(comparison.runs, seed) for seed in seeds]
    if any(other != first for other in others) or seeds != list(range(seeds[0], seeds[-1] + 1)):
        return ""
    words = _lesson_words(first, comparison.lesson) or _own_words(first)
    if not words:
        return ""
    words += ["--data", comparison.runs[0].recipe.data, "--seed", str(seeds[0])]
    if len(seeds) > 1:
        words += ["--seeds", str(len(seeds))]
    by_hand = sum(event.kind in (RATE, EXTENDED) for event in snapshot.events)
    changes = f"  # and {by_hand} change{'s' if by_hand > 1 else ''} by hand" if by_hand else ""
    return shlex.join(["python", "-m", "explorer", "train", *words]) + changes


def _entries(runs: Sequence[Run], seed: int) -> Entries:
    """Nets and recipes of one seed, without what is not theirs alone."""
    return [Entry(run.spec, replace(run.recipe, **ANY)) for run in runs if run.recipe.seed == seed]


def _lesson_words(entries: Entries, name: str | None) -> list[str]:
    """ "--lesson NAME", with what was changed of its recipes; [] where it is not that lesson."""
    lesson = LESSONS.get(name or "")
    if lesson is None:
        return []
    for chosen, gpu in ((lesson.entries, []), (lesson.gpu, ["--gpu"])):
        if len(chosen) != len(entries):
            continue
        pairs = [
            (for_classes(entry.net, spec.classes or 10), spec, entry.recipe, recipe)
            for entry, (spec, recipe) in zip(chosen, entries, strict=True)
        ]
        changes = [_changes(theirs, recipe) for _, _, theirs, recipe in pairs]
        same_nets = all(wanted == spec for wanted, spec, _, _ in pairs)
        if same_nets and all(each == changes[0] for each in changes):
            return ["--lesson", lesson.name, *gpu, *changes[0]]
    return []


def _own_words(entries: Entries) -> list[str]:
    """Nets by name, with what was changed of the paper's recipe."""
    changes = _changes(Recipe(), entries[0][1])
    if len({recipe for _, recipe in entries}) > 1:
        return []
    return [*(str(spec) for spec, _ in entries), *changes]


def _changes(from_recipe: Recipe, to: Recipe) -> list[str]:
    """Options that make one recipe the other, but for seed and data."""
    before, words = asdict(replace(from_recipe, **ANY)), []
    for name, value in asdict(to).items():
        if value == before[name]:
            continue
        if isinstance(value, bool):
            words.append(option(name if value else f"no_{name}"))
        else:
            text = repr(value) if isinstance(value, float) else str(value)
            words += [option(name), RECIPE[name].none if value is None else text]
    return words
