"""A snapshot as the bytes that the board draws from: the same for all visitors, made once."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from explorer.charts import palette
from explorer.charts.board.downsampling import columns, jumps, kept, means
from explorer.charts.board.packing import Packer
from explorer.report.curves import Group, grouped, iterations_per_epoch, marks
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.paper.comparable import PaperPoint
from resnet.plan import plan
from resnet.spec import NetSpec

POINTS = 300  # of one curve
ALL_POINTS = 1800  # of one kind of curve over all runs; many seeds get fewer each
FEWEST_POINTS = 60
BEHIND_POINTS = 100  # of a curve of the pinned baseline
COLUMNS_RUNNING, COLUMNS_ENDED = 40, 100  # of a gradient map
ALL_COLUMNS_RUNNING, ALL_COLUMNS_ENDED = 240, 600  # over all runs
FEWEST_COLUMNS = 8
KEPT = 32  # payloads

_kept: OrderedDict[tuple[str, str], tuple[Any, bytes]] = OrderedDict()
_lock = threading.Lock()


def payload(
    snapshot: Snapshot,
    baseline: Snapshot | None = None,
    overlay: Sequence[PaperPoint] = (),
) -> bytes:
    """The curves, norms, names, colours and marks of a snapshot, thinned and deflated.

    baseline  another snapshot, to be drawn behind in grey
    overlay   reference points of the errors, such as the paper's

    Kept for the snapshot, so that thirty visitors cost one. The format stands in packing.py.
    """
    key = (snapshot.comparison.id, baseline.comparison.id if baseline else "")
    with _lock:
        known = _kept.get(key)
        if known and _same(known[0], (snapshot, baseline, tuple(overlay))):
            return known[1]
        made = _payload(snapshot, baseline, overlay)
        _kept[key] = ((snapshot, baseline, tuple(overlay)), made)
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        return made


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return one[0] is other[0] and one[1] is other[1] and one[2] == other[2]


def _payload(snapshot: Snapshot, baseline: Snapshot | None, overlay: Sequence[PaperPoint]) -> bytes:
    packer = Packer()
    groups = grouped(snapshot.histories)
    titles = [group.spec.title for group in groups]
    comparison = snapshot.comparison
    points = _points(len(snapshot.histories))
    most = _columns(len(snapshot.histories), comparison.active)
    header = {
        "id": comparison.id,
        "title": comparison.title,
        "version": f"{comparison.generation}.{snapshot.version}",
        "active": comparison.active,
        "groups": _groups(groups),
        "runs": [
            {
                **_run(packer, place, each, points),
                "norms": _norms(packer, each, most, comparison.active),
                "responses": _responses(packer, each, most, comparison.active),
            }
            for place, group in enumerate(groups)
            for each in group.runs
        ],
        "marks": [
            {"iteration": mark.iteration, "label": mark.label, "names": mark.names}
            for mark in marks(snapshot, groups)
        ],
        "overlay": [
            {
                "group": titles.index(point.net) if point.net in titles else None,
                "value": point.value,
                "label": point.label,
            }
            for point in overlay
        ],
        "behind": _behind(packer, baseline) if baseline else None,
    }
    return packer.packed(header)


def _groups(groups: Sequence[Group]) -> list[dict[str, Any]]:
    specs = [group.spec for group in groups]
    light, dark = (palette.colours(specs, theme) for theme in ("light", "dark"))
    return [
        {
            "name": group.name,
            "plain": group.spec.plain,
            "light": light[place],
            "dark": dark[place],
            "marker": marker,
            "perEpoch": iterations_per_epoch(group.recipe, group.images),
            "logEvery": group.recipe.log_every,
            "testEvery": group.recipe.test_every,
            "layers": [name for _, name in main_layers(group.spec, group.recipe.image_size)],
            "answering": answering_layers(group.spec, group.recipe.image_size),
            "responses": group.recipe.responses,
        }
        for place, (group, marker) in enumerate(zip(groups, palette.markers(specs), strict=True))
    ]


def _behind(packer: Packer, baseline: Snapshot) -> dict[str, Any]:
    groups = grouped(baseline.histories)
    return {
        "title": baseline.comparison.title,
        "groups": _groups(groups),
        "runs": [
            {**_run(packer, place, each, BEHIND_POINTS), "norms": None, "responses": None}
            for place, group in enumerate(groups)
            for each in group.runs
        ],
    }


def _run(packer: Packer, group: int, each: RunHistory, points: int) -> dict[str, Any]:
    """One run: its errors where it was tested, its loss and rate where it was logged."""
    rows = _numbers(each)
    tests = rows[~np.isnan(rows[:, TEST])]
    trained = rows[rows[:, ITERATION] > 0]
    tests = tests[kept([tests[:, TRAIN], tests[:, TEST]], points)]
    stay = kept([trained[:, LOSS]], points)
    shown = trained[np.union1d(stay, jumps(trained[:, RATE]))]
    return {
        "group": group,
        "seed": each.run.recipe.seed,
        "turn": each.run.turn,
        "until": each.run.iterations,
        "iteration": each.run.iteration,
        "tests": _packed(packer, tests, {"train": TRAIN, "test": TEST}),
        "rows": _packed(packer, shown, {"loss": LOSS, "rate": RATE}),
        "means": _means(packer, trained, points // 2) if len(shown) < len(trained) else None,
    }


def _packed(packer: Packer, rows: np.ndarray, values: dict[str, int]) -> dict[str, int]:
    return {
        "iteration": packer.growing(rows[:, ITERATION]),
        "seconds": packer.seconds(rows[:, SECONDS]),
        **{name: packer.numbers(rows[:, column]) for name, column in values.items()},
    }


def _means(packer: Packer, trained: np.ndarray, buckets: int) -> dict[str, int]:
    """What smoothing starts from: thinned curves are made of extremes, their mean is not."""
    middle, loss = means(trained[:, LOSS], buckets)
    found = trained[middle].copy()
    found[:, LOSS] = loss
    return _packed(packer, found, {"loss": LOSS})


def _norms(packer: Packer, each: RunHistory, most: int, running: bool) -> dict[str, int] | None:
    """Gradient and weight norms of the layers of the main path, a column an iteration."""
    indices = [index for index, _ in main_layers(each.run.spec, each.run.recipe.image_size)]
    rows = [row for row in each.rows if len(row.gradients) > indices[-1]]
    rows = [rows[at] for at in columns(len(rows), most, running)]
    if not rows:
        return None
    weighted = all(len(row.weights) > indices[-1] for row in rows)
    return {
        "iteration": packer.growing(np.array([row.iteration for row in rows])),
        "seconds": packer.seconds(np.array([row.seconds for row in rows])),
        "gradients": packer.norms(np.array([row.gradients for row in rows])[:, indices]),
        **(
            {"weights": packer.norms(np.array([row.weights for row in rows])[:, indices])}
            if weighted
            else {}
        ),
    }


def _responses(packer: Packer, each: RunHistory, most: int, running: bool) -> dict[str, int] | None:
    """Responses of the 3x3 layers, a column a test, where the recipe asked for them."""
    rows = [row for row in each.rows if len(row.responses)]
    rows = [rows[at] for at in columns(len(rows), most, running)]
    if not rows:
        return None
    return {
        "iteration": packer.growing(np.array([row.iteration for row in rows])),
        "seconds": packer.seconds(np.array([row.seconds for row in rows])),
        "deviations": packer.matrix(np.array([row.responses for row in rows])),
    }


@lru_cache(maxsize=64)
def answering_layers(spec: NetSpec, image_size: int) -> tuple[str, ...]:
    """The names of the layers that have a response."""
    return tuple(layer.name for layer in plan(spec, image_size).answering)


@lru_cache(maxsize=64)
def main_layers(spec: NetSpec, image_size: int) -> tuple[tuple[int, str], ...]:
    """Place among the weighted layers, and name, of those that are no shortcut's projection."""
    weighted = plan(spec, image_size).weighted
    return tuple((at, layer.name) for at, layer in enumerate(weighted) if layer.branch == "main")


ITERATION, SECONDS, RATE, LOSS, TRAIN, TEST = range(6)


def _numbers(each: RunHistory) -> np.ndarray:
    """The rows of a run as (rows, 6) float64, NaN for what is not known."""
    found = [
        (r.iteration, r.seconds, r.learning_rate, r.loss, r.train_error, r.test_error)
        for r in each.rows
    ]
    return np.array(found, np.float64).reshape(-1, 6)


def _points(runs: int) -> int:
    return min(POINTS, max(FEWEST_POINTS, ALL_POINTS // max(1, runs)))


def _columns(runs: int, running: bool) -> int:
    each, together = (
        (COLUMNS_RUNNING, ALL_COLUMNS_RUNNING) if running else (COLUMNS_ENDED, ALL_COLUMNS_ENDED)
    )
    return max(FEWEST_COLUMNS, min(each, together // max(1, runs)))
