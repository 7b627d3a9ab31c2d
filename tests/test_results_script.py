"""`make results` with tiny recipes: what it records and writes, and what it does not repeat."""

import importlib
import subprocess
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from filelock import FileLock
from PIL import Image

from explorer.files.recordings import recorded

pytestmark = pytest.mark.trains  # by a file that is loaded at run time

FOLDER = Path(__file__).parents[1] / "benchmarks"
MODULES = ("results", "results_tasks", "results_tables", "results_quotes")


@pytest.fixture
def image_folder(tmp_path, monkeypatch):
    """RESNET_DATA: ten classes of eight training and two test images, told apart by colour."""
    for part, label, number in product(("train", "test"), range(10), range(8)):
        if part == "train" or number < 2:
            file = tmp_path / "images" / part / f"class{label}" / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (32, 32), (25 * label, 255 - 25 * label, 20 * number)).save(file)
    monkeypatch.setenv("RESNET_DATA", str(tmp_path / "images"))
    monkeypatch.setenv("RESNET_DATA_NAME", "tiny images")


@pytest.fixture
def script(monkeypatch, image_folder, tmp_path):
    """The script, whose worker is this process; its folders are the test's own."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setenv("RESNET_RECORDED", "")
    monkeypatch.setenv("RESNET_FUSED", "0")
    results = importlib.import_module("results")
    monkeypatch.setattr(results, "follow", train_here)
    monkeypatch.setattr(results, "stop_worker", lambda: None)
    yield results
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def make(script, tmp_path):
    def make(*words, lesson="warmup", seeds=2):
        given = ["--tiny", "--lesson", lesson, "--seeds", str(seeds)]
        folders = ["--out", str(tmp_path / "out"), "--home", str(tmp_path / "home")]
        return script.main([*given, *folders, *words])

    return make


def interrupt(store, identity):
    raise KeyboardInterrupt


def train_here(store, identity):
    from explorer.lane import in_process
    from explorer.store.snapshots import Feed

    while in_process.run_next(store):
        pass
    return Feed(store, identity).snapshot(fresh=True)


def test_a_lesson_is_recorded_and_its_row_written(make, script, tmp_path, capsys):
    assert make() == 0
    (recording,) = recorded().values()
    assert recording.seeds == (0, 1)
    assert recording.data == "tiny images"
    assert recording.machine == script.machine_words(recording.snapshot.comparison.runs[0].device)
    assert "torch" in recording.machine and "CPU" not in recording.machine
    page = (tmp_path / "out" / "docs" / "RESULTS.md").read_text("utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith("| `warmup`"))
    assert row.count(" · ") == 2  # two recipes of two seeds
    made_by = f"tiny images, {recording.machine}, commit `{recording.commit}`"
    assert made_by in " ".join(page.split())
    assert "| `depth`: Depth in residual nets, 400 iterations | not recorded |" in page
    spread = (tmp_path / "out" / "checkpoints" / "recorded" / "spread.json").read_text("utf-8")
    assert recording.commit in spread
    assert "figures that documents quote stay" in capsys.readouterr().out


def test_what_is_recorded_is_left_unless_something_else_is_asked_for(make, monkeypatch, script):
    assert make() == 0
    trained = []
    monkeypatch.setattr(script.Results, "_train", lambda self, task: trained.append(task.name))
    make()
    assert trained == []
    make("--again")
    make(seeds=3)
    monkeypatch.setattr(sys.modules["results_tasks"], "processor", lambda: "an abacus")
    make()
    assert trained == ["warmup"] * 3


def test_what_a_stopped_call_left_waiting_is_not_trained(make, monkeypatch, script):
    monkeypatch.setattr(script, "follow", interrupt)
    assert make() == 130
    monkeypatch.setattr(script, "follow", train_here)
    assert make() == 0
    found = script.RunStore().comparisons()
    assert [{run.state for run in each.runs} for each in found] == [{"finished"}, {"stopped"}]
    assert len(recorded()) == 1


def test_one_call_at_a_time_records_in_a_home(make, tmp_path, capsys):
    (tmp_path / "home").mkdir()
    with FileLock(tmp_path / "home" / "results.lock"):
        assert make() == 1
    assert "another call records in" in capsys.readouterr().out
    assert recorded() == {}


def test_other_images_and_other_code_are_recorded_anew(make, monkeypatch, script):
    assert make() == 0
    trained = []
    monkeypatch.setattr(script.Results, "_train", lambda self, task: trained.append(task.name))
    with monkeypatch.context() as patch:
        patch.setenv("RESNET_DATA_NAME", "other images")
        make()
    with monkeypatch.context() as patch:
        patch.setattr(script.Results, "_same_code", lambda self, commit: False)
        make()
    assert trained == ["warmup"] * 2


def test_generated_images_need_no_folder(make, monkeypatch):
    monkeypatch.delenv("RESNET_DATA")
    assert make(lesson="degradation-generated", seeds=1) == 0
    (recording,) = recorded().values()
    assert (recording.lesson, recording.data) == ("degradation", "generated images")
    assert recording.snapshot.comparison.title == "Degradation on generated images"
    with pytest.raises(SystemExit, match="no folder of images is named; set RESNET_DATA"):
        make(lesson="depth")


def test_a_run_that_fails_records_nothing(make, monkeypatch, script):
    def fails(store, identity):
        snapshot = train_here(store, identity)
        runs = [
            replace(run, state="failed", message="no memory") for run in snapshot.comparison.runs
        ]
        return replace(snapshot, comparison=replace(snapshot.comparison, runs=tuple(runs)))

    monkeypatch.setattr(script, "follow", fails)
    with pytest.raises(SystemExit, match="warmup is not recorded: resnet110-A failed no memory"):
        make(seeds=1)
    assert recorded() == {}


def test_code_that_is_not_committed_is_not_recorded(make, monkeypatch, script, tmp_path):
    monkeypatch.setattr(script, "_git", lambda *words: " M resnet/train/step.py\n")
    with pytest.raises(SystemExit, match=r"not committed:\n M resnet/train/step.py\ncommit them"):
        script.main(["--lesson", "depth", "--out", str(tmp_path), "--home", str(tmp_path / "home")])


def test_without_git_there_is_no_commit_to_name(script, monkeypatch, tmp_path):
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert subprocess.run(["git", "status"], cwd=tmp_path, capture_output=True).returncode
    with pytest.raises(SystemExit, match="recordings name a commit, and git says"):
        script.Results(tmp_path, tiny=True, seeds=1)
