"""The cross-check in words: a table of totals, and for each difference the reasons that add up.

Imports no streamlit.
"""

from collections.abc import Sequence

from resnet.cost.crosscheck import Comparison
from resnet.spec.checks import listed

PLACES = {"torch": "torch, over the module's parameters", "torchinfo": "torchinfo"}


def totals_table(found: Sequence[Comparison]) -> str:
    """A Markdown table: tool, quantity, its total, ours, the difference."""
    lines = [
        "| Counted by | What | Its total | Ours | Difference |",
        "|---|---|---:|---:|---:|",
    ]
    for each in found:
        difference = f"{each.difference:+,}" if each.difference else "none"
        lines.append(
            f"| {PLACES.get(each.tool, each.tool)} | {each.quantity} | {each.theirs:,} "
            f"| {each.ours:,} | {difference} |"
        )
    return "\n".join(lines)


def reasons_in_words(found: Sequence[Comparison]) -> str:
    """A Markdown list: for each difference how much of it has which reason; what agrees first."""
    same = [each for each in found if not each.difference and not each.reasons]
    lines = []
    if same:
        counts = listed([f"{each.tool}’s {each.quantity}" for each in same])
        lines.append(f"- **Equal to the last digit**: {counts}.")
    lines += [_difference(each) for each in found if each.difference or each.reasons]
    return "\n".join(lines)


def _difference(each: Comparison) -> str:
    which = "more" if each.difference >= 0 else "fewer"
    head = f"- **{each.tool} counts {abs(each.difference):,} {which} {each.quantity}**"
    reasons = [f"{reason.amount:,}: {reason.words}" for reason in each.reasons]
    if each.unexplained:
        reasons.append(f"unexplained: {each.unexplained:,}")
    elif len(reasons) > 1:
        total = " + ".join(f"{reason.amount:,}" for reason in each.reasons)
        reasons.append(f"{total} = {each.difference:,}, so nothing is left over")
    return "\n    - ".join([head, *(f"{reason}." for reason in reasons)])
