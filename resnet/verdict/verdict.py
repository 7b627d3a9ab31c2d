"""What the curves show, in one sentence that claims no more than they do, and what it stands on.

The statistics are in `statistics`. "X does not" says that X's own difference is below what one
seed must show, and smaller than the one named before it by more than seeds make, in every seed;
it does not say that the difference is zero.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from statistics import mean, stdev

from resnet.spec.checks import listed
from resnet.spec.names import Entry, curve_names, short_titles
from resnet.verdict.factors import groups_by_factor, labels, shallow_and_deep
from resnet.verdict.phrases import number, points, range_words, seeds_words, signed
from resnet.verdict.statistics import BySeed, ErrorGap, Finding, difference, one_seed_gap

__all__ = ["Errors", "evidence", "short_titles", "verdict"]

Errors = Mapping[Entry, BySeed]  # training error in percent, by seed, of every curve

NEAR_GUESSING = (
    5.0  # points below what guessing gives; such nets are not said to train equally well
)

UNCLEAR = (Finding.SAME, Finding.UNKNOWN)
ALL_OF_THEM = {
    "shortcut": "the shortcut options",
    "activation": "the activations",
    "recipe": "the recipes",
    "order": "the orders of BN and ReLU",
    "width": "the widths",
    "block": "the blocks",
}


def verdict(errors: Errors, images: int, iterations: int) -> str:
    """Compares the curves by training error: depths where there are some, else what differs.

    images      on how many training images each error was measured
    iterations  after which they were

    "" where there is nothing to compare.
    """
    errors = {each: seeds for each, seeds in errors.items() if seeds}
    if len(errors) < 2:
        return ""
    factor, groups = groups_by_factor(list(errors))
    measured = _Measured(errors, images, iterations)
    if factor == "depth":
        clauses = _depth_clauses(measured, groups)
    else:
        clauses = [
            label + ranking
            for group, label in zip(groups, labels(groups), strict=True)
            if (ranking := _ranking(measured, group, factor))
        ]
    sentence = "; ".join(clauses)
    if not sentence:
        return ""
    if measured.one_seed and "one seed" not in sentence.lower():
        sentence += " (one seed)"
    return f"{sentence if _is_name(sentence, errors) else sentence[0].upper() + sentence[1:]}."


def evidence(errors: Errors, images: int, iterations: int) -> str:
    """What the verdict stands on: every curve's mean, spread and number of seeds.

    "plain-56 78.6 ± 1.4 % (77.8 to 80.2)": mean, standard deviation, least and most.
    """
    errors = {each: seeds for each, seeds in errors.items() if seeds}
    if not errors:
        return ""
    names = curve_names(list(errors))
    counts = {len(seeds) for seeds in errors.values()}
    of_each = [_spread(names[each], seeds, len(counts) > 1) for each, seeds in errors.items()]
    several = max(counts) > 1
    how = ", mean ± standard deviation (least to most)" if several else ""
    many = f" over {seeds_words(max(counts))}" if len(counts) == 1 and several else ""
    text = f"Training error on {images:,} images{how}{many}: {', '.join(of_each)}."
    if several:
        measured = _Measured(errors, images, iterations)
        factor, groups = groups_by_factor(list(errors))
        pairs = [shallow_and_deep(group) for group in groups] if factor == "depth" else []
        gaps = [(one, other, measured.gap(one, other)) for one, other in pairs]
        text += "".join(
            f" {names[other]} less {names[one]}: {signed(gap.mean, 1)} points, "
            f"95 % interval {signed(gap.mean - gap.margin)} to {signed(gap.mean + gap.margin)}."
            for one, other, gap in gaps
            if gap and gap.seeds > 1
        )
        return text
    least = one_seed_gap(iterations)
    return (
        f"{text} One seed: a difference below {least:g} point{'' if least == 1 else 's'} is not "
        "counted, as another seed alone can make it."
    )


class _Measured:
    """The errors, and what they say of two curves."""

    def __init__(self, errors: Errors, images: int, iterations: int) -> None:
        self.errors = errors
        self.one_seed = all(len(seeds) == 1 for seeds in errors.values())
        self._images = images
        self._iterations = iterations

    def gap(self, one: Entry, other: Entry) -> ErrorGap | None:
        return difference(self.errors[one], self.errors[other], self._images, self._iterations)

    def mean(self, each: Entry) -> float:
        return mean(self.errors[each].values())

    def guess(self, *curves: Entry) -> bool:
        """Whether all of them do little better than guessing among their classes."""
        return all(
            self.mean(each) >= 100 - 100 / int(each.net.classes or 10) - NEAR_GUESSING
            for each in curves
        )


def _depth_clauses(measured: _Measured, groups: list[list[Entry]]) -> list[str]:
    groups = sorted(groups, key=lambda group: not group[0].net.plain)  # plain nets first
    names = curve_names(list(measured.errors))
    pairs = [(*shallow_and_deep(group), measured.gap(*shallow_and_deep(group))) for group in groups]
    known = [(one, other, gap) for one, other, gap in pairs if gap is not None]
    clauses = []
    for place, (shallow, deep, gap) in enumerate(known):
        worse = place > 0 and known[0][2].finding is Finding.HIGHER
        if gap.finding in UNCLEAR and measured.guess(shallow, deep):
            clauses.append(f"{names[shallow]} and {names[deep]} do little better than guessing")
        elif worse and _does_not(known[0][2], gap):
            more = ""
            if gap.finding is Finding.LOWER:
                more = f": it trains better than {names[shallow]} by {number(-gap.mean, gap)}"
            clauses.append(f"{names[deep]} does not{more}")
        else:
            clauses.append(_pair(names[deep], names[shallow], gap))
    return clauses


def _does_not(worse: ErrorGap, gap: ErrorGap) -> bool:
    small = gap.mean < gap.one_seed and gap.finding is not Finding.HIGHER
    return small and worse.exceeds(gap)


def _pair(deep: str, shallow: str, gap: ErrorGap) -> str:
    if gap.finding is Finding.SAME:
        within = points(ceil(abs(gap.mean) + gap.margin), gap)
        over = f"within {within} over {seeds_words(gap.seeds)}"
        return f"{deep} trains about as well as {shallow} ({over})"
    direction, sign = ("worse", 1) if gap.mean >= 0 else ("better", -1)
    size = points(abs(gap.mean), gap)
    if gap.finding is not Finding.UNKNOWN:
        return f"{deep} trains {direction} than {shallow} by {size}{range_words(gap, sign)}"
    if gap.seeds == 1:
        enough = "one seed is not enough to say"
        return f"{enough} whether {deep} trains {direction} than {shallow}: {size}"
    return (
        f"not enough seeds to say whether {deep} trains {direction} than {shallow}: "
        f"{size}{range_words(gap, sign)}"
    )


def _ranking(measured: _Measured, group: Sequence[Entry], factor: str) -> str:
    """Which of the curves trains best, and how far behind the others are."""
    names = curve_names(group)
    order = sorted(group, key=measured.mean)
    best, others = order[0], [(each, measured.gap(order[0], each)) for each in order[1:]]
    known = [(each, gap) for each, gap in others if gap is not None]
    if not known:
        return ""
    behind = [(each, gap) for each, gap in known if gap.finding is Finding.HIGHER]
    level = [(each, gap) for each, gap in known if gap.finding is not Finding.HIGHER]
    if not behind and measured.guess(*group):
        return f"{listed(names[each] for each in group)} do little better than guessing"
    if not behind:
        return _level(group, names, level, factor)
    first, *rest = behind
    far = [f"{names[first[0]]} is {points(first[1].mean, first[1])} behind{range_words(first[1])}"]
    far += [f"{names[each]} {number(gap.mean, gap)}" for each, gap in rest]
    if not level:
        return f"{names[best]} trains best: {listed(far)}"
    leaders = listed([names[best], *(names[each] for each, _ in level)])
    return f"{leaders} train best, too close to tell apart; {listed(far)}"


def _level(
    group: Sequence[Entry],
    names: Mapping[Entry, str],
    gaps: Sequence[tuple[Entry, ErrorGap]],
    factor: str,
) -> str:
    widest = max((gap for _, gap in gaps), key=lambda gap: gap.mean)
    if all(gap.finding is Finding.SAME for _, gap in gaps):
        within = max(ceil(abs(gap.mean) + gap.margin) for _, gap in gaps)
        over = f"within {points(within, widest)} over {seeds_words(widest.seeds)}"
        return f"{listed(names[each] for each in group)} train about equally well ({over})"
    plain_among = factor == "shortcut" and any(each.net.plain for each in group)
    every = ALL_OF_THEM.get(factor) if not plain_among else None
    every = every or listed(names[each] for each in group)
    runs = "one seed" if widest.seeds == 1 else "these runs"
    size = f"{points(widest.mean, widest)}{'' if len(group) == 2 else ' at most'}"
    over = "" if widest.seeds == 1 else f" over {seeds_words(widest.seeds)}"
    return f"{every} differ by less than {runs} can tell ({size}{over})"


def _spread(name: str, seeds: BySeed, say_seeds: bool) -> str:
    values = list(seeds.values())
    many = seeds_words(len(values)) if say_seeds else ""
    if len(values) == 1:
        return f"{name} {values[0]:.1f} %" + (f" ({many})" if many else "")
    span = ", ".join(filter(None, (f"{min(values):.1f} to {max(values):.1f}", many)))
    return f"{name} {mean(values):.1f} ± {stdev(values):.1f} % ({span})"


def _is_name(sentence: str, errors: Errors) -> bool:
    """Whether the sentence begins with a net, whose name keeps its small letter."""
    return any(sentence.startswith(name) for name in curve_names(list(errors)).values())
