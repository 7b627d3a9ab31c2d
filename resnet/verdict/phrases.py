"""Differences between curves in words, with no more digits than they are known to."""

from resnet.verdict.statistics import ErrorGap


def range_words(gap: ErrorGap, sign: int = 1) -> str:
    """ " (48 to 57 over 3 seeds)", or nothing for one seed, which has no range."""
    if gap.seeds == 1:
        return ""
    low, high = sorted((sign * gap.low, sign * gap.high))
    shown = [_signed_number(value, gap) for value in (low, high)]
    span = f"{shown[0]} to {shown[1]} " if shown[0] != shown[1] else ""
    return f" ({span}over {seeds_words(gap.seeds)})"


def _digits(gap: ErrorGap) -> int:
    """Digits after the point: one where the interval is narrower than a point, else none."""
    return 1 if gap.margin < 0.5 else 0


def number(size: float, gap: ErrorGap) -> str:
    return f"{size:.{_digits(gap)}f}"


def _signed_number(size: float, gap: ErrorGap) -> str:
    return signed(size, _digits(gap))


def signed(size: float, digits: int = 0) -> str:
    """With a true minus sign, and none before a zero."""
    return f"{round(size, digits) + 0.0:.{digits}f}".replace("-", "−")


def points(size: float, gap: ErrorGap) -> str:
    shown = number(size, gap)
    return f"{shown} point" if shown == "1" else f"{shown} points"


def seeds_words(count: int) -> str:
    return "one seed" if count == 1 else f"{count} seeds"
