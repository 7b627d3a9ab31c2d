"""Which comparisons a filter keeps, its link there and back, and words where nothing is left."""

from dataclasses import replace

import pytest

from explorer.store import states
from explorer.store.records import Comparison, Run, Visitor
from explorer.views.runs.filter.filter import (
    MAX_CHOSEN,
    OWN,
    Filter,
    View,
    advice,
    filtered,
    lessons_of,
    link_of,
    tags_of,
    view_of,
)
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec, Recipe

ANN = Visitor("ann")


def comparison(identity, title="title", nets=("plain20",), state=states.FINISHED, **more):
    runs = tuple(
        Run(n, identity, NetSpec.parse(net), Recipe(), state, None, 0, 0.0, None, 0, "", "", "")
        for n, net in enumerate(nets)
    )
    blank = Comparison(identity, title, None, 0.0, 0.0, 0, "", None, None, runs)
    return replace(blank, **more)


ALL = [
    comparison("a1", "Degradation", ("plain20", "plain56"), lesson="degradation", owner="ann"),
    comparison("b2", "Shortcuts", ("resnet20-A", "resnet20-C"), tags=("class 3b", "Zoo")),
    comparison("c3", "Own", state=states.STOPPED, note="Compare with Friday's", owner="ann"),
    comparison("d4", "Old", archived=True, tags=("alt",), lesson="of an older version"),
]


def kept(by=None, **wanted):
    return "".join(each.id[0] for each in filtered(ALL, Filter(**wanted), by))


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, "abc"),
        ({"archived": True}, "abcd"),
        ({"text": "DEGRA"}, "a"),
        ({"text": "plain-56"}, "a"),
        ({"text": "resnet20-c"}, "b"),
        ({"text": "ResNet-20 A"}, "b"),
        ({"text": "friday own"}, "c"),
        ({"text": "friday degradation"}, ""),
        ({"text": "3b"}, "b"),
        ({"text": "c3"}, "c"),
        ({"text": "   "}, "abc"),
        ({"state": states.STOPPED}, "c"),
        ({"state": states.RUNNING}, ""),
        ({"lesson": "degradation"}, "a"),
        ({"lesson": OWN}, "bc"),
        ({"tag": "class 3b"}, "b"),
        ({"tag": "class"}, ""),
        ({"tag": "alt"}, ""),
        ({"tag": "alt", "archived": True}, "d"),
    ],
)
def test_a_filter_keeps_what_has_all_it_asks_for(wanted, ids):
    assert kept(**wanted) == ids


def test_mine_is_what_the_visitor_launched_and_the_machines_people_have_no_name():
    assert kept(ANN, mine=True) == "ac"
    assert kept(Visitor("bob"), mine=True) == ""
    assert kept(None, mine=True) == "b"


def test_a_run_in_the_state_is_enough():
    mixed = comparison("m", nets=("plain20", "plain56"))
    one = replace(mixed.runs[0], state=states.DIVERGED)
    mixed = replace(mixed, runs=(one, mixed.runs[1]))
    assert filtered([mixed], Filter(state=states.DIVERGED), None) == [mixed]
    assert filtered([mixed], Filter(state=states.FINISHED), None) == [mixed]


def test_tags_and_lessons_on_offer_are_those_in_use():
    assert tags_of(ALL) == ["alt", "class 3b", "Zoo"]
    assert lessons_of(ALL) == {
        "degradation": DEGRADATION.title,
        "of an older version": "of an older version",
        OWN: "own comparisons",
    }
    assert lessons_of([]) == {}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (
            Filter(text="shortcuts", state=states.STOPPED),
            "No comparison matches; without the words 'shortcuts' there is 1, "
            "without the state 'stopped' there is 1.",
        ),
        (Filter(tag="alt"), "without the tag 'alt' there are 3, among the archived there is 1."),
        (Filter(text="zzz", tag="yyy"), "show all of them again with “Clear”."),
    ],
)
def test_an_empty_result_says_what_to_change(wanted, words):
    assert filtered(ALL, wanted, None) == []
    assert advice(ALL, wanted, None).endswith(words)


@pytest.mark.parametrize(
    "view",
    [
        View(),
        View(Filter("a b&c=d", states.PAUSED, "degradation", "für Ännchen, 3b", True, True), 7),
        View(runs=()),
        View(Filter(tag="x"), 1, (12, 15)),
    ],
)
def test_a_view_survives_the_way_through_a_link(view):
    assert view_of(link_of(view)) == (view, [])


def test_a_plain_view_has_a_plain_link():
    assert link_of(View()) == {}
    assert link_of(View(runs=(12, 15))) == {"runs": "12,15"}


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"state": "sleeping"}, "the state 'sleeping', which no run has"),
        ({"page": "two"}, "page 'two', which is not a number"),
        ({"runs": "12,x"}, "the runs '12,x'; runs are numbers, as 12,15"),
        ({"runs": ",".join(map(str, range(13)))}, "names 13 runs; the first 12 are shown together"),
    ],
)
def test_a_broken_link_is_answered_in_a_sentence(link, sentence):
    view, wrong = view_of({**link, "tag": "kept"})
    assert len(wrong) == 1
    assert sentence in wrong[0]
    assert view.filter == Filter(tag="kept")
    assert view.page == 1
    assert view.runs is None or len(view.runs) <= MAX_CHOSEN


def test_numbers_that_are_too_long_or_foreign_are_no_ids():
    view, wrong = view_of({"runs": "9" * 40 + ",²,-1,3,3"})
    assert view.runs == (3,)
    assert len(wrong) == 1
