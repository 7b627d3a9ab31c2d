"""How often what a verdict claims is true, over processes whose truth is known.

    python benchmarks/claims.py [--repeats 4000]

A process makes the curves of a comparison: the error that each net comes to on average over seeds,
how far a seed moves it, how far it moves all nets alike, whether some seeds go wrong, and on how
many images errors are measured. The same images are shown to all seeds, so what they do to a net's
error is the same in every seed: the worst case for a judge that sees seeds agree. A verdict is
wrong where one thing that it says is: a direction, a bound, a denial. The table that this prints
stands in docs/SCIENCE.md.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry
from resnet.verdict.judge import Basis, Finding
from resnet.verdict.standing import Standing
from resnet.verdict.verdict import Comparison, comparisons, denials

RECIPE = Recipe(iterations=400)
DEPTHS = tuple(
    Entry(NetSpec.parse(name), RECIPE)
    for name in ("plain20", "plain56", "resnet20-A", "resnet56-A")
)
OPTIONS = tuple(
    Entry(NetSpec.parse(name), RECIPE)
    for name in ("plain32", "resnet32-A", "resnet32-B", "resnet32-C")
)
LARGE = 200_000  # seeds, for the mean that a process has


@dataclass(frozen=True)
class Process:
    """What makes the curves of a comparison of four nets. Errors and deviations in points.

    errors     that the nets come to in a usual seed; `spreads` of each from seed to seed
    together   how far a seed moves all nets alike
    seeds      trained; `recorded` seeds are on record of the same process, none where 0
    images     that errors are measured on
    jumps      the share of seeds in which a net ends `jump` points higher, each net by itself
    diverging  the share of seeds in which a net has no error at all
    """

    name: str
    errors: tuple[float, ...]
    spreads: tuple[float, ...] = (3.0, 3.0, 3.0, 3.0)
    together: float = 2.0
    seeds: int = 3
    recorded: int = 0
    images: int = 2000
    jumps: float = 0.0
    jump: float = 25.0
    diverging: float = 0.0
    curves: tuple[Entry, ...] = DEPTHS

    def trained(self, rng: np.random.Generator, seeds: int) -> np.ndarray:
        """(seeds, nets): the errors on all images there are, in percent."""
        moved = rng.normal(0, self.together, (seeds, 1)) + rng.normal(
            0, self.spreads, (seeds, len(self.errors))
        )
        wrong = rng.random((seeds, len(self.errors))) < self.jumps
        return np.clip(np.asarray(self.errors) + moved + self.jump * wrong, 0, 100)

    @cache  # noqa: B019 - processes are few, and equal ones are one
    def truth(self) -> np.ndarray:
        """The mean error of each net over all seeds there could be."""
        return self.trained(np.random.default_rng(1), LARGE).mean(0)


@dataclass(frozen=True)
class Outcome:
    """What verdicts on a process came to, in shares of the repeats."""

    wrong: float
    told: float
    denied: float


def outcome(process: Process, repeats: int, seed: int = 0) -> Outcome:
    """Repeats a process and holds every claim of every verdict against what made it."""
    rng, truth = np.random.default_rng(seed), process.truth()
    wrong = told = denied = 0
    for _ in range(repeats):
        stands, errors = _measured(process, rng)
        made = comparisons(stands)
        claims = list(_claims(process, stands, made, truth, errors))
        wrong += not all(claims)
        told += any(each.judged.finding in (Finding.WORSE, Finding.BETTER) for each in made)
        denied += bool(denials(stands))
    return Outcome(wrong / repeats, told / repeats, denied / repeats)


def _measured(process: Process, rng: np.random.Generator) -> tuple[Standing, np.ndarray]:
    """What is measured of one comparison, and the errors of its very nets on all images."""
    errors = process.trained(rng, process.seeds)
    shares = process.truth() / 100 if process.seeds > 1 else errors[0] / 100
    images = 100 * (rng.binomial(process.images, shares) / process.images - shares)
    seen = np.clip(errors + images, 0, 100)
    lost = rng.random(errors.shape) < process.diverging
    by_seed: dict[Entry, dict[int, float]] = {
        curve: {
            seed: float(seen[seed, place]) for seed in range(process.seeds) if not lost[seed, place]
        }
        for place, curve in enumerate(process.curves)
    }
    known = process.trained(rng, process.recorded) if process.recorded else np.empty((0, 4))
    recorded: Mapping[Entry, dict[int, float]] = {
        curve: dict(enumerate(map(float, known[:, place])))
        for place, curve in enumerate(process.curves)
        if process.recorded
    }
    found = {curve: seeds for curve, seeds in by_seed.items() if seeds}
    return Standing(found, process.images, 400, recorded=recorded), errors


def _claims(
    process: Process,
    stands: Standing,
    made: Sequence[Comparison],
    truth: np.ndarray,
    errors: np.ndarray,
) -> Iterator[bool]:
    """Whether each thing that a verdict says is so."""
    for each in made:
        one, other = (process.curves.index(curve) for curve in (each.one, each.other))
        judged = each.judged
        if judged.basis is Basis.ONE_RUN:  # it speaks of this run alone
            shared = stands.errors[each.one].keys() & stands.errors[each.other].keys()
            gap = errors[next(iter(shared)), other] - errors[next(iter(shared)), one]
        else:
            gap = truth[other] - truth[one]
        if judged.in_this_run is Finding.WORSE:
            yield gap > 0
        if judged.in_this_run is Finding.BETTER:
            yield gap < 0
        if judged.in_this_run is Finding.SAME:
            yield abs(gap) <= judged.within
        if each in denials(stands):
            yield gap <= max(judged.high, 0.0)


PROCESSES = (
    Process("the lesson, three seeds", (30, 78, 2, 4), (4, 3, 1, 2)),
    Process("the lesson, one seed, three on record", (30, 78, 2, 4), (4, 3, 1, 2), 2, 1, 3),
    Process("the lesson, one seed, five on record", (30, 78, 2, 4), (4, 3, 1, 2), 2, 1, 5),
    Process("the lesson, one seed, none on record", (30, 78, 2, 4), (4, 3, 1, 2), 2, 1),
    Process("the lesson, two seeds", (30, 78, 2, 4), (4, 3, 1, 2), 2, 2),
    Process("the lesson, five seeds", (30, 78, 2, 4), (4, 3, 1, 2), 2, 5),
    Process("all alike, three seeds", (30, 30, 30, 30)),
    Process("all alike, five seeds", (30, 30, 30, 30), seeds=5),
    Process("all alike, one seed, three on record", (30, 30, 30, 30), seeds=1, recorded=3),
    Process("all alike, two seeds, five on record", (30, 30, 30, 30), seeds=2, recorded=5),
    Process("all alike, four options", (30, 30, 30, 30), curves=OPTIONS),
    Process("order reversed", (78, 30, 4, 2)),
    Process("the residual net lags as much", (30, 78, 2, 30), (4, 3, 1, 6)),
    Process("the residual net lags by half as much", (30, 70, 2, 22), (4, 4, 1, 4), seeds=5),
    Process("nearly no errors", (0.1, 0.4, 0.05, 0.05), (0.05, 0.1, 0.02, 0.02), 0),
    Process("no errors, 300 images", (0.0, 0.0, 0.0, 0.0), (0.1, 0.1, 0.1, 0.1), 0, images=300),
    Process("nearly guessing", (88, 89.5, 89, 89), (1, 0.5, 1, 1), 0.2),
    Process("50 images", (30, 40, 20, 22), images=50),
    Process("300 images, one seed", (30, 34, 20, 22), seeds=1, images=300),
    Process("one seed in ten goes wrong by 25", (30, 30, 5, 5), jumps=0.1),
    Process("three in ten go wrong by 25", (30, 30, 5, 5), jumps=0.3),
    Process("three in ten diverge", (30, 78, 2, 4), (4, 3, 1, 2), diverging=0.3),
    Process("full length, five seeds", (8.0, 10.0, 7.0, 6.0), (0.2,) * 4, 0.1, 5, images=50_000),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=4000)
    repeats = parser.parse_args().repeats
    print("| what makes the curves | wrong | a difference is told | a denial |")
    print("|---|---:|---:|---:|")
    for process in PROCESSES:
        found = outcome(process, repeats)
        print(
            f"| {process.name} | {100 * found.wrong:.1f} % | {100 * found.told:.0f} % "
            f"| {100 * found.denied:.0f} % |",
            flush=True,
        )


if __name__ == "__main__":
    main()
