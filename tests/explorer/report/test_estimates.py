"""When a turn starts and ends: by hand, on comparisons whose work is easy to count."""

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from explorer.commands import follow, keeping
from explorer.report import line, status
from explorer.report.estimates import (
    ends_in,
    machine_throughput,
    seconds_left,
    starts_in,
    throughput_of,
    work_left,
)
from explorer.report.formatting import about, ordinal, place_words
from explorer.report.progress import progress
from explorer.server import queue
from explorer.store import states
from explorer.store.records import Visitor, macs_of_an_iteration
from explorer.store.snapshots import Feed
from explorer.views.parts import queue_panel
from resnet.cost import cost

SECONDS_PER_MAC = 1e-9


def work(spec, recipe, iterations):
    return cost(spec, recipe.image_size).macs * recipe.batch * iterations


def test_the_work_of_a_run_is_what_is_left_of_it(store, submit, nets, small):
    runs = store.comparison(submit()).runs
    assert work_left(runs) == sum(work(net, small, 40) for net in nets)
    ahead = replace(runs[0], iteration=30)
    assert work_left([ahead]) == work(nets[0], small, 10)
    assert work_left([replace(ahead, until=130)]) == work(nets[0], small, 100)
    assert work_left([replace(ahead, iteration=50)]) == 0


def test_smaller_images_are_less_work(store, submit):
    full, quarter = (work_left(store.comparison(submit(image_size=size)).runs) for size in (32, 16))
    assert full == pytest.approx(4 * quarter, rel=0.01)


def test_a_turn_starts_when_those_before_it_are_done(store, training, submit):
    first, second, third = submit(), submit(iterations=80), submit()
    training.claim("lane")
    each = SECONDS_PER_MAC * work_left(store.comparison(first).runs)
    starts = starts_in(store.active(), store.coming_turns(), SECONDS_PER_MAC)
    assert starts == pytest.approx({second: each, third: 3 * each})
    run = store.comparison(first).runs[0]
    half = [
        replace(found, runs=tuple(replace(one, iteration=20) for one in found.runs))
        if found.id == run.comparison
        else found
        for found in store.active()
    ]
    assert starts_in(half, store.coming_turns(), SECONDS_PER_MAC)[second] == pytest.approx(each / 2)


def test_each_seed_is_a_turn_of_its_own(store, training, nets, small):
    seeds = [(nets[0], replace(small, seed=seed)) for seed in range(3)]
    many = store.submit("many", seeds, owner="a")
    other = store.submit("other", [(nets[0], small)], owner="b")
    one = SECONDS_PER_MAC * work(nets[0], small, 40)
    assert store.coming_turns() == [many, other, many, many]
    assert starts_in(store.active(), store.coming_turns(), SECONDS_PER_MAC) == pytest.approx(
        {many: 0.0, other: one}
    )
    training.claim("lane")
    assert starts_in(store.active(), store.coming_turns(), SECONDS_PER_MAC) == pytest.approx(
        {other: one, many: 2 * one}
    )


def test_turns_of_one_comparison_may_differ_in_length(store, nets, small):
    long, short = [(net, small) for net in nets], [(nets[0], replace(small, seed=1))]
    many = store.submit("many", long + short, owner="a")
    after = store.submit("after", short, owner="a")
    assert store.coming_turns() == [many, many, after]
    whole = SECONDS_PER_MAC * work_left(store.comparison(many).runs)
    starts = starts_in(store.active(), store.coming_turns(), SECONDS_PER_MAC)
    assert starts == pytest.approx({many: 0.0, after: whole})


def test_a_run_that_has_ended_takes_no_time(store, training, submit):
    submit()
    waiting = submit()
    claimed = training.claim("lane")
    training.settle(claimed.runs[0].id, "lane", states.DIVERGED)
    rest = SECONDS_PER_MAC * work_left(claimed.runs[1:])
    assert starts_in(store.active(), store.line(), SECONDS_PER_MAC) == pytest.approx(
        {waiting: rest}
    )


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (22, "22nd"), (101, "101st"), (111, "111th")],
)  # fmt: skip
def test_places_are_said_as_people_say_them(number, word):
    assert ordinal(number) == word


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "a few seconds"), (41, "about 40 s"), (94, "about 90 s"), (96, "about 2 min"),
     (240, "about 4 min"), (5300, "about 88 min"), (3 * 3600, "about 3 h"),
     (72 * 3600, "about 3 days")],
)  # fmt: skip
def test_a_time_is_as_exact_as_an_estimate_can_be(seconds, words):
    assert about(seconds) == words


def test_without_a_throughput_only_the_place_is_said():
    assert place_words(2, 240.0) == "3rd in line, starts in about 4 min"
    assert place_words(0) == "1st in line"


@pytest.fixture
def one_moment(store, training, submit, monkeypatch):
    """One comparison trains since ten seconds, a second waits; the machine has a throughput."""
    first, second = submit(), submit()
    training.claim("lane")
    with store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE runs SET active_since = 1000.0, iteration = 10 WHERE comparison = ?", (first,)
        )
    monkeypatch.setattr(time, "time", lambda: 1010.0)
    store.report(
        "throughput", {"seconds_per_mac": 1e-3}
    )  # far from the throughput at which it trains
    return first, second


def test_every_place_says_the_same_of_the_same_moment(store, one_moment, capsys, monkeypatch):
    """A quarter took 10 s, so 30 s are left: bar, panel, terminal; and the next starts then."""
    first, second = one_moment
    said = "iteration 10 of 40, 30 s left"
    seen = line.read(store)
    monkeypatch.setattr(queue, "now", lambda fresh=False: seen)
    bar = progress(store.comparison(first), machine_throughput(store))[1]
    panel = []
    monkeypatch.setattr(queue_panel, "_row", lambda *row: panel.append(row))
    monkeypatch.setattr(queue_panel.visitor, "me", lambda: Visitor("me"))
    queue_panel._panel()
    keeping.show(SimpleNamespace(id=first))
    shown = capsys.readouterr().out
    followed = follow._happens(store, Feed(store, first).snapshot(fresh=True))
    assert bar == followed == panel[0][4] == said
    assert said in shown
    assert panel[1][4] == "starts in about 30 s"
    assert queue_panel.in_line(second) == "1st in line, starts in about 30 s."
    waits = follow._happens(store, Feed(store, second).snapshot(fresh=True))
    ahead = status.state_sentence(store.comparison(second), 1, seen.starts[second])
    assert ahead == "Waiting: 1 comparison ahead in the line, starts in about 30 s."
    assert waits == "Starting: the training processes get ready."


def test_before_it_has_a_throughput_of_its_own_the_machines_counts(store, training, submit):
    found = store.comparison(submit())
    assert seconds_left(found) is None
    assert seconds_left(found, SECONDS_PER_MAC) == pytest.approx(
        SECONDS_PER_MAC * work_left(found.runs)
    )
    training.claim("lane")
    young = store.comparison(found.id)
    moved = [replace(run, iteration=10) for run in young.runs]
    began = moved[0].active_since
    young = replace(young, runs=tuple(moved))
    assert throughput_of(young, SECONDS_PER_MAC, began + 1) == SECONDS_PER_MAC
    own = throughput_of(young, SECONDS_PER_MAC, began + 20)
    assert own == pytest.approx(20 / sum(10 * macs_of_an_iteration(run) for run in moved), rel=1e-3)
    assert ends_in(young, SECONDS_PER_MAC, began + 20) == pytest.approx(60.0, rel=1e-3)
    assert seconds_left(young, SECONDS_PER_MAC, began + 20) == pytest.approx(60.0, rel=1e-3)
