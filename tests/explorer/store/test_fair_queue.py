"""The order of the line: by hand where it is short, by simulation where thirty people come."""

import random
from dataclasses import dataclass, field, replace

import pytest

from explorer.store import comparisons as store_module
from explorer.store import limits
from explorer.store import requests as requests_module
from explorer.store.comparisons import MAX_SEEDS, Refused
from explorer.store.fair_queue import Waiting, in_order, moved, turns_in_order
from explorer.store.records import Visitor
from explorer.store.requests import ControlRequests
from explorer.store.training import TrainingStore

EACH = int(limits.WAITING_EACH.default)


def waits(text):
    """ "a1 b1 a2": comparisons in the order in which they came; the letter is the owner."""
    return [Waiting(name, name[0], float(time)) for time, name in enumerate(text.split())]


@pytest.mark.parametrize(
    ("came", "order"),
    [
        ("", ""),
        ("a1 a2 a3", "a1 a2 a3"),
        ("a1 b1 c1", "a1 b1 c1"),
        ("a1 a2 a3 b1", "a1 b1 a2 a3"),
        ("a1 a2 b1 b2 c1", "a1 b1 c1 a2 b2"),
    ],
)
def test_visitors_take_turns(came, order):
    assert in_order(waits(came)) == order.split()


def test_who_had_a_turn_lately_lets_others_go_first():
    had = [Waiting("a2", "a", 1.0, served=50.0), Waiting("b1", "b", 40.0), Waiting("c1", "c", 60.0)]
    assert in_order(had) == ["b1", "a2", "c1"]


def test_those_who_came_at_the_same_moment_keep_one_order():
    same = [Waiting(name, name, 5.0) for name in "dbca"]
    assert in_order(same) == in_order(same[::-1]) == list("abcd")


def test_each_seed_is_a_turn_of_its_own():
    seeds = [Waiting("a1", "a", 0.0, turns=3), Waiting("a2", "a", 1.0), Waiting("b1", "b", 2.0)]
    assert turns_in_order(seeds) == ["a1", "b1", "a1", "a1", "a2"]
    assert in_order(seeds) == ["a1", "b1", "a2"]


def test_a_teachers_place_is_for_one_turn_and_counts_as_one():
    line = [Waiting("a1", "a", 0.0, rank=0.0, turns=2), Waiting("a2", "a", 1.0), *waits("b1 c1")]
    assert turns_in_order(line) == ["a1", "b1", "c1", "a1", "a2"]


@pytest.mark.parametrize("place", range(5))
def test_a_comparison_gets_the_place_that_a_teacher_gives_it(place):
    line = waits("a1 a2 b1 c1 c2")
    for each in line:
        ranks = moved(line, each.comparison, place)
        ranked = [
            Waiting(one.comparison, one.owner, one.queued, ranks.get(one.comparison))
            for one in line
        ]
        assert in_order(ranked).index(each.comparison) == place


def test_moving_one_to_the_front_leaves_the_others_to_take_turns():
    line = waits("a1 a2 a3 b1")
    assert moved(line, "a3", 0) == {"a3": 0.0}
    assert moved(line, "a3", 99) == {"a1": 0.0, "b1": 1.0, "a2": 2.0, "a3": 3.0}


@dataclass
class Machine:
    """A line that is served one turn after another, as the store does it."""

    now: float = 0.0
    turns: dict[str, int] = field(default_factory=dict)
    came: dict[str, float] = field(default_factory=dict)
    ranks: dict[str, float] = field(default_factory=dict)
    served: dict[str, float] = field(default_factory=dict)
    taken: list[tuple[float, str]] = field(default_factory=list)

    def waiting(self):
        served = dict(self.served)
        if served:
            served[max(served, key=served.get)] = self.now
        return [
            Waiting(
                name, name[0], self.came[name], self.ranks.get(name), served.get(name[0], 0.0), left
            )
            for name, left in self.turns.items()
            if left
        ]

    def join(self, name, turns=1):
        self.turns[name], self.came[name] = turns, self.now

    def serve(self):
        line = in_order(self.waiting())
        if line:
            self.turns[line[0]] -= 1
            self.ranks.pop(line[0], None)
            self.served[line[0][0]] = self.now
            self.taken.append((self.now, line[0]))
        self.now += 1.0


@pytest.mark.parametrize("seed", range(20))
def test_what_was_foretold_comes_true_where_nobody_joins(seed):
    dice = random.Random(seed)
    machine = Machine()
    for number in range(40):
        machine.join(f"{dice.choice('abcdefgh')}{number}", dice.randint(1, MAX_SEEDS))
        if dice.random() < 0.4:
            machine.serve()
        machine.now += dice.random()
    for name in dice.sample([each.comparison for each in machine.waiting()], 5):
        machine.ranks[name] = float(dice.randint(0, 3))
    foretold, before = turns_in_order(machine.waiting()), len(machine.taken)
    while any(machine.turns.values()):
        machine.serve()
    assert [name for _, name in machine.taken[before:]] == foretold


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_passed_twice_by_the_same_visitor(seed):
    """Thirty who come, go and resume at random: from when one waits for a turn until they have it,
    everybody else has one turn at most. A greedy one always has five waiting."""
    dice = random.Random(seed)
    people = [chr(code) for code in range(ord("A"), ord("A") + 30)]
    machine, number = Machine(), 0
    for _ in range(500):
        mine = dict.fromkeys(people, 0)
        for each in machine.waiting():
            mine[each.owner] += 1
        for owner in people:
            greedy = owner == "A"
            if mine[owner] < EACH and dice.random() < (1.0 if greedy else 0.05):
                number += 1
                machine.join(f"{owner}{number}", MAX_SEEDS if greedy else dice.randint(1, 3))
            if mine[owner] and dice.random() < 0.02:  # stopped, and resumed at once
                again = dice.choice([e for e in machine.waiting() if e.owner == owner])
                machine.came[again.comparison] = machine.now
            machine.now += 0.001
        before = machine.waiting()
        began = dict(machine.served)
        machine.serve()
        when, name = machine.taken[-1]
        oldest = min(each.queued for each in before if each.owner == name[0])
        since = max(oldest, began.get(name[0], 0.0))
        passed_by = [other[0] for at, other in machine.taken[:-1] if since < at < when]
        assert len(passed_by) == len(set(passed_by))
    assert {name[0] for _, name in machine.taken} == set(people)


