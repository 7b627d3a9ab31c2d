"""Judgements in words, with no more digits than they are known to."""

from math import ceil

from resnet.verdict.judge import Basis, Finding, Judgement


def signed(size: float, digits: int = 0) -> str:
    """With a true minus sign, and none before a zero."""
    return f"{round(size, digits) + 0.0:.{digits}f}".replace("-", "−")


def digits(judged: Judgement) -> int:
    """Digits after the point: one where the interval is narrower than a point, else none."""
    return 1 if judged.half_width < 0.5 else 0


def number(size: float, judged: Judgement) -> str:
    """A difference; one that would be rounded to nothing has its first digit."""
    places = digits(judged)
    if places == 0 and 0.05 <= abs(size) < 0.5 and judged.finding is not Finding.UNKNOWN:
        places = 1
    return signed(size, places)


def points(size: float, judged: Judgement) -> str:
    shown = number(size, judged)
    return f"{shown} point" if shown == "1" else f"{shown} points"


def seeds_words(count: int) -> str:
    return "one seed" if count == 1 else f"{count} seeds"


def interval(judged: Judgement, better: bool = False, seeds: bool = True) -> str:
    """ " (40 to 64, 3 seeds)": in which the difference lies, turned round where it is a gain."""
    ends = sorted((-judged.low, -judged.high) if better else (judged.low, judged.high))
    shown = [number(end, judged) for end in ends]
    many = f", {seeds_words(judged.seeds)}" if seeds else ""
    return f"({shown[0]} to {shown[1]}{many})" if shown[0] != shown[1] else f"({many[2:]})"


def bound(judged: Judgement) -> str:
    """The most by which they may differ: "4 points"."""
    places = digits(judged)
    most = ceil(judged.within * 10**places - 1e-9) / 10**places
    return "1 point" if most == 1 else f"{most:.{places}f} points"


def stated(judged: Judgement) -> str:
    """A judgement as a line of evidence: what decided, the interval and N."""
    word = {
        Finding.WORSE: "worse",
        Finding.BETTER: "better",
        Finding.SAME: f"the same within {bound(judged)}",
        Finding.UNKNOWN: "cannot tell",
    }[judged.in_this_run]
    if judged.basis is Basis.ONE_RUN:
        word += " in this run, nothing is known of other seeds"
    size = signed(judged.difference, 1)
    span = f"{signed(judged.low, 1)} to {signed(judged.high, 1)}"
    return f"{size} points, interval {span}, N = {judged.seeds}: {word}, by {judged.rule}"
