"""The board in a browser, without a server: its pure functions, and what a reader does with it."""

import json
import math
import mimetypes
from array import array
from dataclasses import replace
from pathlib import Path

import numpy as np
import plotly
import pytest

from explorer.charts.board.payload import payload
from explorer.store.records import RATE, Comparison, Event, Run, StoredRow
from explorer.store.snapshots import RunHistory, Snapshot
from resnet.paper.comparable import PaperPoint
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe

SCRIPTS = Path(__file__).parents[2] / "explorer" / "charts" / "board" / "js"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
SITE = "http://board.test"
RECIPE = Recipe(images=5000, image_size=16, batch=100, iterations=400, log_every=10, test_every=20)
BLANK = f"""<!doctype html><link rel="stylesheet" href="{SITE}/board.css">
<body style="--st-background-color: #ffffff; --st-text-color: #262730; margin: 20px">
<div id="parent"><div class="board"></div></div>"""

SHOW = """async ([settings, bytes]) => {
  const { show } = await import("/board.js");
  const parent = document.getElementById("parent");
  window.leave = show(parent, { plotly: "/plotly.js", ...settings },
    new Uint8Array(bytes));
}"""
DRAWN = "() => document.querySelector('.board-curves')?.data"
NAMES = """() => document.querySelector('.board-curves').data
  .filter((trace) => trace.name && trace.name !== 'names').map((trace) => trace.name)"""
COUNT = """() => document.querySelector('.board-curves').data
  .find((trace) => trace.name === 'plain-20 test').x.length"""
RANGE = "() => document.querySelector('.board-curves')._fullLayout.xaxis.range.map(Number)"


def run_of(name, identity, rows, seed=0, seconds=1.0, warp=0.0):
    spec = NetSpec.parse(name)
    layers = len(plan(spec, 16).weighted)
    run = Run(
        *(identity, "c", spec, replace(RECIPE, seed=seed), "running", None, 10 * rows, 1.0 * rows),
        *(None, 0, "", "", ""),
        turn=seed,
        until=400,
    )
    stored = []
    for at in range(rows):
        tested = at % 2 == 0
        stored.append(
            StoredRow(
                at,
                identity,
                10 * at,
                seconds * at,
                0.05 if at else None,
                2.0 - 0.03 * at if at else None,
                None,
                90.0 - at - seed - warp * at if tested else None,
                95.0 - at / 2 - seed if tested else None,
                array("f", [10 ** (-1 - at / 100)] * (layers if at else 0)),
                array("f", [2.0] * (layers if at else 0)),
            )
        )
    return RunHistory(run, stored)


def snapshot_of(rows, seeds=1, events=(), names=("plain20", "resnet20-A")):
    curves = [
        run_of(name, 10 * seed + place, rows, seed)
        for seed in range(seeds)
        for place, name in enumerate(names)
    ]
    runs = tuple(each.run for each in curves)
    comparison = Comparison("c", "two nets", None, 0.0, 0.0, 0, "", None, None, runs)
    return Snapshot(comparison, tuple(curves), rows, tuple(events))


