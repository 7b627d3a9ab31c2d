"""Recorded comparisons: found, read once, and left out where they are broken."""

import logging
import os
from dataclasses import replace

import pytest

from explorer.files import recordings
from explorer.files.format import FILE_ENDING, pack
from explorer.store.snapshots import Feed
from explorer.views.train.replay import label
from resnet.lessons import LESSONS


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    folder = tmp_path / "recorded"
    folder.mkdir()
    monkeypatch.setenv("RESNET_RECORDED", str(folder))
    return folder


@pytest.fixture
def snapshot(store, small, nets):
    """The lesson's comparison, not trained yet: what is in it does not matter here."""
    runs = [(net, replace(small, seed=seed)) for seed in (0, 1) for net in nets]
    return Feed(store, store.submit("Degradation", runs, "degradation")).snapshot(fresh=True)


def put(folder, name, content):
    file = folder / f"{name}{FILE_ENDING}"
    file.write_bytes(content)
    return file


def test_a_recording_is_labelled_with_what_made_it(recorded, snapshot):
    put(recorded, "degradation", pack(snapshot, command="make it", machine="a slide rule"))
    (found,) = recordings.recorded().values()
    assert found.lesson == "degradation"
    assert (found.machine, found.command) == ("a slide rule", "make it")
    assert found.seeds == (0, 1)
    assert found.commit == ""
    assert not found.snapshot.comparison.active
    assert found.snapshot.comparison.origin.startswith("a file made on a slide rule")


def test_a_recording_names_the_commit_that_made_it(recorded, snapshot):
    put(recorded, "degradation", pack(snapshot, machine="a slide rule", commit="0954303abc"))
    (found,) = recordings.recorded().values()
    assert found.commit == "0954303abc"
    said = label(found)
    assert said.startswith("a slide rule; ")
    assert said.endswith("; seeds 0, 1; commit 0954303abc.")


def test_recordings_go_by_the_names_of_their_files(recorded, snapshot):
    for name in ("degradation-gpu", "degradation"):
        put(recorded, name, pack(snapshot, machine=name))
    found = recordings.recorded()
    assert list(found) == ["degradation", "degradation-gpu"]
    assert {name: each.machine for name, each in found.items()} == {name: name for name in found}


def test_a_file_is_read_once_and_again_when_it_changes(recorded, snapshot, monkeypatch):
    file = put(recorded, "degradation", pack(snapshot, machine="one"))
    first = recordings.recorded()["degradation"]
    with monkeypatch.context() as patched:
        patched.setattr(recordings, "unpack", lambda _: pytest.fail("it was read again"))
        assert recordings.recorded()["degradation"] is first
    put(recorded, "degradation", pack(snapshot, machine="another"))
    os.utime(file, ns=(1, 1))
    assert recordings.recorded()["degradation"].machine == "another"
    file.unlink()
    assert recordings.recorded() == {}


def test_a_broken_file_is_left_out_with_a_line_in_the_log(recorded, snapshot, caplog):
    put(recorded, "degradation", pack(snapshot))
    put(recorded, "broken", pack(snapshot)[:200])
    (recorded / f"folder{FILE_ENDING}").mkdir()
    no_lesson = replace(snapshot, comparison=replace(snapshot.comparison, lesson=None))
    put(recorded, "own", pack(no_lesson))
    with caplog.at_level(logging.WARNING):
        assert list(recordings.recorded()) == ["degradation"]
        said = caplog.text
        assert f"broken{FILE_ENDING} is left out: the file is not a comparison" in said
        assert f"own{FILE_ENDING} is left out: it is not the comparison of a lesson" in said
        assert f"folder{FILE_ENDING} cannot be read" in said
        caplog.clear()
        recordings.recorded()
        assert f"broken{FILE_ENDING}" not in caplog.text  # said once


def test_where_nothing_is_recorded_nothing_is_found(recorded):
    recorded.rmdir()
    assert recordings.recorded() == {}


def test_what_ships_can_be_read_and_is_of_a_lesson(monkeypatch):
    """Every file beside the program, whatever RESNET_HOME says: whole, small, labelled."""
    monkeypatch.delenv("RESNET_RECORDED", raising=False)
    files = sorted(recordings.folder().glob(f"*{FILE_ENDING}"))
    found = recordings.recorded()
    assert len(found) == len(files)
    for file in files:
        each = found[file.name.removesuffix(FILE_ENDING)]
        assert file.stat().st_size < 500_000
        assert each.lesson in LESSONS
        assert file.name.startswith(each.lesson)
        assert each.machine
        assert each.data
        assert each.command.startswith("python -m explorer train --lesson ")
        assert each.snapshot.histories[0].trained[-1].gradients
        for curves in each.snapshot.histories:
            assert curves.tests
            assert len(curves.rows) == len({row.iteration for row in curves.rows})
