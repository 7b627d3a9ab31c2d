"""Curation: what may be written on a comparison, by whom, and how a deletion is undone."""

import time

import pytest
import sqlalchemy as sa

from explorer.store import curation as curation_module
from explorer.store import states
from explorer.store.comparisons import Refused, run_folder
from explorer.store.curation import MAX_NOTE, MAX_TAG, MAX_TAGS, MAX_TITLE, Curation
from explorer.store.records import Visitor
from explorer.store.requests import ControlRequests
from explorer.store.tables import comparisons

ANN, BOB = Visitor("ann"), Visitor("bob")
TEACHER = Visitor("teacher", everything=True)


@pytest.fixture
def anns(store, nets, small):
    """The id of a comparison that Ann launched."""
    return store.submit("Ann's", [(net, small) for net in nets], owner=ANN.id)


def test_tags_are_cleaned_and_kept_once(store, anns):
    tags = ["  class   3b ", "class 3b", "", " ", "base\nline", "a\u202eb"]
    Curation(store).describe(anns, "Ann's", tags, "")
    assert store.comparison(anns).tags == ("class 3b", "base line", "ab")
    Curation(store).describe(anns, "Ann's", [], "")
    assert store.comparison(anns).tags == ()


def test_a_note_keeps_its_lines_and_a_title_has_one(store, anns):
    Curation(store).describe(anns, " two\n lines ", [], "\nfirst\n\nlast \0 line\n")
    found = store.comparison(anns)
    assert found.note == "first\n\nlast  line"
    assert found.title == "two lines"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tags": ["x" * (MAX_TAG + 1)]}, f"is too long; {MAX_TAG} letters fit"),
        (
            {"tags": [f"t{n}" for n in range(MAX_TAGS + 1)]},
            f"{MAX_TAGS + 1} tags are too many; a comparison holds {MAX_TAGS}",
        ),
        ({"note": "x" * (MAX_NOTE + 1)}, "the note has 4,001 letters; 4,000 fit"),
        ({"title": " \n "}, "the title is empty; write at least one letter"),
        (
            {"title": "x" * (MAX_TITLE + 1)},
            f"the title has {MAX_TITLE + 1} letters; {MAX_TITLE} fit",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(store, anns, change, sentence):
    before = store.comparison(anns)
    with pytest.raises(Refused, match=sentence):
        Curation(store).describe(anns, **{"title": "new", "tags": ["new"], "note": "new", **change})
    assert store.comparison(anns) == before


def test_the_most_that_fits_is_taken(store, anns):
    tags = [f"{n:02}" + "x" * (MAX_TAG - 2) for n in range(MAX_TAGS)]
    Curation(store).describe(anns, "t" * MAX_TITLE, tags, "n" * MAX_NOTE)
    found = store.comparison(anns)
    assert (found.title, found.tags, found.note) == ("t" * MAX_TITLE, tuple(tags), "n" * MAX_NOTE)


def test_title_tags_and_note_are_taken_together_or_not_at_all(store, anns):
    with pytest.raises(Refused, match="is too long"):
        Curation(store).describe(anns, "new", ["x" * 99], "new")
    found = store.comparison(anns)
    assert (found.title, found.note) == ("Ann's", "")


ACTS = {
    "tag": lambda curation, it: curation.describe(it, "Ann's", ["x"], ""),
    "note": lambda curation, it: curation.describe(it, "Ann's", [], "x"),
    "rename": lambda curation, it: curation.describe(it, "x", [], ""),
    "describe": lambda curation, it: curation.describe(it, "x", ["x"], "x"),
    "archive": lambda curation, it: curation.archive(it),
    "delete": lambda curation, it: curation.delete(it),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_only_who_launched_it_and_a_teacher_may_change_it(store, anns, act):
    before = store.comparison(anns)
    with pytest.raises(Refused, match="another visitor's; you may look, not change"):
        act(Curation(store, BOB), anns)
    assert store.comparison(anns) == before
    act(Curation(store, ANN), anns)
    assert store.comparison(anns) != before


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_teacher_may_change_everything_and_what_is_gone_is_said(store, anns, act):
    act(Curation(store, TEACHER), anns)
    with pytest.raises(Refused, match="not there any more"):
        act(Curation(store), "nothing")


def test_the_archive_is_left_again(store, anns):
    Curation(store).archive(anns)
    assert store.comparison(anns).archived
    Curation(store).archive(anns, False)
    assert not store.comparison(anns).archived


def test_a_deletion_is_undone_by_its_owner_alone(store, training, anns):
    before = store.comparison(anns)
    Curation(store, ANN).delete(anns)
    assert store.comparison(anns) is None
    assert store.comparisons() == []
    assert training.claim("lane") is None
    assert [each.id for each in store.comparisons(deleted=True)] == [anns]
    with pytest.raises(Refused, match="another visitor's"):
        Curation(store, BOB).restore(anns)
    Curation(store, ANN).restore(anns)
    back = store.comparison(anns)
    assert (back.title, [run.id for run in back.runs]) == (
        before.title,
        [run.id for run in before.runs],
    )
    assert {run.state for run in back.runs} == {states.STOPPED}  # it had waited
    ControlRequests(store, ANN).resume(anns)
    assert training.claim("lane").id == anns


def test_what_trains_is_not_deleted_and_what_is_paused_by_a_lane_neither(store, training, anns):
    claimed = training.claim("lane")
    with pytest.raises(Refused, match=r"\"Ann's\" is training; stop it first, then delete it"):
        Curation(store).delete(anns)
    for run in claimed.runs:
        training.hold(run.id, "lane", 5)
    with pytest.raises(Refused, match="stop it first"):
        Curation(store).delete(anns)
    assert store.comparison(anns) is not None


def test_nothing_is_forgotten_before_its_time(store, anns):
    run_folder(store.comparison(anns).runs[0].id).mkdir(parents=True)
    Curation(store).delete(anns)
    assert Curation(store).purge() == 0
    Curation(store).restore(anns)
    assert Curation(store).purge(older_than=0) == 0
    assert store.comparison(anns) is not None
    Curation(store).delete(anns)
    assert Curation(store).purge(older_than=0) == 1
    assert not run_folder(1).exists()
    with pytest.raises(Refused, match="not there any more"):
        Curation(store).restore(anns)


def test_a_purge_leaves_what_is_brought_back_while_it_runs(store, anns, monkeypatch):
    """Both may read the list of the deleted at once; the rows must outlive the undo."""
    folder = run_folder(store.comparison(anns).runs[0].id)
    folder.mkdir(parents=True)
    Curation(store).delete(anns)
    gone = store.comparisons(deleted=True)
    Curation(store).restore(anns)
    monkeypatch.setattr(store, "comparisons", lambda deleted=False: gone)
    assert Curation(store).purge(older_than=0) == 0
    assert store.comparison(anns) is not None
    assert folder.exists()


def test_an_undo_that_comes_too_late_says_so(store, anns, monkeypatch):
    Curation(store).delete(anns)
    gone = store.comparisons(deleted=True)
    Curation(store).purge(older_than=0)
    monkeypatch.setattr(store, "comparisons", lambda deleted=False: gone)
    with pytest.raises(Refused, match="not there any more"):
        Curation(store).restore(anns)


def test_ten_minutes_are_counted_from_the_deletion(store, anns):
    Curation(store).delete(anns)
    with store.write() as connection:
        connection.execute(
            sa.update(comparisons).values(deleted=time.time() - curation_module.UNDO_FOR - 1)
        )
    assert Curation(store).purge() == 1
