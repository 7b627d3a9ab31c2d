"""What the browser gets: within the rounding that packing.py states, small, and made once."""

import json
import math
import zlib
from array import array
from dataclasses import replace

import numpy as np
import pytest

from explorer.charts.board import payload as payloads
from explorer.charts.board.downsampling import columns, jumps, kept, means
from explorer.charts.board.packing import Packer
from explorer.charts.board.payload import main_layers, payload
from explorer.store.records import RATE, Comparison, Event, Run, StoredRow
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.paper.comparable import PaperPoint
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe

SIX = ("plain20", "plain56", "plain110", "resnet20-A", "resnet56-B", "resnet110-A")
BUDGET = 80_000  # bytes of a refresh of six nets with 2,000 rows each


def noisy_run(name, rows, identity, seed=0, state="running"):
    """A run whose every number is noisy, so that nothing deflates by luck."""
    spec = NetSpec.parse(name)
    recipe = Recipe(
        images=5000, image_size=16, iterations=10 * max(1, rows), log_every=10, test_every=10
    )
    recipe = replace(recipe, seed=seed)
    random = np.random.default_rng(1000 * seed + identity)
    layers = len(plan(spec, recipe.image_size).weighted)
    seconds = np.cumsum(random.uniform(0.1, 2, rows))
    norms = 10 ** random.normal(-2, 0.5, (2, rows, layers))
    run = Run(identity, "c", spec, recipe, state, None, 10 * rows, 9.0, None, 0, "", "", "", seed)
    return RunHistory(
        run,
        [
            StoredRow(
                at,
                identity,
                10 * at,
                float(seconds[at]),
                float(random.uniform(0.001, 0.1)) if at else None,
                float(random.uniform(0.01, 3)) if at else None,
                None,
                float(random.uniform(0, 100)),
                float(random.uniform(0, 100)),
                array("f", norms[0, at] if at else ()),
                array("f", norms[1, at] if at else ()),
            )
            for at in range(rows)
        ],
    )


def snapshot_of(curves, events=(), version=1):
    runs = tuple(each.run for each in curves)
    comparison = Comparison("c", "nets", None, 0.0, 0.0, 0, "", None, None, runs)
    return Snapshot(comparison, tuple(curves), version, tuple(events))


def unpacked(data):
    """What js/unpacking.js does, in numpy; a browser test holds the two together."""
    plain = zlib.decompress(data)
    size = int.from_bytes(plain[:4], "little")
    header = json.loads(plain[4 : 4 + size])
    start, arrays = 4 + size, []
    for kind, *shape in header["arrays"]:
        count, width = math.prod(shape), {"i": 4, "c": 4, "f": 4, "l": 2, "m": 4}[kind]
        planes = np.frombuffer(plain, np.uint8, count * width, start).reshape(width, count)
        start += count * width
        if kind in "fm":
            arrays.append(np.ascontiguousarray(planes.T).view("<f4").reshape(shape))
        elif kind == "l":
            steps = np.ascontiguousarray(planes.T).view("<i2").reshape(shape)
            logs = np.cumsum(steps, axis=0, dtype=np.int16)
            arrays.append(np.where(logs == -32768, np.nan, logs / 200))
        else:
            summed = np.cumsum(np.ascontiguousarray(planes.T).view("<i4").ravel())
            arrays.append(summed / 100 if kind == "c" else summed)
    assert start == len(plain)
    for run in [*header["runs"], *((header["behind"] or {}).get("runs", []))]:
        for part in ("tests", "rows", "means", "norms", "responses"):
            run[part] = run[part] and {name: arrays[at] for name, at in run[part].items()}
    return header


