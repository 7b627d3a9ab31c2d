"""What is said of the size of F(x) against that of x.

How far the figures move where other images are shown (trained nets), or other first weights are
drawn as well (untrained ones), was measured with 1,000 images, three times, on ResNet-20 A and
ResNet-56 A: `python benchmarks/resolutions.py residual_size`. Fewer images move them by the root of
so many times more. That medians within 5 % are called the same is a convention, as is NEAR.
"""

from collections.abc import Sequence
from itertools import combinations
from math import ceil, comb, sqrt

import numpy as np

from resnet.labs.residual_size.result import ResidualSize
from resnet.labs.sentences import (
    AGAINST,
    AS_SAID,
    OPEN,
    Said,
    images_words,
    names,
    spoken,
    told_apart,
    untrained,
)
from resnet.spec import NetSpec
from resnet.spec.checks import capitalised
from resnet.verdict.single import Resolution, Size, against, apart

NEAR = 0.2  # mean relative distance to the expected ratios that counts as agreement
MEASURED_WITH = 1000  # images
MEDIAN = Resolution(deviation=0.0039, degrees=4, same=0.05)  # of trained nets
BLOCK = Resolution(deviation=0.0046, degrees=72, same=0.05)
FRESH_BLOCK = Resolution(deviation=0.022, degrees=72, same=0.05)
OFF = Resolution(deviation=0.013, degrees=4, same=NEAR, ratio=False)


def said(results: Sequence[ResidualSize]) -> Said:
    """The median ratio of each net, and how it stands to the expectation or to another depth."""
    named = names(results)
    numbers = tuple(
        (name, f"{np.median(each.ratio):.2f}", f"F(x) over x, median of {len(each.blocks)} blocks")
        for name, each in zip(named, results, strict=True)
    )
    return Said(
        numbers,
        (
            _found(results, spoken(results)),
            _held_against(results, spoken(results)),
            _differs(results),
        ),
    )


def off_expected(result: ResidualSize) -> float:
    """Mean of |ratio / expected - 1| over the blocks; NaN where nothing can be expected."""
    return float(np.mean(np.abs(result.ratio / result.expected - 1)))


def above_root(result: ResidualSize) -> float:
    """Mean of ratio √l - 1 over the blocks l = 1, 2, ...: how far above one over the root of l."""
    return float(np.mean(result.ratio * np.sqrt(np.arange(1, len(result.blocks) + 1)) - 1))


def _smaller(result: ResidualSize) -> tuple[int, int]:
    """In how many blocks F(x) is shown to be smaller than x, and in how many to be larger."""
    resolution = (FRESH_BLOCK if untrained(result) else BLOCK).by(_coarser(result))
    count = len(result.blocks)
    sizes = [against(1.0, float(each), resolution, count).size for each in result.ratio]
    return sizes.count(Size.SMALLER), sizes.count(Size.LARGER)


def _coarser(*results: ResidualSize) -> float:
    return sqrt(MEASURED_WITH / min(each.images for each in results))


def _found(results: Sequence[ResidualSize], named: Sequence[str]) -> str:
    clauses = []
    for name, each in zip(named, results, strict=True):
        (smaller, larger), least = _smaller(each), int(np.argmin(each.ratio))
        more = f", larger in {larger}" if larger else ""
        clauses.append(
            f"in {name} what a block adds, F(x), is smaller than what it adds to, x, in {smaller} "
            f"of {len(each.blocks)} blocks{more} (down to {each.ratio[least]:.2f} times x, in "
            f"{each.blocks[least]})"
        )
    return f"{capitalised('; '.join(clauses))}."


def _held_against(results: Sequence[ResidualSize], named: Sequence[str]) -> str:
    sentences = []
    fresh = [(name, each) for name, each in zip(named, results, strict=True) if untrained(each)]
    if fresh:
        sentences.append(_of_fresh(fresh))
    trained = [
        (name, each) for name, each in zip(named, results, strict=True) if not untrained(each)
    ]
    if trained:
        sentences.append(_of_trained(trained))
    return " ".join(sentences)


