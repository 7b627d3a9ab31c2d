"""Whose comparison it is decides who may steer it; the store asks, whatever a page shows."""

import pytest

from explorer.store.comparisons import Refused
from explorer.store.records import Visitor
from explorer.store.requests import ControlRequests

ACTS = {
    "stop": lambda ask, it: ask.stop(it),
    "stop one net": lambda ask, it: ask.stop(it, 1),
    "resume": lambda ask, it: ask.resume(it),
    "pause": lambda ask, it: ask.pause(it),
    "step": lambda ask, it: ask.step(it, 10),
    "change the rate": lambda ask, it: ask.change_rate(it, 0.01),
    "extend": lambda ask, it: ask.extend(it, 40, 0.01),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_another_visitor_steers_nothing(store, nets, small, act):
    anns = store.submit("ann's", [(net, small) for net in nets], owner="ann")
    before = store.comparison(anns)
    for by in (Visitor("bob"), Visitor(""), Visitor("ANN")):
        with pytest.raises(Refused, match="another visitor's"):
            act(ControlRequests(store, by), anns)
    assert store.comparison(anns) == before


@pytest.mark.parametrize("by", [Visitor("ann"), Visitor("teacher", everything=True)])
def test_who_launched_it_and_a_teacher_stop_it(store, nets, small, by):
    anns = store.submit("ann's", [(net, small) for net in nets], owner="ann")
    ControlRequests(store, by).stop(anns)
    assert not store.comparison(anns).active


def test_what_the_command_line_launched_is_nobodys_but_a_teachers(store, nets, small):
    found = store.submit("of the machine", [(net, small) for net in nets])
    for by in (Visitor("bob"), Visitor("eve")):
        with pytest.raises(Refused, match="another visitor's"):
            ControlRequests(store, by).stop(found)
    ControlRequests(store, Visitor("t", everything=True)).stop(found)
