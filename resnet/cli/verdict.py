"""`verdict`: what the rows in a CSV file allow to be said, and what decided."""

from pathlib import Path

from resnet.spec.names import curve_names
from resnet.verdict.phrases import stated
from resnet.verdict.standing import standing
from resnet.verdict.table import read
from resnet.verdict.verdict import comparisons, errors_words, verdict


def show_verdict(file: Path) -> None:
    """Prints the sentence, and every comparison with interval, N and rule. Raises TableError."""
    stands = standing(read(file))
    words = verdict(stands)
    if stands is None or not words:
        print(
            "There is nothing to compare yet: two nets that were tested at one iteration make it."
        )
        return
    print(words)
    print(f"  {errors_words(stands)}")
    names = curve_names(list(stands.errors))
    for each in comparisons(stands):
        print(f"  {names[each.other]} less {names[each.one]}: {stated(each.judged)}")
