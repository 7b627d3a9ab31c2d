"""What is said of the shortcut variants, and the table that holds them against the paper's.

How far a variant's training loss, less the identity's, moves from seed to seed was measured with
three seeds of ResNet-20 A over 60 iterations: `python benchmarks/resolutions.py variants`. For
other nets and lengths it is taken to be the same, which was not measured.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

from resnet.labs.sentences import SEVERAL, Said, ceiling
from resnet.labs.variants.result import LOSS, TEST, TRAIN, Trained, Variants, diverged, values
from resnet.labs.variants.table import FAILS_ABOVE, VARIANTS
from resnet.plan import plan
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.verdict.single import Resolution, Size, against

IDENTITY, PRE_ACTIVATION = "identity", "pre-activation"
TABLE = "He et al. 2016, Tables 1 and 2"
MOST_HEADED = 4  # numbers above the figure
GAP = Resolution(deviation=0.07, degrees=6, same=0.0, ratio=False)  # nothing is called the same
AS_THERE, UNLIKE = "as in the paper", "unlike the paper"
UNCLEAR = "too little for one run to tell"


@dataclass(frozen=True)
class VariantRow:
    """A variant and its newest numbers; NaN where there are none. Errors in percent."""

    name: str
    title: str
    loss: float
    train_error: float
    test_error: float
    paper: float | None
    diverged: bool

    @property
    def paper_words(self) -> str:
        return f"over {FAILS_ABOVE:.0f} (fails)" if self.paper is None else f"{self.paper:.2f}"


def rows(result: Variants) -> list[VariantRow]:
    """One row a variant, in the order trained; all at the last iteration that all have reached."""
    until = _reached(result)
    return [
        VariantRow(
            name=each.name,
            title=VARIANTS[each.name].title,
            loss=_newest(each, LOSS, until),
            train_error=_newest(each, TRAIN, until),
            test_error=_newest(each, TEST, until),
            paper=VARIANTS[each.name].error,
            diverged=diverged(each),
        )
        for each in result.trained
    ]


def table(result: Variants) -> str:
    """Ours beside the paper's, as a table in Markdown."""
    net = NetSpec.parse(result.net).title
    lines = [
        f"| variant | shortcut | branch | {net}: training loss | training error, % | "
        "test error, % | ResNet-110 in the paper: test error, %, median of five runs |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for row in rows(result):
        variant = VARIANTS[row.name]
        gate = f", bias {variant.bias:g}" if variant.bias is not None else ""
        loss = "diverged" if row.diverged else _shown(row.loss, 2)
        lines.append(
            f"| {row.title} | {variant.shortcut}{gate} | {variant.branch} | {loss} "
            f"| {_shown(row.train_error)} | {_shown(row.test_error)} | {row.paper_words} |"
        )
    return "\n".join(lines)


def said(results: Sequence[Variants]) -> Said:
    """The identity's numbers and the others', and whether they are ordered as in the paper."""
    result = results[0]  # one net's variants are what is compared
    found = rows(result)
    numbers = tuple(
        (
            row.title,
            _shown(row.loss, 2),
            f"training loss, training error {_shown(row.train_error)} %",
        )
        for row in _headed(found)
    )
    return Said(numbers, (_found(result, found), _held_against(found), _differs(result)))


def _found(result: Variants, found: Sequence[VariantRow]) -> str:
    known = sorted((row for row in found if not isnan(row.loss)), key=lambda row: row.loss)
    gone = [f"*{row.title}*" for row in found if row.diverged]
    lost = f" The loss of {listed(gone)} is no longer a number: training failed." if gone else ""
    if not known:
        return lost.strip() or "Training has begun; there is no loss to show yet."
    ranked = listed(f"*{row.title}* {row.loss:.2f}" for row in known)
    done = f"After {_reached(result):,} iterations"
    return f"{done} the training loss is, the lowest first: {ranked}.{lost}"


def _held_against(found: Sequence[VariantRow]) -> str:
    claim = (
        f"{TABLE} find that whatever stands on the shortcut makes a ResNet-110 worse than the "
        "identity does, and that pre-activation makes it better"
    )
    identity = next((row for row in found if row.name == IDENTITY and not isnan(row.loss)), None)
    others = [row for row in found if row.name != IDENTITY and not isnan(row.loss)]
    if identity is None or identity.paper is None or not others:
        return f"{claim}; train the identity and a variant to see whether it is so."
    verdicts: dict[str, list[VariantRow]] = {AS_THERE: [], UNLIKE: [], UNCLEAR: []}
    for row in others:
        claimed = Size.SMALLER if row.name == PRE_ACTIVATION else Size.LARGER
        size = against(0.0, row.loss - identity.loss, GAP, len(others)).size
        words = {claimed: AS_THERE, Size.UNKNOWN: UNCLEAR}.get(size, UNLIKE)
        verdicts[words].append(row)
    clauses = [f"{_gaps(identity, rows)}, {words}" for words, rows in verdicts.items() if rows]
    return f"{claim}. Here, beside the identity's loss, {'; '.join(clauses)}."


def _gaps(identity: VariantRow, others: Sequence[VariantRow]) -> str:
    gaps = [(row.title, row.loss - identity.loss) for row in others]
    return listed(
        f"*{title}* has {abs(gap):.2f} {'more' if gap > 0 else 'less'}" for title, gap in gaps
    )


def _differs(result: Variants) -> str:
    recipe = json.loads(result.recipe)
    net = NetSpec.parse(result.net)
    images = f"{recipe['images']:,}" if recipe.get("images") else "all"
    return (
        f"Kept of the paper: the variants, and one net, its images and their order for all of "
        f"them. Not kept: they train a ResNet-110 for 64,000 iterations on CIFAR-10 and print the "
        f"median of five runs; this is one run of {net.title} over {recipe['iterations']:,} "
        f"iterations on {images} images of {result.data}, {recipe['image_size']} pixels a side: "
        f"training loss at its start, not test error at its end, and with {net.depth} layers a "
        f"factor on the shortcut is multiplied {len(plan(net).blocks)} times, not 54. A loss is "
        f"told from the identity's from {ceiling(GAP.margin(1))} on{SEVERAL}, by how far the gap "
        "moved between three seeds of ResNet-20 A over 60 iterations."
    )


def _headed(found: Sequence[VariantRow]) -> list[VariantRow]:
    """The identity and the others, where they fit side by side; else the best and the worst."""
    identity = [row for row in found if row.name == IDENTITY]
    others = [row for row in found if row.name != IDENTITY and not isnan(row.loss)]
    if len(others) >= MOST_HEADED:
        ranked = sorted(others, key=lambda row: row.loss)
        others = [ranked[0], ranked[-1]]
    return identity + others


def _reached(result: Variants) -> int:
    """The last iteration that every variant which has begun, and not diverged, has reached."""
    curves = [each.curve for each in result.trained if not diverged(each)]
    return min((int(curve.iterations[-1]) for curve in curves if len(curve.iterations)), default=0)


def _newest(trained: Trained, quantity: str, until: int) -> float:
    iterations, known = values(trained, quantity)
    known = known[iterations <= until]
    return float(known[-1]) if len(known) and not diverged(trained) else nan


def _shown(value: float, digits: int = 1) -> str:
    return "–" if isnan(value) else f"{value:.{digits}f}"