def _of_fresh(fresh: Sequence[tuple[str, ResidualSize]]) -> str:
    """Untrained nets, held against one over the root, and against our arithmetic after it."""
    clauses = []
    for name, each in fresh:
        off = off_expected(each)
        if np.isnan(off):
            clauses.append(f"of {name} nothing is expected, for it lacks BN or ReLU")
            continue
        verdict = {
            Size.SMALLER: "which describes them",
            Size.LARGER: "which does not describe them",
        }.get(against(NEAR, off, OFF.by(_coarser(each))).size, f"{OPEN} whether it describes them")
        clauses.append(
            f"the ratios of {name} lie {_beside_root(each)} on average, and {100 * off:.0f} % off "
            f"our own arithmetic, {verdict}"
        )
    words = (
        "De and Smith 2020 find that BN shrinks F(x) beside x in an untrained net, about like one "
        "over the square root of the block's number l"
    )
    if all(np.isnan(off_expected(each)) for _, each in fresh):
        return f"{words}; {'; '.join(clauses)}."
    specs = [NetSpec.parse(each.net) for _, each in fresh]
    return (
        f"{words}; {'; '.join(clauses)}. Our arithmetic, after theirs: {_arithmetic(specs)}. "
        f"Within {100 * NEAR:.0f} % on average we say that it describes them."
    )


def _beside_root(result: ResidualSize) -> str:
    """ "38 % above 1/√l"."""
    above = above_root(result)
    found = against(0.0, above, OFF.by(_coarser(result)))
    if found.size is Size.LARGER:
        return f"{100 * above:.0f} % above 1/√l"
    if found.size is Size.SMALLER:
        return f"{-100 * above:.0f} % below 1/√l"
    return f"within {ceil(100 * max(-found.low, found.high))} % of 1/√l"


def _arithmetic(specs: Sequence[NetSpec]) -> str:
    """What `expected_ratios` of the lab reckons, in a sentence."""
    words = (
        "the mean square of x is 1/2 after the first BN and ReLU and every block adds an F(x) of "
        "mean square 1, so that the l-th block of stage 1 has √(1 / (l − 1/2))"
    )
    if any(spec.shortcut == "A" for spec in specs):
        words += "; where stages 2 and 3 begin, zero padding halves the mean square of x"
    return words


def _of_trained(trained: Sequence[tuple[str, ResidualSize]]) -> str:
    claim = (
        "He et al. 2015 (Section 4.2) take residual functions to be generally closer to zero "
        "than others, and a layer of a deeper ResNet to change the signal less"
    )
    clauses = []
    for (name, each), (other_name, other) in combinations(trained, 2):
        if NetSpec.parse(each.net).depth == NetSpec.parse(other.net).depth:
            continue
        (shallow, one), (deep, two) = sorted(
            ((name, each), (other_name, other)), key=lambda net: NetSpec.parse(net[1].net).depth
        )
        before, after = float(np.median(one.ratio)), float(np.median(two.ratio))
        found = apart(before, after, MEDIAN.by(_coarser(one, two)), comb(len(trained), 2))
        adds = {
            Size.SMALLER: f"less, {AS_SAID}",
            Size.LARGER: f"more, {AGAINST}",
            Size.SAME: f"the same within 5 %, {AGAINST}",
            Size.UNKNOWN: "neither clearly less nor clearly more",
        }[found.size]
        clauses.append(
            f"{deep} adds {adds} ({after:.2f} of x in the median block, {shallow} {before:.2f})"
        )
    for name, each in trained if not clauses else ():
        (smaller, larger), count = _smaller(each), len(each.blocks)
        if 2 * smaller > count:
            clauses.append(f"in {name} most blocks add less than they are given, which fits")
        elif 2 * (count - larger) <= count:
            clauses.append(
                f"in {name} most blocks do not add less than they are given, which does not fit"
            )
        else:
            clauses.append(
                f"in {name} too many blocks add about what they are given to tell whether most add "
                "less"
            )
    return f"{claim}; here {'; '.join(clauses)}."


def _differs(results: Sequence[ResidualSize]) -> str:
    specs = [NetSpec.parse(each.net) for each in results]
    resolution = MEDIAN.by(_coarser(*results))
    words = [
        "Kept of the papers: BN in every branch, and what is added beside what it is added to. Not "
        "kept: no paper prints this ratio for these nets (Fig. 7 of He et al. shows deviations of "
        "layers), and De and Smith reckon without zero padding",
    ]
    if any(
        spec.order == "post" and untrained(each) for spec, each in zip(specs, results, strict=True)
    ):
        words.append(
            "our nets have a ReLU after every addition, which the arithmetic leaves out and which "
            "makes x grow more slowly"
        )
    if any(spec.shortcut == "A" for spec in specs):
        words.append(
            "the shortcuts into stages 2 and 3 fill half of the channels with zeros, so the ratio "
            "jumps there"
        )
    words.append(
        f"sizes are over {images_words([each.images for each in results])}; "
        f"{told_apart('medians of trained nets', resolution)}, by how far they move with other "
        "images"
    )
    return f"{'; '.join(words)}."