def test_a_short_run_comes_back_whole_within_the_rounding():
    curves = noisy_run("resnet20-B", 30, 1)
    header = unpacked(payload(snapshot_of([curves])))
    (run,) = header["runs"]
    rows = curves.rows
    assert list(run["tests"]["iteration"]) == [row.iteration for row in rows]
    assert np.allclose(run["tests"]["seconds"], [row.seconds for row in rows], atol=0.0051)
    for name in ("train", "test"):
        given = [getattr(row, f"{name}_error") for row in rows]
        assert np.allclose(run["tests"][name], given, rtol=1e-7)
    assert list(run["rows"]["iteration"]) == [row.iteration for row in rows[1:]]
    assert np.allclose(run["rows"]["loss"], [row.loss for row in rows[1:]], rtol=1e-7)
    assert np.allclose(run["rows"]["rate"], [r.learning_rate for r in rows[1:]], rtol=1e-7)
    assert run["means"] is None
    main = [at for at, _ in main_layers(curves.run.spec, 16)]
    assert len(main) == len(header["groups"][0]["layers"]) == 20  # without B's two projections
    for name, given in (("gradients", "gradients"), ("weights", "weights")):
        norms = np.array([getattr(row, given) for row in rows[1:]])[:, main]
        assert np.allclose(10 ** run["norms"][name], norms, rtol=0.006)


def test_responses_go_along_at_their_tests_where_the_recipe_asked_for_them():
    curves = noisy_run("resnet20-B", 12, 1)
    assert unpacked(payload(snapshot_of([curves])))["runs"][0]["responses"] is None
    spec, recipe = curves.run.spec, replace(curves.run.recipe, responses=True)
    layers = len(plan(spec, recipe.image_size).answering)
    given = np.random.default_rng(0).uniform(0.1, 3, (12, layers)).astype(np.float32)
    rows = [
        replace(row, responses=array("f", given[at] if at % 4 == 3 else ()))
        for at, row in enumerate(curves.rows)
    ]
    header = unpacked(payload(snapshot_of([RunHistory(replace(curves.run, recipe=recipe), rows)])))
    responses = header["runs"][0]["responses"]
    assert list(responses["iteration"]) == [row.iteration for row in rows[3::4]]
    assert np.array_equal(responses["deviations"], given[3::4])
    (group,) = header["groups"]
    assert group["responses"] and len(group["answering"]) == layers == 19  # all but fc and 1x1


def test_a_norm_of_zero_is_nothing_and_harms_no_other():
    packer = Packer()
    norms = np.array([[1e-3, 0.0], [0.0, 1e-30], [float("nan"), 1e30], [2.0, 1.0]])
    place = packer.norms(norms)
    header = unpacked(
        packer.packed(
            {
                "behind": None,
                "runs": [
                    dict.fromkeys(("tests", "rows", "means", "responses")) | {"norms": {"n": place}}
                ],
            }
        )
    )
    logs = header["runs"][0]["norms"]["n"]
    expected = [[-3, np.nan], [np.nan, -30], [np.nan, 30], [math.log10(2), 0]]
    assert np.allclose(logs, expected, atol=0.0026, equal_nan=True)


def test_thinning_keeps_first_last_lowest_and_highest():
    random = np.random.default_rng(0)
    one, other = random.normal(size=5000), random.normal(size=5000)
    one[4321], one[17], other[999], other[3000] = 50, -50, 60, -60
    one[100:140] = np.nan
    stay = kept([one, other], 300)
    assert len(stay) <= 302
    assert {0, 4999, 4321, 17, 999, 3000} <= set(stay)
    assert list(stay) == sorted(set(stay))


@pytest.mark.parametrize("rows", [0, 1, 299, 300])
def test_what_pixels_can_show_is_not_thinned(rows):
    assert list(kept([np.zeros(rows)], 300)) == list(range(rows))


def test_steps_of_a_learning_rate_stay():
    rate = np.repeat([0.1, 0.01, 0.001], 1000)
    assert set(jumps(rate)) == {999, 1000, 1999, 2000}
    assert len(jumps(np.linspace(0.1, 0.05, 1000))) == 0


def test_means_of_buckets_are_means_of_all_rows():
    middle, averages = means(np.arange(1000.0), 10)
    assert averages == pytest.approx(np.arange(49.5, 1000, 100))
    assert list(middle) == list(range(49, 1000, 100))


