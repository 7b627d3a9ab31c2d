"""What the curves show, in one sentence that claims no more than they do, and what it stands on.

Which errors count says `standing`, what they allow to be said `judge`; here are the words. All
comparisons of a sentence hold together at 95 %. "X does not" says that X's own difference is at
most DENIED of the one named before it, and names the bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev

from resnet.spec.checks import listed
from resnet.spec.fields import fields_of
from resnet.spec.names import Entry, curve_names, short_titles, value_of
from resnet.spec.net import NetSpec
from resnet.spec.recipe import Recipe
from resnet.verdict.factors import groups_by_factor, labels, shallow_and_deep
from resnet.verdict.judge import DENIED, Basis, BySeed, Finding, Judgement, exceeds
from resnet.verdict.phrases import bound, interval, points, seeds_words, stated
from resnet.verdict.standing import Standing

__all__ = ["Comparison", "comparisons", "denials", "evidence", "short_titles", "verdict"]

NEAR_GUESSING = 5.0  # points below what guessing gives; such nets are not said to train alike
ALL_OF_THEM = {
    "shortcut": "the shortcut options",
    "activation": "the activations",
    "recipe": "the recipes",
    "order": "the orders of BN and ReLU",
    "width": "the widths",
    "block": "the blocks",
}


@dataclass(frozen=True)
class Comparison:
    """Two curves of a verdict, the second held against the first."""

    one: Entry
    other: Entry
    judged: Judgement


@dataclass(frozen=True)
class _Group:
    """Curves that differ in one thing, and those of them that are compared."""

    members: list[Entry]
    label: str
    compared: list[Comparison]


def verdict(stands: Standing | None) -> str:
    """Compares the curves by training error: depths where there are some, else what differs.

    "" where there is nothing to compare.
    """
    if stands is None:
        return ""
    factor, groups = _compared(stands)
    names = curve_names(list(dict.fromkeys((*stands.errors, *stands.diverged))))
    if factor == "depth":
        clauses = _depths(stands, groups, names)
    else:
        clauses = [
            f"{group.label}{words}"
            for group in groups
            if (words := _ranking(stands, group, factor, names))
        ]
    clauses += _divergences(stands, names)
    if not clauses:
        return ""
    said = "; ".join(clauses)
    if any(each.judged.basis is Basis.ONE_RUN for group in groups for each in group.compared):
        said = f"in this one run, {said}"
    if not stands.when and not any(said.startswith(name) for name in names.values()):
        said = said[0].upper() + said[1:]  # a net's name keeps its small letter
    return f"{stands.when}{said}."


def comparisons(stands: Standing | None) -> list[Comparison]:
    """The comparisons that the verdict makes, each with its judgement."""
    return [each for group in _compared(stands)[1] for each in group.compared] if stands else []


def denials(stands: Standing | None) -> list[Comparison]:
    """Those of which the verdict says "does not"."""
    factor, groups = _compared(stands) if stands else ("", [])
    found = [each for group in groups for each in group.compared] if factor == "depth" else []
    return [each for each in found[1:] if _denied(found[0].judged, each.judged)]


def evidence(stands: Standing | None) -> str:
    """What the verdict stands on: every curve's mean, spread and number of seeds, every judgement.

    A line for the errors, "plain-56 78.6 ± 1.4 % (77.8 to 80.2)" being mean, standard deviation,
    least and most; a line for each judgement.
    """
    if stands is None or not stands.errors:
        return ""
    names = curve_names(list(stands.errors))
    found = comparisons(stands)
    lines = [
        f"{names[each.other]} less {names[each.one]}: {stated(each.judged)}." for each in found
    ]
    if found:
        together = " together" if len(found) > 1 else ""
        lines[-1] += f" The interval{'s hold' if together else ' holds'}{together} at 95 %."
    return "\n".join([errors_words(stands), *lines])


def errors_words(stands: Standing) -> str:
    """Every curve's errors, on how many images they were measured, over how many seeds."""
    names = curve_names(list(stands.errors))
    counts = {len(seeds) for seeds in stands.errors.values()}
    of_each = [
        _spread(names[each], seeds, len(counts) > 1) for each, seeds in stands.errors.items()
    ]
    several = max(counts) > 1
    how = ", mean ± standard deviation (least to most)" if several else ""
    many = f" over {seeds_words(max(counts))}" if len(counts) == 1 and several else ""
    return f"Training error on {stands.images:,} images{how}{many}: {', '.join(of_each)}."


