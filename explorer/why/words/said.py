"""What is said of a lab's results, before anything draws it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """Computed from results, so that it is true of the numbers shown.

    numbers    the headline: (label, value with unit, note), one to four of them
    sentences  three: what was found; how it stands to the source, with section or figure; where
               ours differs from the paper, and why
    """

    numbers: tuple[tuple[str, str, str], ...]
    sentences: tuple[str, ...]
