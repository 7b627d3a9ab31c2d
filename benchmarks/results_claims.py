"""Sentences of the documents that say without figures what the recordings show.

A test holds each to the recordings that ship; where one no longer holds, somebody must rewrite it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from results_quotes import NETS, README, RESULTS, TEACHING, Figures, trap

from resnet.lessons import LESSONS


@dataclass(frozen=True)
class Claim:
    """A sentence without figures that the recordings must bear out, or somebody must rewrite."""

    file: str
    words: str
    holds: Callable[[Figures], bool]


def _gap(figures: Figures, deep: str, shallow: str) -> float:
    return figures.mean("degradation", deep) - figures.mean("degradation", shallow)


def _closer_than_seeds(figures: Figures) -> bool:
    both = [figures.errors("degradation", net) for net in ("resnet20-A", "resnet56-A")]
    apart = max(max(errors) - min(errors) for errors in both)
    return abs(_gap(figures, "resnet56-A", "resnet20-A")) < apart


def _tests_over_half(figures: Figures) -> bool:
    return all(min(figures.errors("degradation", net, test=True)) > 50 for net in NETS)


def _two_minutes(figures: Figures) -> bool:
    return 60 <= figures.seconds("degradation") <= 150


def _depth_is_no_matter(figures: Figures) -> bool:
    means = [figures.mean("depth", str(net)) for net in LESSONS["depth"].nets]
    return max(means) - min(means) < 10


def _learnt_is_last(figures: Figures) -> bool:
    kinds = (figures.errors("shortcuts", f"resnet32-{kind}") for kind in "ABC")
    return all(learnt > max(a, b) for a, b, learnt in zip(*kinds, strict=True))


def _warmup_is_not_for_all(figures: Figures) -> bool:
    at_once, waiting = (
        figures.errors("warmup", "resnet110-A", warmup=kind) for kind in ("none", "error")
    )
    gains = [one - other for one, other in zip(at_once, waiting, strict=True)]
    return min(gains) < 0 < max(gains)


CLAIMS = (
    Claim(
        RESULTS,
        "depth costs the plain net dozens of points",
        lambda each: _gap(each, "plain56", "plain20") >= 24,
    ),
    Claim(
        RESULTS,
        "and the residual net a few at most",
        lambda each: _gap(each, "resnet56-A", "resnet20-A") <= 5,
    ),
    Claim(RESULTS, "option C trains worst here", _learnt_is_last),
    Claim(RESULTS, "the 110-layer warm-up does not help every seed", _warmup_is_not_for_all),
    Claim(
        RESULTS,
        "the gradient at the very first mini-batch explodes towards the input",
        lambda each: min(each.ratios("gradients", "plain56")) > 100,
    ),
    Claim(
        README,
        "they do not: they grow at the first mini-batch",
        lambda each: (
            min(each.ratios("gradients", "plain20")) > 1
            and min(each.ratios("gradients", "plain56")) > 10
        ),
    ),
    Claim(README, "in about two minutes on two cores", _two_minutes),
    Claim(TEACHING, "the end in about two minutes on two cores", _two_minutes),
    Claim("docs/SERVER.md", "a lesson takes about two minutes on two cores", _two_minutes),
    Claim(
        TEACHING, "Lesson `depth`: in so short a run, no more than seeds make", _depth_is_no_matter
    ),
    Claim(TEACHING, "are less apart than two seeds are", _closer_than_seeds),
    Claim(TEACHING, "plain-56 has hardly left it", lambda each: _gap_to_guessing(each) < 20),
    Claim(TEACHING, "Why is the test error over 50 % for all?", _tests_over_half),
    Claim(
        TEACHING,
        "the first recipe shows its largest gap",
        lambda each: max(plain - residual for plain, residual in trap(each, "none")) >= 10,
    ),
)


def _gap_to_guessing(figures: Figures) -> float:
    return 90 - figures.mean("degradation", "plain56")
