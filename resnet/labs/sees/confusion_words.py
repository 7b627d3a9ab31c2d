"""What is said of which classes a net takes for which."""

from collections.abc import Sequence
from math import comb

import numpy as np

from resnet.labs.sees.result import Confusion
from resnet.labs.sentences import (
    ERRORS_TOLD,
    Said,
    ceiling,
    images_words,
    names,
    spoken,
    untrained,
)
from resnet.paper.comparable import PAPER_RECIPE, TEST_IMAGES
from resnet.paper.tables import TABLE_6
from resnet.spec.checks import listed
from resnet.verdict.single import Apart, Size, errors_apart, more_often


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
        errors, shown = of_each(each), np.asarray(each.counts).sum(1)
        best, hardest = int(np.nanargmin(errors)), int(np.nanargmax(errors))
        apart = errors_apart(
            float(errors[best]), float(errors[hardest]), int(shown[best]), int(shown[hardest]),
            comparisons=comb(int(np.isfinite(errors).sum()), 2),
        )  # fmt: skip
        open_ = "" if apart.size is Size.LARGER else ", which so few images cannot tell apart"
        most = "most often takes" if _leads(each) else "takes, as often as others or more,"
        clauses.append(
            f"{name} {most} {label} for {taken} ({often:,} times; "
            f"{back:,} the other way round), and is wrong about {each.classes[hardest]} "
            f"in {errors[hardest]:.0f} %, about {each.classes[best]} in "
            f"{errors[best]:.0f} %{open_}"
        )
    return f"{'; '.join(clauses)}."


def _leads(result: Confusion) -> bool:
    """Whether the pair that is mixed up most is shown to be so more often than the next one."""
    counts = np.array(result.counts)
    np.fill_diagonal(counts, 0)
    next_, most = np.sort(counts.ravel())[-2:].tolist()
    return more_often(next_, most, max(1, int((counts > 0).sum()) - 1)) is Size.LARGER


def _held_against(results: Sequence[Confusion], named: Sequence[str]) -> str:
    published = {row.net: row for row in TABLE_6 if row.net}
    clauses = []
    for name, each in zip(named, results, strict=True):
        if each.net not in published:
            continue
        row = published[each.net]
        what = f"{row.error:.2f} %"
        if row.mean is not None:
            what += f", best of five runs, mean {row.mean:.2f} ± {row.spread:.2f} %,"
        error = row.error if row.mean is None else row.mean
        found = errors_apart(error, each.error, TEST_IMAGES, each.images)
        clauses.append(f"{what} for {name}, {_beside(found)}")
    if not clauses:
        return (
            "He et al. 2015 print the error over all test images alone (Table 6), and none for "
            f"{listed(named, 'or')}."
        )
    return (
        "He et al. 2015 print the error over all test images alone, in a single view: Table 6 has "
        f"{listed(clauses)}."
    )


def _beside(found: Apart) -> str:
    """Our error beside a published one, whose images count too."""
    ends = sorted(abs(end) for end in (found.low, found.high))
    span = f"({ends[0]:.1f} to {ends[1]:.1f})"
    return {
        Size.LARGER: f"here {abs(found.apart):.1f} points more {span}",
        Size.SMALLER: f"here {abs(found.apart):.1f} points less {span}",
        Size.SAME: f"here the same within {ceiling(ends[1], 1)} points",
    }.get(found.size, f"here too few images to tell more from less by {ends[1]:.0f} points")


def _differs(results: Sequence[Confusion], named: Sequence[str]) -> str:
    words = (
        "Kept of the paper: the nets, and one view of every image. Not kept: theirs is after "
        f"{PAPER_RECIPE.iterations:,} iterations on the {TEST_IMAGES:,} test images of CIFAR-10; "
        f"ours is on {images_words([each.images for each in results])}, after what training the "
        f"net has had, so cells with few images tell little; {ERRORS_TOLD}"
    )
    fresh = [name for name, each in zip(named, results, strict=True) if untrained(each)]
    if fresh:
        words += f"; {listed(fresh)} can only guess"
    return f"{words}."
