"""When a turn starts: by hand, on comparisons whose work is easy to count."""

from dataclasses import replace

import pytest

from explorer.report.estimates import starts_in, work_left
from explorer.report.formatting import about, ordinal, place_words
from explorer.store import states
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


def test_a_turn_starts_when_those_before_it_are_done(store, submit):
    first, second, third = submit(), submit(iterations=80), submit()
    store.claim("lane")
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


def test_each_seed_is_a_turn_of_its_own(store, nets, small):
    seeds = [(nets[0], replace(small, seed=seed)) for seed in range(3)]
    many = store.submit("many", seeds, owner="a")
    other = store.submit("other", [(nets[0], small)], owner="b")
    one = SECONDS_PER_MAC * work(nets[0], small, 40)
    assert store.coming_turns() == [many, other, many, many]
    assert starts_in(store.active(), store.coming_turns(), SECONDS_PER_MAC) == pytest.approx(
        {many: 0.0, other: one}
    )
    store.claim("lane")
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


def test_a_run_that_has_ended_takes_no_time(store, submit):
    submit()
    waiting = submit()
    claimed = store.claim("lane")
    store.settle(claimed.runs[0].id, "lane", states.DIVERGED)
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
