"""What is said of which classes a net takes for which."""

from collections.abc import Sequence

import numpy as np

from resnet.labs.sees.result import Confusion
from resnet.labs.sentences import Said, names, spoken, untrained
from resnet.paper.tables import TABLE_6
from resnet.spec.checks import listed


def said(results: Sequence[Confusion]) -> Said:
    """Errors, the pair of classes that is mixed up most, and what the paper prints."""
    named = names(results)
    numbers = tuple(
        (name, f"{each.error:.1f} %", f"error on {each.images:,} images")
        for name, each in zip(named, results, strict=True)
    )
    return Said(
        numbers,
        (
            _found(results, spoken(results)),
            _held_against(results, spoken(results)),
            _differs(results, spoken(results)),
        ),
    )


def worst(result: Confusion) -> tuple[str, str, int, int]:
    """What is mixed up most: (what it is, what was said, how often, how often the other way)."""
    counts = np.array(result.counts)
    np.fill_diagonal(counts, 0)
    row, column = np.unravel_index(int(counts.argmax()), counts.shape)
    return (
        result.classes[row], result.classes[column],
        int(counts[row, column]), int(counts[column, row]),
    )  # fmt: skip


def of_each(result: Confusion) -> np.ndarray:
    """(classes,) error in percent of each class; NaN for one without images."""
    counts = np.asarray(result.counts, np.float64)
    total = counts.sum(1)
    right = np.diag(counts)
    return np.where(total > 0, 100 * (1 - right / np.maximum(total, 1)), np.nan)


def _found(results: Sequence[Confusion], named: Sequence[str]) -> str:
    clauses = []
    for name, each in zip(named, results, strict=True):
        label, taken, often, back = worst(each)
        if not often:
            clauses.append(f"{name} is right about all {each.images:,} images")
            continue
        errors = of_each(each)
        best, hardest = int(np.nanargmin(errors)), int(np.nanargmax(errors))
        clauses.append(
            f"{name} most often takes {label} for {taken} ({often:,} times; "
            f"{back:,} the other way round), and is wrong about {each.classes[hardest]} "
            f"in {errors[hardest]:.0f} %, about {each.classes[best]} in "
            f"{errors[best]:.0f} %"
        )
    return f"{'; '.join(clauses)}."


def _held_against(results: Sequence[Confusion], named: Sequence[str]) -> str:
    published = {row.net: row.error for row in TABLE_6 if row.net}
    clauses = []
    for name, each in zip(named, results, strict=True):
        if each.net not in published:
            continue
        error = published[each.net]
        gap = each.error - error
        clauses.append(
            f"{error:.2f} % for {name}, here {abs(gap):.1f} points {'more' if gap > 0 else 'less'}"
        )
    if not clauses:
        return (
            "He et al. 2015 print the error over all test images alone (Table 6), and none for "
            f"{listed(named, 'or')}."
        )
    return (
        f"He et al. 2015 print the error over all test images alone: Table 6 has {listed(clauses)}."
    )


def _differs(results: Sequence[Confusion], named: Sequence[str]) -> str:
    counts = listed(sorted({f"{each.images:,}" for each in results}))
    words = (
        f"Theirs is after 64,000 iterations on the 10,000 test images of CIFAR-10; ours is on "
        f"{counts} images, after what training the net has had, so cells with few images tell "
        "little"
    )
    fresh = [name for name, each in zip(named, results, strict=True) if untrained(each)]
    if fresh:
        words += f"; {listed(fresh)} can only guess"
    return f"{words}."