def _compared(stands: Standing) -> tuple[str, list[_Group]]:
    if len(stands.errors) < 2:
        return "", []
    factor, members = groups_by_factor(list(stands.errors))
    if factor == "depth":
        members = sorted(members, key=lambda group: not group[0].net.plain)  # plain nets first
        pairs = [[shallow_and_deep(group)] for group in members]
    else:
        pairs = [[(_reference(group, factor), other) for other in group] for group in members]
        pairs = [[(one, other) for one, other in group if one != other] for group in pairs]
    count = sum(map(len, pairs))
    found = []
    for group, label, some in zip(members, labels(members), pairs, strict=True):
        judged = [(one, other, stands.compare(one, other, count)) for one, other in some]
        compared = [Comparison(one, other, each) for one, other, each in judged if each]
        found.append(_Group(group, "" if factor == "depth" else label, compared))
    return factor, found


def _reference(group: Sequence[Entry], factor: str) -> Entry:
    """The curve that the others are held against, chosen before any error is seen.

    The one with the usual value where something is varied that has one, else the first listed.
    """
    if factor not in (*fields_of(NetSpec), *fields_of(Recipe)):
        return group[0]
    usual = getattr(NetSpec(), factor) if factor in fields_of(NetSpec) else None
    return next((each for each in group if value_of(each, factor) == usual), group[0])


def _depths(stands: Standing, groups: list[_Group], names: Mapping[Entry, str]) -> list[str]:
    clauses = []
    first: Judgement | None = None
    for group in groups:
        for each in group.compared:
            shallow, deep, judged = names[each.one], names[each.other], each.judged
            told = judged.finding in (Finding.WORSE, Finding.BETTER)
            if not told and _guess(stands, each.one, each.other):
                clauses.append(f"{shallow} and {deep} do little better than guessing")
            elif first and _denied(first, judged):
                clauses.append(f"{deep} does not{_how_far(shallow, judged)}")
            else:
                clauses.append(_pair(deep, shallow, judged))
            first = first or judged
    return clauses


def _denied(first: Judgement, judged: Judgement) -> bool:
    return (
        first.finding is Finding.WORSE
        and judged.basis is not Basis.ONE_RUN
        and judged.finding is not Finding.WORSE
        and exceeds(first, judged, DENIED)
    )


def _how_far(shallow: str, judged: Judgement) -> str:
    if judged.finding is Finding.BETTER:
        size = points(-judged.difference, judged)
        return f": it trains better than {shallow} by {size} {interval(judged, better=True)}"
    most = replace(judged, low=0.0, high=max(judged.high, 0.0))
    return f" (at most {bound(most)}, {seeds_words(judged.seeds)})"


def _pair(other: str, one: str, judged: Judgement) -> str:
    """One curve against another, in the words that its judgement allows."""
    worse = judged.difference >= 0
    size = points(abs(judged.difference), judged)
    if judged.basis is Basis.ONE_RUN:
        if judged.in_this_run in (Finding.WORSE, Finding.BETTER):
            return f"{other} has {size} {'more' if worse else 'less'} training error than {one}"
        return f"{other} and {one} end within {bound(judged)} of training error"
    if judged.finding is Finding.SAME:
        return (
            f"{other} trains as well as {one} within {bound(judged)} ({seeds_words(judged.seeds)})"
        )
    direction = "worse" if worse else "better"
    span = interval(judged, better=not worse)
    if judged.finding is not Finding.UNKNOWN:
        return f"{other} trains {direction} than {one} by {size} {span}"
    few = "one seed is" if judged.seeds == 1 else f"{judged.seeds} seeds are"
    span = interval(judged, better=not worse, seeds=False)
    return f"{few} not enough to say whether {other} trains {direction} than {one}: {size} {span}"