def test_columns_of_a_running_map_stay_where_they_are():
    before, after = set(columns(1000, 40, True)), set(columns(1010, 40, True))
    assert before - {999} <= after
    for rows in (1, 40, 41, 333, 2000, 64_001):
        for most, running in ((40, True), (100, False)):
            found = columns(rows, most, running)
            assert len(found) <= most
            assert found[0] == 0
            assert found[-1] == rows - 1


def test_a_long_run_keeps_its_extremes_and_gets_means_to_smooth():
    curves = noisy_run("plain20", 2000, 1)
    (run,) = unpacked(payload(snapshot_of([curves])))["runs"]
    losses = [row.loss for row in curves.rows[1:]]
    assert len(run["rows"]["loss"]) < 400
    assert run["rows"]["loss"].max() == pytest.approx(max(losses), rel=1e-5)
    assert run["rows"]["loss"].min() == pytest.approx(min(losses), rel=1e-5)
    assert run["tests"]["iteration"][-1] == 19_990
    assert run["means"]["loss"].mean() == pytest.approx(np.mean(losses), rel=1e-3)


@pytest.mark.parametrize(
    ("state", "seeds", "rows", "budget"),
    [
        ("running", 1, 2000, BUDGET),
        ("running", 5, 400, 100_000),
        ("finished", 1, 2000, 150_000),  # it is sent once
    ],
)
def test_six_nets_of_2000_noisy_rows_are_within_the_budget(state, seeds, rows, budget):
    curves = [
        noisy_run(name, rows, 10 * seed + place, seed, state)
        for seed in range(seeds)
        for place, name in enumerate(SIX)
    ]
    assert len(payload(snapshot_of(curves))) <= budget


def test_a_payload_is_made_once_for_a_snapshot(monkeypatch):
    made = []
    build = payloads._payload
    monkeypatch.setattr(payloads, "_payload", lambda *a: made.append(1) or build(*a))
    curves = [noisy_run("plain20", 5, 1)]
    first, second = snapshot_of(curves), snapshot_of(curves, version=2)
    points = [PaperPoint("plain-20", 9.0, "nine")]
    assert payload(first) is payload(first)
    assert len(made) == 1
    assert payload(second) != payload(first, overlay=points)
    assert len(made) == 3
    assert payload(first, overlay=points) is payload(first, overlay=list(points))


def test_names_colours_marks_overlay_and_baseline_go_along():
    curves = [noisy_run("plain20", 5, 1), noisy_run("resnet20-A", 5, 2)]
    behind = [noisy_run("resnet56-A", 400, 3)]
    snapshot = snapshot_of(curves, [Event(2, 20, RATE, 0.01, 0.0)])
    points = [PaperPoint("ResNet-20 A", 8.75, "paper"), PaperPoint("", 60.0, "elsewhere")]
    header = unpacked(payload(snapshot, snapshot_of(behind), points))
    assert [group["name"] for group in header["groups"]] == ["plain-20", "ResNet-20"]
    assert [group["plain"] for group in header["groups"]] == [True, False]
    assert [run["group"] for run in header["runs"]] == [0, 1]
    assert header["marks"] == [{"iteration": 20, "label": "rate 0.01", "names": ["ResNet-20"]}]
    assert [point["group"] for point in header["overlay"]] == [1, None]
    assert header["behind"]["groups"][0]["name"] == "ResNet-56"
    assert len(header["behind"]["runs"][0]["tests"]["test"]) <= payloads.BEHIND_POINTS + 2
    assert header["behind"]["runs"][0]["norms"] is None


def test_nothing_measured_yet_is_a_payload_too():
    header = unpacked(payload(snapshot_of([noisy_run("plain20", 0, 1)])))
    (run,) = header["runs"]
    assert len(run["tests"]["test"]) == len(run["rows"]["loss"]) == 0
    assert run["norms"] is None
