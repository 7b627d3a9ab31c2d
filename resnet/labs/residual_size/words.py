"""What is said of the size of F(x) against that of x."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from resnet.labs.residual_size.result import ResidualSize
from resnet.labs.sentences import Said, names, spoken, untrained
from resnet.spec import NetSpec
from resnet.spec.checks import listed

NEAR = 0.2  # mean relative distance to the expected ratios that counts as agreement


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


def _found(results: Sequence[ResidualSize], named: Sequence[str]) -> str:
    clauses = []
    for name, each in zip(named, results, strict=True):
        smaller, least = int(np.sum(each.ratio < 1)), int(np.argmin(each.ratio))
        clauses.append(
            f"in {name} what a block adds, F(x), is smaller than what it adds to, x, in {smaller} "
            f"of {len(each.blocks)} blocks, the least in {each.blocks[least]} "
            f"({each.ratio[least]:.2f} times x)"
        )
    words = "; ".join(clauses)
    return f"{words[0].upper()}{words[1:]}."


def _held_against(results: Sequence[ResidualSize], named: Sequence[str]) -> str:
    sentences = []
    fresh = [(name, each) for name, each in zip(named, results, strict=True) if untrained(each)]
    if fresh:
        clauses = []
        for name, each in fresh:
            off = off_expected(each)
            if np.isnan(off):
                clauses.append(f"of {name} nothing is expected, for it lacks BN or ReLU")
            else:
                verdict = "as they say" if off <= NEAR else "which is not as they say"
                clauses.append(f"{name} is {100 * off:.0f} % off that on average, {verdict}")
        sentences.append(
            "De and Smith 2020 (Section 2) expect of an untrained net with BN that the ratio falls "
            f"like one over the square root of the block's number; {'; '.join(clauses)}."
        )
    trained = [
        (name, each) for name, each in zip(named, results, strict=True) if not untrained(each)
    ]
    if trained:
        sentences.append(_of_trained(trained))
    return " ".join(sentences)


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
        verdict = "less, as they say" if after < before else "no less, against that"
        clauses.append(
            f"{deep} adds {verdict} ({after:.2f} of x in the median block, {shallow} {before:.2f})"
        )
    if not clauses:
        most = all(np.mean(each.ratio < 1) > 0.5 for _, each in trained)
        clauses.append(
            f"in {listed(name for name, _ in trained)} "
            f"{'most' if most else 'not most'} blocks add less than they are given, "
            f"{'which fits' if most else 'which does not fit'}"
        )
    return f"{claim}; here {'; '.join(clauses)}."


def _differs(results: Sequence[ResidualSize]) -> str:
    specs = [NetSpec.parse(each.net) for each in results]
    words = [
        "no paper prints this ratio for these nets: Fig. 7 of He et al. shows deviations of layers",
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
    return f"{words[0][0].upper()}{'; '.join(words)[1:]}."
