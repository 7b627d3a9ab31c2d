"""How far the figures of a lab move when it is repeated: with other seeds, and on other images.

    RESNET_DATA=FOLDER python benchmarks/resolutions.py [LAB ...]

Each lab runs REPEATS times on the nets that it opens with, each time with another seed (its lines,
paths, planes, first weights) and on images that it was not shown before. Printed are the figure of
each repeat, their deviation within a net, pooled over the nets, and its degrees of freedom: what a
lab's `Resolution` stands on. Figures that are compared as ratios are printed with the deviation of
their natural logarithm.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from typing import Any

import numpy as np

REPEATS = 3
Figures = dict[str, float | Sequence[float]]  # of one repeat; a sequence is one figure a layer
FRESH = {
    "shattered": ("plain20", "plain56", "resnet20-A", "resnet56-A"),
    "residual_size": ("resnet20-A", "resnet56-A"),
    "gradients": (
        "plain20", "plain56", "resnet56-A",
        "plain20-nonorm-sigmoid", "plain20-nonorm-tanh", "resnet56-A-nonorm-sigmoid",
    ),
}  # fmt: skip
COUNTS = {"responses": 1000, "residual_size": 1000, "surface": 50, "gradients": 1280}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("labs", nargs="*", metavar="LAB", help=f"default: {', '.join(REPEATED)}")
    for name in parser.parse_args().labs or REPEATED:
        for trained in (True, False):
            found = {net: list(REPEATED[name](net, trained)) for net in _nets(name, trained)}
            if found:
                _report(name, trained, found)
    return 0


def _nets(name: str, trained: bool) -> Sequence[str]:
    from resnet.labs import LABS

    return LABS[name].nets if trained else FRESH.get(name, ())


def _shown(name: str, net: str, trained: bool, seed: int, count: int) -> Any:
    """A net, and for each seed other images of the lab's part of the set."""
    from explorer.lane import lab_nets
    from explorer.store.jobs.net_source import Source
    from resnet.data import load
    from resnet.labs import LABS
    from resnet.labs.bench.examples import Examples
    from resnet.model import build
    from resnet.spec import NetSpec

    images = _cached("images", lambda: load("folder"))
    source = Source.parse(f"{'shipped' if trained else 'fresh'}:{net}")
    subject = _cached(str(source), lambda: lab_nets._MAKE[source.kind](source, images, None))  # type: ignore[arg-type]
    all_shown = Examples.of(subject.batches, LABS[name].part, REPEATS * count)
    shown = all_shown[seed * count : (seed + 1) * count]
    if trained:
        return subject.net, shown
    return build(NetSpec.parse(net), image_size=32, seed=seed), shown


_kept: dict[str, Any] = {}


def _cached(name: str, make: Callable[[], Any]) -> Any:
    if name not in _kept:
        _kept[name] = make()
    return _kept[name]


def _responses(net: str, trained: bool) -> Iterator[Figures]:
    from resnet.labs.responses.experiment import responses

    for seed in range(REPEATS):
        found = responses(*_shown("responses", net, trained, seed, COUNTS["responses"]))
        deviations = found.deviations.astype(float)
        yield {"log mean": float(np.log(deviations.mean())), "log layers": np.log(deviations)}


def _paths(net: str, trained: bool) -> Iterator[Figures]:
    from resnet.labs.paths.experiment import paths

    for seed in range(REPEATS):
        found = paths(*_shown("paths", net, trained, seed, 16), seed=seed)
        low, high = found.effective
        lengths = np.arange(found.lengths)
        yield {
            "log mean length": float(np.log((lengths * found.carried).sum())),
            "shortest": low,
            "longest": high,
            "log last over first": float(np.log(found.gradient[-1] / found.gradient[1])),
        }


def _shattered(net: str, trained: bool) -> Iterator[Figures]:
    from resnet.labs.shattered.experiment import shattered

    for seed in range(REPEATS):
        found = shattered(*_shown("shattered", net, trained, seed, 1000), seed=seed)
        yield {"log half-life": float(np.log(found.half_life))}


def _surface(net: str, trained: bool) -> Iterator[Figures]:
    from resnet.labs.surface.experiment import surface
    from resnet.labs.surface.words import dips, low_share

    for seed in range(REPEATS):
        found = surface(*_shown("surface", net, trained, seed, COUNTS["surface"]), seed=seed)
        yield {"low share": low_share(found), "dips": dips(found)}


def _residual_size(net: str, trained: bool) -> Iterator[Figures]:
    from resnet.labs.residual_size.experiment import residual_size

    for seed in range(REPEATS):
        found = residual_size(*_shown("residual_size", net, trained, seed, COUNTS["residual_size"]))
        figures: Figures = {
            "log median": float(np.log(np.median(found.ratio))),
            "log blocks": np.log(found.ratio.astype(float)),
        }
        if not trained:
            figures["off expected"] = float(np.mean(np.abs(found.ratio / found.expected - 1)))
        yield figures


def _gradients(net: str, trained: bool) -> Iterator[Figures]:
    from resnet.labs.gradients.experiment import gradients

    for seed in range(REPEATS):
        shown = _shown("gradients", net, trained, seed, COUNTS["gradients"])
        start, after = gradients(*shown, seed=seed).moments
        yield {
            "log reach before": _log(start.reach),
            "log reach after": _log(after.reach),
            "log saturated": _log(float(start.saturated.mean())),
        }


def _variants(net: str, trained: bool) -> Iterator[Figures]:
    from resnet.data import load
    from resnet.labs.variants.experiment import variants
    from resnet.labs.variants.words import IDENTITY, rows
    from resnet.spec import NetSpec

    images = _cached("images", lambda: load("folder"))
    for seed in range(REPEATS):
        found = rows(variants(NetSpec.parse(net), images, seed=seed))
        identity = next(row.loss for row in found if row.name == IDENTITY)
        yield {row.name: row.loss - identity for row in found if row.name != IDENTITY}


REPEATED: dict[str, Callable[[str, bool], Iterator[Figures]]] = {
    "responses": _responses,
    "paths": _paths,
    "residual_size": _residual_size,
    "gradients": _gradients,
    "shattered": _shattered,
    "surface": _surface,
    "variants": _variants,
}


def _log(value: float) -> float:
    return float(np.log(value)) if value > 0 else float("nan")


def _report(name: str, trained: bool, found: dict[str, list[Figures]]) -> None:
    print(f"{name}, {'shipped' if trained else 'fresh'} nets, {REPEATS} repeats", flush=True)
    for figure in found[next(iter(found))][0]:
        squares, degrees = 0.0, 0
        for net, repeats in found.items():
            values = np.array([np.atleast_1d(each[figure]) for each in repeats], float)
            values = values[:, np.isfinite(values).all(0)]
            squares += float(((values - values.mean(0)) ** 2).sum())
            degrees += values.shape[1] * (REPEATS - 1)
            shown = " ".join(f"{value:.4g}" for value in values.mean(1))
            print(f"  {figure:20} {net:28} {shown}")
        spread = sqrt(squares / degrees) if degrees else float("nan")
        print(f"  {figure:20} deviation {spread:.4g} with {degrees} degrees", flush=True)


if __name__ == "__main__":
    sys.exit(main())