@pytest.mark.parametrize("seed", range(10))
def test_a_teacher_who_moves_things_starves_nobody(seed):
    """After the last move, what was moved is served first, and what joins then waits for that and
    for one turn of each visitor."""
    dice = random.Random(seed)
    machine = Machine()
    for number in range(40):
        machine.join(f"{dice.choice('abcdefgh')}{number}")
        machine.now += 0.01
    for _ in range(5):
        line = [each.comparison for each in machine.waiting()]
        machine.ranks.update(moved(machine.waiting(), dice.choice(line), dice.randint(0, 9)))
    ranked = list(machine.ranks)
    machine.join("z0")
    place = in_order(machine.waiting()).index("z0")
    assert set(in_order(machine.waiting())[: len(ranked)]) == set(ranked)
    assert place <= len(ranked) + 8
    for number in range(100, 160):  # and others keep coming
        machine.join(f"{dice.choice('abcdefgh')}{number}")
        machine.serve()
    assert "z0" in [name for _, name in machine.taken]
    assert set(ranked) < {name for _, name in machine.taken}


# the same in the store


@pytest.fixture
def launch(store, nets, small):
    def launch(owner, seeds=1):
        runs = [(nets[0], replace(small, seed=seed)) for seed in range(seeds)]
        return store.submit(f"of {owner}", runs, owner=owner)

    return launch


@pytest.fixture
def clock(monkeypatch):
    """Moves on by a second whenever the store looks at it."""
    seconds = iter(range(1_000_000, 2_000_000))
    for module in (store_module, requests_module):
        monkeypatch.setattr(module.time, "time", lambda: float(next(seconds)))


def end(store, claimed):
    for run in claimed.runs:
        TrainingStore(store).settle(run.id, "lane", "finished")


def test_one_who_comes_while_another_trains_is_next(store, training, launch, clock):
    first, second = launch("a"), launch("a")
    end(store, training.claim("lane"))
    launch("a")
    newcomer = launch("b")
    assert store.line()[:2] == [newcomer, second]
    assert training.claim("lane").id == newcomer
    assert store.comparison(first).runs[0].state == "finished"


def test_seeds_of_one_visitor_let_others_in_between(store, training, launch, clock):
    many, other = launch("a", seeds=3), launch("b")
    assert store.coming_turns() == [many, other, many, many]
    served = []
    while store.line():
        claimed = training.claim("lane")
        served.append(claimed.id)
        end(store, claimed)
    assert served == [many, other, many, many]


def test_one_who_let_another_go_first_is_not_passed_again(store, training, launch, clock):
    launch("a")
    waits = launch("a")
    end_of_first = training.claim("lane")
    passes = launch("b")
    end(store, end_of_first)
    claimed = training.claim("lane")
    assert claimed.id == passes
    launch("c")
    end(store, claimed)
    assert training.claim("lane").id == waits


def test_the_command_line_takes_turns_as_a_visitor_does(store, launch, clock):
    mine = [launch("") for _ in range(EACH + 2)]  # without a limit
    other = launch("b")
    assert store.line() == [mine[0], other, *mine[1:]]


def test_who_resumes_again_and_again_comes_after_those_who_wait(store, launch, clock):
    again, other = launch("a"), launch("b")
    for _ in range(3):
        ControlRequests(store).stop(again)
        ControlRequests(store).resume(again)
    assert store.line() == [other, again]


def test_a_place_given_once_is_not_kept_over_a_stop(store, launch, clock):
    for owner in "abc":
        launch(owner)
    last = launch("d")
    ControlRequests(store).move(last, 0)
    assert store.line()[0] == last
    ControlRequests(store).stop(last)
    ControlRequests(store).resume(last)
    assert store.line()[-1] == last


def test_only_a_teacher_moves(store, training, launch):
    launch("a")
    mine = launch("b")
    with pytest.raises(Refused, match="only a teacher may reorder the line"):
        ControlRequests(store, Visitor("b")).move(mine, 0)
    ControlRequests(store, Visitor("t", everything=True)).move(mine, 0)
    assert store.line()[0] == mine
    training.claim("lane")
    with pytest.raises(Refused, match="it does not wait any more"):
        ControlRequests(store).move(mine, 0)


def test_a_class_of_thirty_finds_room_in_the_line():
    assert limits.WAITING.default >= 30 * EACH


def test_each_visitor_has_a_limit_of_their_own(store, launch):
    for _ in range(EACH):
        launch("a")
    with pytest.raises(Refused, match="5 comparisons of yours are waiting already"):
        launch("a")
    launch("b")
