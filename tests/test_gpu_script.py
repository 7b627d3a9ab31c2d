"""The script for a GPU, without one: in slices, carrying on where it stopped. Tiny settings."""

import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer import states
from resnet.spec import NetSpec

pytestmark = pytest.mark.trains  # by a file that is loaded at run time

NETS = ("plain8", "plain32")  # the second is no net of the labs
FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def gpu(monkeypatch, home):
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.delenv("RESNET_DATA", raising=False)
    yield importlib.import_module("gpu")
    for name in ("gpu", "baseline"):
        sys.modules.pop(name, None)


@pytest.fixture
def small(gpu, monkeypatch, images):
    """One tiny net to measure, no lesson to train."""
    monkeypatch.setattr(gpu, "measured_images", lambda: images)
    monkeypatch.setattr(gpu, "ALONE", ("plain8",))
    monkeypatch.setattr(gpu, "TOGETHER", ("plain8", "resnet8-A"))
    monkeypatch.setattr(gpu, "LESSONS", ())
    return gpu


def test_a_slice_without_time_does_nothing_and_asks_for_another(small, tmp_path):
    assert small.Slices(tmp_path, tiny=True, seconds=-1).carry_on() == small.MORE
    assert not (tmp_path / "results.json").exists()


def test_slices_check_measure_and_are_done(small, tmp_path, monkeypatch):
    work = small.Slices(tmp_path, tiny=True, seconds=600)
    monkeypatch.setattr(work, "_measure", lambda name: setattr(work, "deadline", 0.0))
    assert work.carry_on() == small.MORE  # the check, and time is up in what follows
    assert json.loads((tmp_path / "results.json").read_text())["check"]["passed"]
    monkeypatch.setattr(small, "parted", lambda *given: pytest.fail("it was checked already"))
    assert small.Slices(tmp_path, tiny=True, seconds=600).carry_on() == 0
    found = json.loads((tmp_path / "results.json").read_text())
    assert set(found["rates"]) == {"plain8", "together"}
    assert all(seen["here"] > 0 for seen in found["rates"].values())
    assert "| plain8 |" in (tmp_path / "table.md").read_text()


def test_a_recorded_step_that_goes_astray_fails_the_check(small, tmp_path, monkeypatch):
    monkeypatch.setattr(small, "parted", lambda *given: (0.1, 1e-5))
    assert small.Slices(tmp_path, tiny=True, seconds=600).carry_on() == 1


def test_training_is_taken_up_again_in_the_next_slice(small, tmp_path, monkeypatch):
    said = []

    def train_in_a_slice(ends):
        work = small.Slices(tmp_path, tiny=True, seconds=600)

        def look(comparison):
            work.deadline = 0.0  # time is up at the first look
            return ends

        def run(*words, check=True):
            said.append(words[2])
            return "c1  Figure 6 at full length"

        monkeypatch.setattr(work, "_ended", look)
        monkeypatch.setattr(work, "_runs", lambda comparison: [*map(run_of, NETS)])
        monkeypatch.setattr(work, "_python", run)
        work._train("figure6-plain")
        return work.results["trained"]["figure6-plain"]

    assert not train_in_a_slice(ends=False)["ended"]
    assert said == ["train", "--stop"]
    made = train_in_a_slice(ends=True)
    assert said == ["train", "--stop", "resume", "record", "ship"]
    assert (made["id"], made["ended"]) == ("c1", True)


def run_of(name):
    return SimpleNamespace(id=1, spec=NetSpec.parse(name), state=states.FINISHED)


def test_without_a_gpu_it_says_so(gpu, monkeypatch, capsys):
    monkeypatch.setattr(gpu, "best_device", lambda: "cpu")
    monkeypatch.setattr(sys, "argv", ["gpu.py"])
    assert gpu.main() == 1
    assert "--tiny" in capsys.readouterr().err
