"""How fast this machine trains, from what runs did while they were watched."""

import pytest

from explorer.store import states
from explorer.store.records import macs_of_an_iteration
from explorer.worker.throughput import KEY, Throughput
from resnet.cost import cost
from resnet.spec import NetSpec

SMALL, LARGE = (cost(NetSpec.parse(name), 16).macs * 10 for name in ("plain8", "resnet8-A"))


@pytest.fixture
def watch(store, training, submit):
    """Puts two claimed runs at iterations and looks, at a time."""
    submit(iterations=10_000)
    ids = [run.id for run in training.claim("lane").runs]
    throughput = Throughput(store)

    def look(now, iterations, busy=2, lanes=2, **values):
        changes = {"state": states.RUNNING, **values}
        for run, iteration in zip(ids, iterations, strict=True):
            with store.write() as connection:
                connection.exec_driver_sql(
                    "UPDATE runs SET iteration = ?, state = ? WHERE id = ?",
                    (iteration, changes["state"], run),
                )
        comparison = store.comparisons()[0]
        throughput.look(comparison.runs, busy, lanes, now)
        kept = store.reported(KEY)
        return kept[0]["seconds_per_mac"] if kept else None

    return look


def test_an_iteration_costs_the_macs_of_the_net_at_the_size_of_its_images(store, submit):
    run = store.comparison(submit()).runs[0]
    assert macs_of_an_iteration(run) == SMALL
    assert 10 * cost(NetSpec.parse("plain8"), 32).macs > 3 * SMALL


def test_the_throughput_is_timed_from_row_to_row_and_added_over_nets(watch):
    assert watch(0, (0, 0)) is None
    assert watch(5, (0, 0)) is None  # images were decoded
    assert watch(6, (10, 0)) is None
    assert watch(8, (10, 20)) is None
    seen = watch(16, (60, 20))  # 50 in 10 s
    assert seen is None  # the other net was seen to move once only
    assert watch(18, (60, 80)) == pytest.approx(1 / (5 * SMALL + 6 * LARGE))  # 60 in 10 s


def test_a_fresh_throughput_is_weighed_against_what_was_known(watch):
    for now in range(12):
        watch(now, (now * 10, now * 10))
    known = watch(12, (120, 120))
    assert known == pytest.approx(1 / (10 * (SMALL + LARGE)))
    for now in range(13, 30):
        last = watch(now, (120 + (now - 12) * 20, 120 + (now - 12) * 20))
    assert known > last > 1 / (20 * (SMALL + LARGE))


def test_lanes_that_stand_idle_count_as_if_they_worked(watch):
    for now in range(13):
        throughput = watch(now, (now * 10, now * 10), busy=1, lanes=4)
    assert throughput == pytest.approx(1 / 4 / (10 * (SMALL + LARGE)))


def test_what_is_paused_has_no_throughput(watch):
    for now in range(40):
        assert watch(now, (now * 10, now * 10), state=states.PAUSED) is None


def test_a_short_comparison_is_measured_when_it_ends(watch):
    for now in range(6):
        assert watch(now, (now * 10, now * 10)) is None
    ended = watch(6, (60, 60), state=states.FINISHED)
    assert ended == pytest.approx(1 / (10 * (SMALL + LARGE)))
