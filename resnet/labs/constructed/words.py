"""What lab "constructed" found: a deep net as good as a shallow one exists; is it found?

Source: He et al. 2015, Section 1.
"""

import json
from collections.abc import Sequence
from enum import Enum

import numpy as np

from resnet.labs.constructed.result import Constructed
from resnet.labs.result import TrainingCurve
from resnet.labs.sentences import ERRORS_TOLD, Said, percent, sentence
from resnet.spec import NetSpec
from resnet.spec.checks import listed
from resnet.verdict.judge import SAME_WITHIN
from resnet.verdict.single import Apart, Size, errors_apart

PAPER_ITERATIONS = 64_000


def said(results: Sequence[Constructed]) -> Said:
    numbers = []
    for result in results:
        shallow, deep = _titles(result)
        several = f" ({shallow})" if len(results) > 1 else ""
        numbers += [
            (f"{shallow}, test error", _exact(result.shallow_errors[1]), "as it was trained"),
            (f"{deep} built from it", _exact(result.deep_errors[1]), "before any training"),
            (
                f"Largest difference of two outputs{several}",
                _difference(result),
                f"logits of {2 * result.images:,} images",
            ),
        ]
    return Said(tuple(numbers), (_found(results), _source(results), _differs(results)))


def title(result: Constructed) -> str:
    """What is built from what: "plain-56 from plain-20"."""
    shallow, deep = _titles(result)
    return f"{deep} from {shallow}"


def complete(result: Constructed) -> bool:
    """Whether both nets have trained to the end of their recipe."""
    return all(
        len(curve.iterations) and int(curve.iterations[-1]) >= _iterations(result)
        for curve in (result.from_built, result.from_random)
    )


class Verdict(Enum):
    """Whether the solver found, from a random start, one as good as the shallow net."""

    FOUND = 1
    MISSED = -1
    OPEN = 0


def found_by_training(result: Constructed) -> tuple[Verdict, Apart]:
    """By the training errors of these two nets: as good is better, or at most so much worse.

    Both count with the images that the shallow net was shown; a net in training is tested on as
    many or more.
    """
    found = errors_apart(result.shallow_errors[0], _last(result.from_random), result.images)
    if found.size is Size.LARGER:
        return Verdict.MISSED, found
    as_good = found.size is Size.SMALLER or found.high <= SAME_WITHIN
    return (Verdict.FOUND if as_good else Verdict.OPEN), found


def _found(results: Sequence[Constructed]) -> str:
    parts = []
    for result in results:
        shallow, deep = _titles(result)
        errors = (
            f"training error {_exact(result.deep_errors[0])}, test error "
            f"{_exact(result.deep_errors[1])}"
        )
        if result.equal:
            parts.append(
                f"{deep}, built from {shallow} by adding layers that pass on what they get, gives "
                f"the same outputs to the last digit and so the same errors ({errors})"
            )
        else:
            same = "the same" if result.deep_errors == result.shallow_errors else "not the same"
            parts.append(
                f"{deep}, built from {shallow} by adding layers that pass on what they get, gives "
                f"outputs that differ by up to {result.largest_difference:.2g} and {same} errors "
                f"({errors}, against {_exact(result.shallow_errors[0])} and "
                f"{_exact(result.shallow_errors[1])})"
            )
    return sentence(parts)


def _source(results: Sequence[Constructed]) -> str:
    claim = (
        "He et al. 2015 (Section 1): so a deeper net need not be worse, yet solvers do not find "
        "such a solution"
    )
    parts = []
    for result in results:
        _, deep = _titles(result)
        if not complete(result):
            parts.append(f"{deep} is training still, so wait for the end")
            continue
        ends = (
            f"training error {percent(_last(result.from_random))} from a random start, "
            f"{percent(_last(result.from_built))} from the construction, "
            f"{percent(result.shallow_errors[0])} of the shallow net"
        )
        verdict, found = found_by_training(result)
        after = f"{_iterations(result):,} iterations"
        parts.append(
            {
                Verdict.FOUND: f"after {after} the solver has found one as good for {deep}, at "
                f"most {max(found.high, 0):.1f} points worse ({ends}), against the paper",
                Verdict.MISSED: f"the solution exists, and in {after} the solver does not find "
                f"one as good for {deep} ({ends}), as the paper says",
                Verdict.OPEN: f"after {after} {result.images:,} images cannot tell whether the "
                f"solver has found one as good for {deep} ({ends})",
            }[verdict]
        )
    return f"{claim}. {sentence(parts)}"


def _differs(results: Sequence[Constructed]) -> str:
    most = max(_iterations(each) for each in results)
    words = (
        "Kept of the paper: added layers that are identities, and SGD from its random start. Not "
        f"kept: the paper's gap stays after {PAPER_ITERATIONS:,} iterations, ours are "
        f"{most:,}, so a part of it is only time, and a residual net from a random start needs "
        "time as well; the Train page's lessons compare them at length. Here "
        f"{ERRORS_TOLD}."
    )
    shallow, deep = results[0].training_losses
    return words + (
        " And the construction holds in evaluation: with BN by mini-batch the loss is "
        f"{shallow:.3g} for the shallow net and {deep:.3g} for the deep one on "
        f"{listed(sorted({each.data for each in results}))}, and from there training goes on."
    )


def _iterations(result: Constructed) -> int:
    return int(json.loads(result.recipe)["iterations"])


def _last(curve: TrainingCurve) -> float:
    """The last training error that was measured, in percent."""
    known = curve.train_error[~np.isnan(curve.train_error)]
    return float(known[-1]) if len(known) else float("nan")


def _exact(error: float) -> str:
    return f"{error:.3f} %"


def _difference(result: Constructed) -> str:
    return "0" if result.equal else f"{result.largest_difference:.2g}"


def _titles(result: Constructed) -> tuple[str, str]:
    return NetSpec.parse(result.shallow).title, NetSpec.parse(result.deep).title
