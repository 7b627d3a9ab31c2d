"""Sentences of the documents that quote figures of the recordings, each with where they come from.

`make results` writes the figures in, and a test holds them; the words around them are a person's.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import fmean, median

from results_tables import (
    GENERATED,
    Recordings,
    curves_of,
    gradient_ratios,
    points,
    ratio_words,
    seconds_by_seed,
)

from resnet.lessons import LESSONS
from resnet.spec import NetSpec

FIGURE = r"(\d+(?:\.\d+)?(?:e-?\d+)?)"
PHOTOS = tuple(name for name, each in LESSONS.items() if each.seconds is not None)
ALL = (*PHOTOS, GENERATED)
FULL = "degradation-full"  # of the paper's training, on a GPU: `make results` leaves it as it is


class Figures:
    """The figures of recordings, by recording and net."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings

    def errors(self, recording: str, net: str, test: bool = False, **recipe: object) -> list[float]:
        """Training errors, or test errors, of every seed in percent.

        recipe  fields that the curve's recipe must have, as warmup="none"
        """
        (found,) = (
            each
            for each in curves_of(recording, self._recordings[recording])
            if each.entry.net == NetSpec.parse(net)
            and all(getattr(each.entry.recipe, name) == value for name, value in recipe.items())
        )
        return [found.errors[seed][test] for seed in sorted(found.errors)]

    def mean(self, recording: str, net: str) -> float:
        return fmean(self.errors(recording, net))

    def ratios(self, recording: str, net: str) -> list[float]:
        """The gradient of the first layer's weights over the last convolution's, of every seed."""
        (found,) = (
            ratios
            for entry, ratios in gradient_ratios(self._recordings[recording]).items()
            if entry.net == NetSpec.parse(net)
        )
        return [found[seed] for seed in sorted(found)]

    def seconds(self, recording: str) -> float:
        """Of one seed by the clock, the median."""
        return median(seconds_by_seed(self._recordings[recording]).values())


@dataclass(frozen=True)
class Quote:
    """A sentence of a file with {} where its figures stand; lines may break anywhere in it."""

    file: str
    words: str
    figures: Callable[[Figures], Sequence[str]]

    def put_into(self, text: str, figures: Figures) -> str:
        """The file with these figures. Raises ValueError where it has not the sentence once."""
        parts = [re.sub(r"(?:\\ )+", r"\\s+", re.escape(part)) for part in self.words.split("{}")]
        found = list(re.finditer(FIGURE.join(parts), text))
        if len(found) != 1:
            raise ValueError(
                f"{self.file} has {len(found)} times the sentence that was to get its figures: "
                f"{self.words!r}; it and benchmarks/results_quotes.py must say the same"
            )
        written = self.figures(figures)
        spans = [found[0].span(number + 1) for number in range(len(written))]
        for (begin, end), figure in reversed(list(zip(spans, written, strict=True))):
            text = text[:begin] + figure + text[end:]
        return text


def _means(*nets: str) -> Callable[[Figures], list[str]]:
    return lambda figures: [points(figures.mean("degradation", net)) for net in nets]


def _full(digits: int, *nets: str, test: bool = False) -> Callable[[Figures], list[str]]:
    """Of the paper's training on a GPU: the errors of its one seed."""
    kinds = (False, True) if test else (False,)
    return lambda figures: [
        points(figures.errors(FULL, net, kind)[0], digits) for net in nets for kind in kinds
    ]


def _whole(figures: Figures, net: str) -> str:
    return points(figures.mean("degradation", net), 0)


def _cost_of_depth(figures: Figures) -> list[str]:
    return [
        points(figures.mean("degradation", "plain56") - figures.mean("degradation", "plain20"), 0)
    ]


def _growth(figures: Figures) -> list[str]:
    """plain-56's gradients by seed; the span of plain-20's and ResNet-56's."""
    others = [*figures.ratios("gradients", "plain20"), *figures.ratios("gradients", "resnet56-A")]
    grown = [ratio_words(ratio) for ratio in figures.ratios("gradients", "plain56")]
    return [*grown, points(min(others), 0), points(max(others), 0)]