def _ranking(stands: Standing, group: _Group, factor: str, names: Mapping[Entry, str]) -> str:
    """How the curves stand to the one that they are held against."""
    compared = group.compared
    if not compared:
        return ""
    names = {**names, **curve_names(group.members)} if group.label else names
    told = [each for each in compared if each.judged.in_this_run in (Finding.WORSE, Finding.BETTER)]
    if not told and _guess(stands, *group.members):
        return f"{listed(names[each] for each in group.members)} do little better than guessing"
    if len(compared) == 1:
        return _pair(names[compared[0].other], names[compared[0].one], compared[0].judged)
    one = names[compared[0].one]
    if not told:
        return _level(group, factor, names)
    clauses = [
        _step(names[each.other], each.judged, first=place == 0) for place, each in enumerate(told)
    ]
    rest = [each for each in compared if each not in told]
    clauses += [_open(names[each.other], each.judged) for each in rest]
    return f"against {one}, {', '.join(clauses)}"


def _step(other: str, judged: Judgement, first: bool) -> str:
    worse = judged.difference >= 0
    size = points(abs(judged.difference), judged)
    if judged.basis is Basis.ONE_RUN:
        more = (
            f"{'more' if worse else 'less'} training error"
            if first
            else "more"
            if worse
            else "less"
        )
        return f"{other} {'has ' if first else ''}{size} {more}"
    span = interval(judged, better=not worse)
    verb = "trains " if first else ""
    return f"{other} {verb}{'worse' if worse else 'better'} by {size} {span}"


def _open(other: str, judged: Judgement) -> str:
    if judged.basis is Basis.ONE_RUN or judged.finding is Finding.SAME:
        return f"{other} the same within {bound(judged)}"
    worse = judged.difference >= 0
    size = f"{points(abs(judged.difference), judged)} {'more' if worse else 'less'}"
    return f"the {size} of {other} may be chance {interval(judged, better=not worse)}"


def _level(group: _Group, factor: str, names: Mapping[Entry, str]) -> str:
    """Nothing of the group differs as far as one can tell."""
    widest = max((each.judged for each in group.compared), key=lambda judged: judged.within)
    everything = listed(names[each] for each in group.members)
    if widest.basis is Basis.ONE_RUN:
        return f"{everything} end within {bound(widest)} of {names[group.compared[0].one]}"
    if widest.finding is Finding.SAME:
        over = seeds_words(widest.seeds)
        return f"{everything} train equally well within {bound(widest)} ({over})"
    few = "one seed is" if widest.seeds == 1 else f"{widest.seeds} seeds are"
    plain_among = factor == "shortcut" and any(each.net.plain for each in group.members)
    every = everything if plain_among else ALL_OF_THEM.get(factor, everything)
    most = max((each.judged for each in group.compared), key=lambda judged: abs(judged.difference))
    size = points(abs(most.difference), most)
    return f"{few} not enough to tell {every} apart: {size} at most {interval(most, seeds=False)}"


def _divergences(stands: Standing, names: Mapping[Entry, str]) -> list[str]:
    """Curves of which seeds diverged: they are not among the errors that were compared."""
    return [
        f"{names[each]} diverged" + (f" in {gone} of {every} seeds" if every > 1 else "")
        for each, (gone, every) in stands.diverged.items()
    ]


def _guess(stands: Standing, *curves: Entry) -> bool:
    """Whether all of them do little better than guessing among their classes."""
    return all(
        mean(stands.errors[each].values())
        >= 100 - 100 / int(each.net.classes or 10) - NEAR_GUESSING
        for each in curves
    )


def _spread(name: str, seeds: BySeed, say_seeds: bool) -> str:
    values = list(seeds.values())
    many = seeds_words(len(values)) if say_seeds else ""
    if len(values) == 1:
        return f"{name} {values[0]:.1f} %" + (f" ({many})" if many else "")
    span = ", ".join(filter(None, (f"{min(values):.1f} to {max(values):.1f}", many)))
    return f"{name} {mean(values):.1f} ± {stdev(values):.1f} % ({span})"