@pytest.fixture
def site(browser):
    """A page that serves the board's scripts and plotly.js to itself; errors fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def answer(route):
        path = route.request.url.removeprefix(SITE).lstrip("/")
        if path == "":
            route.fulfill(body=BLANK, content_type="text/html")
        elif path == "plotly.js":
            route.fulfill(path=PLOTLY, content_type="text/javascript")
        elif (SCRIPTS / path).is_file():
            kind = mimetypes.guess_type(path)[0] or "text/javascript"
            route.fulfill(path=SCRIPTS / path, content_type=kind)
        else:
            route.fulfill(status=404)

    page.route(f"{SITE}/**", answer)
    page.goto(SITE)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def call(site):
    """Calls a function of a module with JSON arguments; typed arrays come back as lists."""

    def call(module, name, *arguments):
        code = """async ([module, name, given]) => {
          const found = (await import(`/${module}.js`))[name];
          const list = (value) => ArrayBuffer.isView(value) ? [...value]
            : value && typeof value === 'object' && !Array.isArray(value)
              ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, list(v)])) : value;
          return list(found(...given));
        }"""
        return site.evaluate(code, [module, name, list(arguments)])

    return call


@pytest.fixture
def draw(site):
    """Shows a snapshot, or refreshes to it, and waits until it is drawn."""

    def draw(snapshot, key="k", height=430, replay=False, **more):
        settings = {"key": key, "height": height, "replay": replay}
        site.evaluate(SHOW, [settings, list(payload(snapshot, **more))])
        site.wait_for_function(DRAWN)
        if not replay:
            rows = len(snapshot.histories[0].tests)
            site.wait_for_function(
                """(rows) => document.querySelector('.board-curves').data
                  .some((trace) => / test$/.test(trace.name) && trace.x.length === rows)""",
                arg=rows,
            )
        return site

    return draw


# pure functions


def test_smoothing_is_the_average_worked_out_by_hand(call):
    # weight 1/2: 4; (4 + 2*8)/3; after a gap of two rows the weight of what was is 1/4
    assert call("data/smooth", "smooth", [10, 20, 40], [4, 8, 16], 0.5, 10) == pytest.approx(
        [4, 20 / 3, (0.25 * (0.25 * 4 + 0.5 * 8) + 0.75 * 16) / (0.25 * 0.75 + 0.75)]
    )
    assert call("data/smooth", "smooth", [0, 10], [3, 5], 0, 10) == [3, 5]
    same = call("data/smooth", "smooth", list(range(0, 500, 10)), [7.5] * 50, 0.97, 10)
    assert same == pytest.approx([7.5] * 50)


def test_smoothing_leaves_a_gap_a_gap(call, site):
    found = site.evaluate(
        """async () => {
          const { smooth } = await import('/data/smooth.js');
          return [...smooth([0, 1, 2], [1, NaN, 3], 0.5, 1)];
        }"""
    )
    assert found[0] == 1
    assert found[1] != found[1]
    assert found[2] == pytest.approx((0.25 * 0.5 * 1 + 0.75 * 3) / (0.25 * 0.5 + 0.75))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10, 50, 90], [10, 50, 90]),
        ([50, 50], [47.5, 52.5]),
        ([0, 0, 1], [0, 5, 10]),
        ([100, 99], [100, 95]),
        ([30, 50, 32, 31], [26, 50, 36, 31]),
    ],
)
def test_labels_are_spread_as_little_as_needed(call, values, expected):
    assert call("data/label_positions", "spread", values, 5, 0, 100) == pytest.approx(expected)


def test_labels_keep_their_order_and_stay_on_the_axis(call):
    values = [3.0, 1.0, 2.0, 0.5, 99.0, 98.5, 100.0, 50.0]
    places = call("data/label_positions", "spread", values, 6, 0, 100)
    assert np.argsort(values).tolist() == np.argsort(places).tolist()
    assert min(places) >= 0
    assert max(places) <= 100
    assert np.diff(sorted(places)).min() >= 6 - 1e-9


def test_mean_and_band_over_seeds_are_numpys(call):
    random = np.random.default_rng(0)
    x = list(range(0, 100, 10))
    seeds = random.uniform(0, 100, (4, 10))
    lines = [{"x": x, "y": list(values)} for values in seeds]
    lines[3] = {"x": x[:6], "y": list(seeds[3, :6])}  # it has not come as far
    seeds[3, 6:] = np.nan
    found = call("data/series", "meanAndBand", lines)
    assert found["x"] == x
    assert found["mean"] == pytest.approx(np.nanmean(seeds, 0))
    assert found["low"] == pytest.approx(np.nanmin(seeds, 0))
    assert found["high"] == pytest.approx(np.nanmax(seeds, 0))
    assert found["deviation"] == pytest.approx(np.nanstd(seeds, 0, ddof=1))
    assert found["count"] == [4] * 6 + [3] * 4


def test_one_seed_alone_has_no_deviation(call):
    lines = [{"x": [0, 10, 20], "y": [1, 2, 3]}, {"x": [0, 10], "y": [3, 6]}]
    found = call("data/series", "meanAndBand", lines)
    assert found["count"] == [2, 2, 1]
    assert found["deviation"][:2] == pytest.approx([2**0.5, 8**0.5])
    assert math.isnan(found["deviation"][2])


@pytest.mark.parametrize(
    ("counts", "stretches"),
    [
        ([3, 3, 3], [[0, 3]]),
        ([3, 2, 1, 1], [[0, 2]]),
        ([1, 1, 1], []),
        ([1, 2, 2, 1, 2, 1, 3, 3], [[1, 3], [6, 8]]),  # a point alone has no width
        ([], []),
    ],
)
def test_a_band_stands_where_two_seeds_or_more_are_left(call, counts, stretches):
    assert call("data/series", "whereSeveral", counts) == stretches


def test_seeds_thinned_to_other_rows_meet_on_straight_lines(call):
    lines = [{"x": [0, 10, 20], "y": [0, 10, 40]}, {"x": [0, 20], "y": [2, 42]}]
    assert call("data/series", "meanAndBand", lines)["mean"] == pytest.approx([1, 16, 41])


def test_epochs_and_seconds(call):
    points = {"iteration": [0, 50, 100], "seconds": [0.5, 4, 9]}
    assert call("data/series", "along", points, "epochs", {"perEpoch": 50}) == [0, 1, 2]
    assert call("data/series", "along", points, "seconds", {"perEpoch": None}) == [0.5, 4, 9]
    assert call("data/series", "along", points, "iterations", {}) == [0, 50, 100]


@pytest.mark.parametrize(
    ("x", "expected"), [(-1, 0), (0, 0), (14, 1), (16, 2), (39, 3), (44, 3), (60, -1)]
)
def test_the_nearest_point(call, x, expected):
    assert call("data/series", "nearest", [0, 10, 20, 40], x) == expected


@pytest.mark.parametrize(
    ("longest", "reached", "expected"),
    [(400, 1, 400), (64_000, 100, 4000), (64_000, 1900, 4000), (64_000, 30_000, 64_000)],
)
def test_a_long_run_is_not_a_sliver_at_its_start(call, longest, reached, expected):
    assert call("data/ranges", "horizon", longest, reached) == expected


@pytest.mark.parametrize(
    ("edges", "values", "texts"),
    [
        ([0.9, 2.01], [10, 20, 50, 100], ["10", "20", "50", "100"]),
        ([-4.1, -2.9], [1e-4, 2e-4, 5e-4, 1e-3], ["10^-4", "2·10^-4", "5·10^-4", "0.001"]),
        ([-5.1, -1.9], [1e-5, 1e-4, 1e-3, 1e-2], ["10^-5", "10^-4", "0.001", "0.01"]),
    ],
)
def test_a_log_axis_is_marked_with_round_numbers(call, edges, values, texts):
    found = call("data/ranges", "logTicks", edges)
    assert found["tickvals"] == pytest.approx(values)
    plain = [text.replace("<sup>", "^").replace("</sup>", "") for text in found["ticktext"]]
    assert plain == texts


def test_solo_and_back(call):
    assert call("state", "solo", "a", ["a", "b", "c"], ["a"]) == ["b", "c"]
    assert call("state", "solo", "a", ["a", "b", "c"], ["b", "c"]) == []


def test_seeds_follow_each_other_in_a_replay(call, site):
    runs = [
        {"turn": turn, "tests": {"seconds": [0, end]}, "rows": {"seconds": [1, end - 1]}}
        for turn, end in ((0, 10), (0, 12), (1, 7))
    ]
    found = site.evaluate(
        """async (runs) => {
          const { beginnings, knownAt } = await import('/controls/replay.js');
          const known = knownAt(runs, 15);
          return [beginnings(runs).whole, ...runs.map(known)];
        }""",
        runs,
    )
    assert found == [19, 15, 15, 3]


def test_what_packing_packs_unpacking_unpacks(site):
    random = np.random.default_rng(0)
    curves = run_of("resnet20-B", 1, 41, warp=0.01)
    for row in curves.rows[1:]:
        for norms in (row.gradients, row.weights):
            norms[:] = array("f", 10 ** random.normal(-2, 2, len(norms)))
        row.gradients[3] = 0.0
    runs = (curves.run,)
    comparison = Comparison("c", "t", None, 0.0, 0.0, 0, "", None, None, runs)
    packed = payload(Snapshot(comparison, (curves,), 1))
    run = site.evaluate(
        """async (bytes) => {
          const { inflate, unpack } = await import('/data/unpacking.js');
          const { runs: [run] } = unpack(await inflate(new Uint8Array(bytes)));
          const plain = (o) => Object.fromEntries(Object.entries(o).map(([k, v]) =>
            [k, ArrayBuffer.isView(v) ? [...v] : v]));
          return { tests: plain(run.tests), rows: plain(run.rows),
            gradients: [...run.norms.gradients.values].map((v) => isNaN(v) ? null : v) };
        }""",
        list(packed),
    )
    tests = curves.tests
    assert run["tests"]["iteration"] == [row.iteration for row in tests]
    assert run["tests"]["train"] == pytest.approx([row.train_error for row in tests], rel=1e-6)
    assert run["rows"]["seconds"] == [row.seconds for row in curves.rows[1:]]
    assert run["rows"]["loss"] == pytest.approx([r.loss for r in curves.rows[1:]], rel=1e-6)
    main = [i for i, each in enumerate(plan(curves.run.spec, 16).weighted) if each.branch == "main"]
    shown = np.array([row.gradients for row in curves.rows[1:]])[:, main]
    found = np.array(run["gradients"], float).reshape(-1, len(main))
    columns = [row.iteration for row in curves.rows[1:]]
    assert len(found) == len(columns) == 40
    assert np.isnan(found[:, main.index(3)]).all()
    rest = [at for at in range(len(main)) if at != main.index(3)]
    assert np.allclose(10 ** found[:, rest], shown[:, rest], rtol=0.006)


# what a reader does


def test_every_curve_is_drawn_with_its_name_at_its_end(draw):
    page = draw(snapshot_of(21))
    assert page.evaluate(NAMES) == [
        "plain-20 train",
        "plain-20 test",
        "ResNet-20 train",
        "ResNet-20 test",
    ]
    traces = page.evaluate(
        """() => document.querySelector('.board-curves').data.map((t) =>
             ({ name: t.name, dash: t.line?.dash, width: t.line?.width, text: t.text }))"""
    )
    by_name = {trace["name"]: trace for trace in traces}
    assert by_name["plain-20 train"]["dash"] == "dash"
    assert by_name["plain-20 test"]["dash"] == "solid"
    assert by_name["plain-20 test"]["width"] > by_name["plain-20 train"]["width"]
    assert [text.strip() for text in by_name["names"]["text"]] == page.evaluate(NAMES)


def test_hiding_and_solo_survive_a_refresh_and_a_remount(draw):
    page = draw(snapshot_of(21))
    page.get_by_role("button", name="plain-20").click()
    page.wait_for_function(f"() => ({NAMES})().length === 2")
    draw(snapshot_of(23))
    assert page.evaluate(NAMES) == ["ResNet-20 train", "ResNet-20 test"]
    page.get_by_role("button", name="plain-20").dblclick()
    page.wait_for_function(f"() => ({NAMES})()[0] === 'plain-20 train'")
    assert page.evaluate(NAMES) == ["plain-20 train", "plain-20 test"]
    page.evaluate("() => window.leave()")
    assert page.evaluate("() => document.querySelector('.board').childElementCount") == 0
    draw(snapshot_of(25))
    assert page.evaluate(NAMES) == ["plain-20 train", "plain-20 test"]
    page.get_by_role("button", name="plain-20").press("s")  # alone already: all come back
    page.wait_for_function(f"() => ({NAMES})().length === 4")
    page.reload()
    assert page.evaluate("() => sessionStorage.getItem('resnet-board:k')") is not None


def test_the_same_bytes_again_redraw_nothing(draw):
    page = draw(snapshot_of(21))
    before = page.evaluate("() => document.querySelector('.board-curves').data[0].x.length")
    page.evaluate("() => { window.kept = document.querySelector('.board-curves').calcdata[0][0] }")
    draw(snapshot_of(21))
    assert page.evaluate("() => document.querySelector('.board-curves').data[0].x.length") == before


def test_a_zoomed_reader_is_not_dragged_along_until_follow(draw):
    page = draw(snapshot_of(21))
    whole = page.evaluate(RANGE)
    expect_hidden = "() => document.querySelector('.board-follow').hidden"
    assert page.evaluate(expect_hidden)
    box = page.locator(".board-curves .nsewdrag").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.1 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], middle + 4, steps=6)
    page.mouse.up()
    page.wait_for_function(f"() => ({RANGE})()[1] < 200")
    zoomed = page.evaluate(RANGE)
    for rows in (25, 31):
        draw(snapshot_of(rows))
        assert page.evaluate(RANGE) == zoomed
    page.get_by_role("button", name="loss").click()
    page.wait_for_function(f"() => ({NAMES})()[0] === 'plain-20'")
    assert page.evaluate(RANGE) == zoomed
    page.get_by_role("button", name="Follow").click()
    page.wait_for_function(f"() => ({RANGE})()[1] === {whole[1]}")
    assert page.evaluate(expect_hidden)


def test_axes_scale_and_smoothing(draw):
    page = draw(snapshot_of(41))
    page.get_by_role("button", name="epochs").click()
    last = "() => document.querySelector('.board-curves').data.at(-2).x.at(-1)"
    page.wait_for_function(f"() => ({last})() === 8")  # 400 iterations, 50 an epoch
    page.get_by_role("button", name="seconds").click()
    page.wait_for_function(f"() => ({last})() === 40")
    page.get_by_role("button", name="log", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.board-curves').layout.yaxis.type === 'log'"
    )
    traces = "() => document.querySelector('.board-curves').data.length"
    before = page.evaluate(traces)
    page.get_by_label("Smoothing").fill("0.8")
    page.wait_for_function(f"() => ({traces})() === {before + 4}")  # the raw curves stay behind


def test_responses_are_a_view_where_they_were_recorded(draw):
    page = draw(snapshot_of(21))
    assert page.get_by_role("button", name="responses", exact=True).is_hidden()
    plain = snapshot_of(21)
    curves = tuple(answering(each) for each in plain.histories)
    runs = tuple(each.run for each in curves)
    asked = replace(plain.comparison, id="asked", runs=runs)
    page = draw(replace(plain, comparison=asked, histories=curves))
    page.get_by_role("button", name="responses", exact=True).click()
    title = "() => document.querySelector('.board-gradients').layout.annotations.at(-1).text"
    wanted = "response of each 3x3 layer (standard deviation), iteration 200"
    page.wait_for_function(f"() => ({title})() === {json.dumps(wanted)}")
    drawn = page.evaluate("() => document.querySelector('.board-gradients').data[0]")
    assert len(drawn["text"]) == 19 and drawn["text"][0] == "stem.conv"
    first = page.evaluate("() => document.querySelector('.board-gradients').data[0].y[0]")
    assert first == pytest.approx(0.9, rel=0.006)
    axis = "() => document.querySelector('.board-gradients')._fullLayout.yaxis"
    assert page.evaluate(f"{axis}.type") == "linear"
    assert page.evaluate(f"{axis}.range[0]") == 0


def answering(each):
    """The same run with layer responses at its tests."""
    recipe = replace(each.run.recipe, responses=True)
    layers = len(plan(each.run.spec, 16).answering)
    rows = [
        replace(row, responses=array("f", [0.9] * layers)) if row.test_error and at else row
        for at, row in enumerate(each.rows)
    ]
    return RunHistory(replace(each.run, recipe=recipe), rows)


def test_scrubbing_goes_back_and_returns_to_the_latest(draw):
    page = draw(snapshot_of(21))
    title = "() => document.querySelector('.board-gradients').layout.annotations.at(-1).text"
    norm = "() => document.querySelector('.board-gradients').data[0].y[0]"
    assert page.evaluate(title) == "gradient norm of each layer's weights, iteration 200"
    scrubber = page.get_by_label("Iteration of the layers")
    scrubber.focus()
    scrubber.press("Home")
    page.wait_for_function(f"() => ({title})().endsWith('iteration 10')")
    assert page.evaluate(norm) == pytest.approx(10**-1.01, rel=0.006)
    draw(snapshot_of(23))
    assert page.evaluate(title).endswith("iteration 10")
    scrubber.press("ArrowRight")
    page.wait_for_function(f"() => ({title})().endsWith('iteration 20')")
    scrubber.press("End")
    page.wait_for_function(f"() => ({title})().endsWith('iteration 220')")
    draw(snapshot_of(25))
    page.wait_for_function(f"() => ({title})().endsWith('iteration 240')")


def test_gradients_plain_and_residual_on_shared_axes_map_and_ratio(draw):
    page = draw(snapshot_of(21))
    layout = page.evaluate(
        """() => { const { xaxis, xaxis2, yaxis, yaxis2 } =
             document.querySelector('.board-gradients')._fullLayout;
             return [xaxis.range, xaxis2.range, yaxis.range, yaxis2.range] }"""
    )
    assert layout[0] == layout[1]
    assert layout[2] == layout[3]
    page.get_by_role("button", name="ratio", exact=True).click()
    norm = "() => document.querySelector('.board-gradients').data[0].y[0]"
    page.wait_for_function(f"() => ({norm})() < 0.04")
    assert page.evaluate(norm) == pytest.approx(10**-1.2 / 2, rel=0.012)
    page.get_by_role("button", name="map").click()
    page.wait_for_function(
        "() => document.querySelector('.board-gradients').data[0].type === 'heatmap'"
    )
    scales = page.evaluate(
        "() => document.querySelector('.board-gradients').data.map((t) => [t.zmin, t.zmax])"
    )
    assert len(scales) == 2
    assert scales[0] == scales[1] == pytest.approx([-1.2, -1.01])


def test_the_crosshair_reads_every_curve_and_marks_the_gradients(draw):
    page = draw(snapshot_of(21))
    page.locator(".board-curves").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    box = page.locator(".board-hover")
    text = box.inner_text()
    assert "iteration 160, epoch 3.2, 16 s" in text or "iteration 15" in text
    assert text.count("train ") == text.count("test ") == 2
    assert "plain-20: train 74.0 %, test 87.0 %" in page.locator(".board-spoken").inner_text()
    title = "() => document.querySelector('.board-gradients').layout.annotations.at(-1).text"
    page.wait_for_function(f"() => /iteration 1[56]0/.test(({title})())")
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => ({title})().endsWith('iteration 200')")
    assert box.is_hidden()


def test_seeds_are_runs_a_mean_a_band_and_a_count(draw):
    page = draw(snapshot_of(21, seeds=3))
    assert page.get_by_text("N = 3").count() == 2
    test = page.evaluate(
        """() => { const { x, y } = document.querySelector('.board-curves').data
             .find((t) => t.name === 'plain-20 test'); return [...y] }"""
    )
    assert test == pytest.approx([94.0 - at / 2 for at in range(0, 21, 2)])
    filled = """() => { const t = document.querySelector('.board-curves').data;
      const at = t.findIndex((each) => each.fill); return [t[at - 1].y[0], t[at].y[0]] }"""
    assert page.evaluate(filled) == pytest.approx([88, 90])  # of the training error at 0
    page.get_by_role("button", name="± s.d.").click()
    page.wait_for_function(f"() => Math.abs(({filled})()[1] - 90) < 1e-6")  # 89 +- 1
    draw(snapshot_of(23, seeds=3))
    assert page.evaluate(filled) == pytest.approx([88, 90])


@pytest.mark.parametrize("kind", ["min–max", "± s.d."])
def test_the_band_ends_where_one_seed_is_left(draw, kind):
    whole = snapshot_of(21, seeds=2)
    short = [
        replace(each, rows=each.rows[:11]) if each.run.recipe.seed else each
        for each in whole.histories
    ]
    page = draw(replace(whole, histories=tuple(short)))
    page.get_by_role("button", name=kind).click()
    ends = """() => { const t = document.querySelector('.board-curves').data;
      const at = t.findIndex((each) => each.fill);
      return [at - 1, at, t.findIndex((each) => each.name === 'plain-20 test')]
        .map((i) => Math.max(...t[i].x)) }"""
    page.wait_for_function(f"() => JSON.stringify(({ends})()) === '[100,100,200]'")


def test_marks_and_the_papers_figure_and_a_baseline(draw):
    points = [PaperPoint("ResNet-20 A", 58.75, "paper, ResNet-20: 58.75 %")]
    events = [Event(run, 100, RATE, 0.01, 0.0) for run in (0, 1)]
    behind = snapshot_of(41, names=("plain56",))
    page = draw(snapshot_of(21, events=events), overlay=points, baseline=behind)
    layout = "() => document.querySelector('.board-curves').layout"
    texts = page.evaluate(f"() => ({layout})().annotations.map((note) => note.text)")
    assert "rate 0.01" in texts
    assert "paper, ResNet-20: 58.75 %" in texts
    assert texts[0].endswith("in grey: two nets")
    shapes = page.evaluate(f"() => ({layout})().shapes.map((s) => [s.x0, s.y0])")
    assert [100, 0] in shapes
    assert [0, 58.75] in shapes
    assert "plain-56 test" in page.evaluate(NAMES)
    page.get_by_role("button", name="seconds").click()
    page.wait_for_function(f"() => ({layout})().shapes.some((s) => s.x0 === 10)")


def test_exports_are_what_is_shown(draw):
    page = draw(snapshot_of(21))
    page.get_by_role("button", name="plain-20").click()
    page.wait_for_function(f"() => ({NAMES})().length === 2")
    saved = {}
    for item in ("Curves, CSV", "Curves, PNG", "Curves, SVG", "By layer, PNG"):
        page.get_by_text("Export").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=item).click()
        saved[item] = Path(download.value.path()).read_bytes()
    lines = saved["Curves, CSV"].decode().splitlines()
    assert lines[0] == "net,seed,curve,iteration,epoch,seconds,value"
    assert lines[1] == "ResNet-20,0,train error %,0,0,0,90"
    assert lines[-1] == "ResNet-20,0,test error %,200,4,20,85"
    assert len(lines) == 1 + 2 * 11
    assert saved["Curves, PNG"].startswith(b"\x89PNG")
    assert saved["By layer, PNG"].startswith(b"\x89PNG")
    assert b"ResNet-20 test" in saved["Curves, SVG"]


def test_a_replay_shows_what_was_known_and_reaches_its_end(draw):
    page = draw(snapshot_of(41), replay=True)
    seen = """() => Math.max(0, ...document.querySelector('.board-curves').data
      .filter((t) => t.name && t.name !== 'names').map((t) => t.x.length))"""
    assert page.evaluate(seen) == 1  # the untrained nets
    page.get_by_label("Time of the replay").fill("20")
    page.wait_for_function(f"() => ({seen})() === 11")
    words = page.locator(".board-player .board-value")
    assert words.inner_text() == "0:20 of 0:40, iteration 200"
    title = "() => document.querySelector('.board-gradients').layout.annotations.at(-1).text"
    assert page.evaluate(title).endswith("iteration 200")
    page.get_by_role("button", name="100×").click()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"() => ({seen})() === 21")
    page.get_by_role("button", name="Play").wait_for()  # it paused at the end
    assert words.inner_text() == "0:40 of 0:40, iteration 400"
    page.get_by_role("button", name="Restart").click()
    page.wait_for_function(f"() => ({seen})() === 1")


def test_a_plotly_that_does_not_come_is_said(site):
    site.evaluate(
        SHOW.replace('plotly: "/plotly.js"', 'plotly: "/nowhere.js"'),
        [{"key": "k", "height": 430, "replay": False}, list(payload(snapshot_of(5)))],
    )
    site.get_by_text("plotly.js could not be loaded; reload the page").wait_for()


def test_narrow_pages_stack_the_charts(draw, site):
    site.set_viewport_size({"width": 700, "height": 900})
    page = draw(snapshot_of(21))
    first, second = (
        page.locator(name).bounding_box() for name in (".board-curves", ".board-gradients")
    )
    assert second["y"] >= first["y"] + first["height"]
    assert first["x"] == second["x"]


def test_states_are_kept_apart_by_key(draw, site):
    draw(snapshot_of(21), key="one").get_by_role("button", name="loss").click()
    site.wait_for_function(f"() => ({NAMES})()[0] === 'plain-20'")
    site.evaluate("() => window.leave()")
    draw(snapshot_of(21), key="two")
    kept = json.loads(site.evaluate("() => sessionStorage.getItem('resnet-board:one')"))
    assert kept["metric"] == "loss"