def _vanished(figures: Figures) -> list[str]:
    """The geometric mean over the seeds of what arrives with sigmoids and without BN."""
    ratios = figures.ratios("activations", "plain20-nonorm-sigmoid")
    return [ratio_words(exp(fmean(map(log, ratios))))]


def trap(figures: Figures, warmup: str) -> list[tuple[float, float]]:
    """Training errors of plain-56 and ResNet-56 by seed, under one of the two recipes."""
    plain, residual = (
        figures.errors("trap", net, warmup=warmup) for net in ("plain56", "resnet56-A")
    )
    return list(zip(plain, residual, strict=True))


def _trap_of_seed_0(figures: Figures) -> list[str]:
    return [points(each) for warmup in ("none", "linear") for each in trap(figures, warmup)[0]]


def _trap_widest(figures: Figures) -> list[str]:
    """The seed whose gap is the widest at the high rate, with its two errors."""
    pairs = trap(figures, "none")
    seed = max(range(len(pairs)), key=lambda seed: pairs[seed][0] - pairs[seed][1])
    return [str(seed), *map(points, pairs[seed])]


def _options(figures: Figures) -> list[str]:
    nets = ("resnet32-C", "resnet32-A")
    return [points(each) for net in nets for each in figures.errors("shortcuts", net)]


NETS = ("plain20", "plain56", "resnet20-A", "resnet56-A")
README, TEACHING, RESULTS = "README.md", "docs/TEACHING.md", "docs/RESULTS.md"

QUOTES = (
    Quote(README, "lesson of two minutes: plain-20 {} %, plain-56 {} %", _means(*NETS[:2])),
    Quote(README, "the same lesson: ResNet-20 A {} %, ResNet-56 A {} %", _means(*NETS[2:])),
    Quote(
        README,
        "training error plain-20 {}, plain-56 {}, ResNet-20 A {}, ResNet-56 A {} %: [RESULTS]",
        _full(1, *NETS),
    ),
    Quote(TEACHING, "plain-56 have if plain-20 has {} %?", lambda each: [_whole(each, "plain20")]),
    Quote(TEACHING, "| plain-20 | {} % |", _means("plain20")),
    Quote(TEACHING, "| plain-56 | {} % |", _means("plain56")),
    Quote(TEACHING, "| ResNet-20 A | {} % |", _means("resnet20-A")),
    Quote(TEACHING, "| ResNet-56 A | {} % |", _means("resnet56-A")),
    Quote(TEACHING, "that 36 more layers would cost {} points?", _cost_of_depth),
    Quote(TEACHING, "Not here: {} and {} are less apart than", _means("resnet56-A", "resnet20-A")),
    Quote(
        TEACHING,
        "It grows: {}, {} and {} times as large with three seeds; in plain-20 and ResNet-56 {} to "
        "{} times.",
        _growth,
    ),
    Quote(TEACHING, "In plain-20 about {} of it arrives", _vanished),
    Quote(
        TEACHING,
        "{} and {} % (seed 0). **Ask:** what would you publish? Then show the gentle recipe with "
        "the same nets and the same images: {} and {} %.",
        _trap_of_seed_0,
    ),
    Quote(
        TEACHING,
        "(with seed {} the first recipe shows its largest gap: {} and {} %)",
        _trap_widest,
    ),
    Quote(TEACHING, "option C {} · {} · {} % where A has {} · {} · {};", _options),
    Quote(TEACHING, '"{} % is {} % right."', lambda each: [_whole(each, "plain56")] * 2),
    Quote(RESULTS, "| plain-20 | {} | {} | not printed |", _full(2, "plain20", test=True)),
    Quote(RESULTS, "| plain-56 | {} | {} | not printed |", _full(2, "plain56", test=True)),
    Quote(RESULTS, "| ResNet-20 A | {} | {} | 8.75 |", _full(2, "resnet20-A", test=True)),
    Quote(RESULTS, "| ResNet-56 A | {} | {} | 6.97 |", _full(2, "resnet56-A", test=True)),
)
