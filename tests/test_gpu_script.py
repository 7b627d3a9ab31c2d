"""The script for a GPU, without one: in slices, carrying on where it stopped. Tiny settings."""

import importlib
import json
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.trains  # by a file that is loaded at run time

FOLDER = Path(__file__).parents[1] / "benchmarks"
MODULES = ("gpu", "gpu_checks", "gpu_kernels", "gpu_results", "baseline")


@pytest.fixture
def gpu(monkeypatch, home):
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.delenv("RESNET_DATA", raising=False)
    yield importlib.import_module("gpu")
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def small(gpu, monkeypatch, images):
    """Tiny nets to measure, one check, nothing to train."""
    monkeypatch.setattr(importlib.import_module("gpu_checks"), "STEPS", 4)
    monkeypatch.setattr(gpu, "random_images", lambda count: images)
    monkeypatch.setattr(gpu, "ALONE", ("plain8",))
    monkeypatch.setattr(gpu, "TOGETHER", ("plain8", "resnet8-A"))
    monkeypatch.setattr(gpu, "FIGURE6", {})
    monkeypatch.setattr(gpu, "DOUBTS", {"goes on": lambda images, tiny: {"passed": True}})
    monkeypatch.setattr(gpu.Slices, "_lesson", lambda self: self.results["lesson"].update(seeds=[]))
    return gpu


def found_in(folder):
    return json.loads((folder / "results.json").read_text())


def test_a_slice_without_time_does_nothing_and_asks_for_another(small, tmp_path):
    assert small.Slices(tmp_path, tiny=True, seconds=-1).carry_on() == small.MORE
    assert not (tmp_path / "results.json").exists()


def test_slices_check_measure_and_are_done(small, tmp_path, monkeypatch):
    work = small.Slices(tmp_path, tiny=True, seconds=600)
    monkeypatch.setattr(work, "_measure", lambda name: setattr(work, "deadline", 0.0))
    assert work.carry_on() == small.MORE  # the comparisons, and time is up in what follows
    checks = found_in(tmp_path)["checks"]
    assert len(checks) == 4 and all(seen["passed"] for seen in checks.values())
    monkeypatch.setattr(small, "recorded_is_eager", lambda *given: pytest.fail("it was done"))
    assert small.Slices(tmp_path, tiny=True, seconds=600).carry_on() == 0
    found = found_in(tmp_path)
    assert set(found["rates"]) == {"plain8", "together"}
    assert all(seen["here"] > 0 for seen in found["rates"].values())
    assert found["checks"]["goes on"] == {"passed": True}
    assert "| plain8 |" in (tmp_path / "table.md").read_text()
    assert "plain8: " in (tmp_path / "profile.txt").read_text()


def test_a_recorded_step_that_goes_astray_fails_the_whole(small, tmp_path, monkeypatch, capsys):
    astray = {"graph off eager": 0.1, "rounding": 1e-5, "passed": False}
    monkeypatch.setattr(small, "recorded_is_eager", lambda *given: astray)
    assert small.Slices(tmp_path, tiny=True, seconds=600).carry_on() == 1
    assert "not as it must be: plain8, fp32" in capsys.readouterr().err


def test_what_breaks_is_told_and_the_rest_is_done(small, tmp_path, monkeypatch, capsys):
    def breaks(images, tiny):
        raise RuntimeError("no such kernel")

    monkeypatch.setattr(small, "DOUBTS", {"breaks": breaks, "goes on": small.DOUBTS["goes on"]})
    assert small.Slices(tmp_path, tiny=True, seconds=600).carry_on() == 1
    found = found_in(tmp_path)
    assert found["broken"] == {"breaks": "no such kernel"}
    assert found["checks"]["goes on"]["passed"] and "seeds" in found["lesson"]
    assert "not as it must be: breaks" in capsys.readouterr().err


def test_a_check_notices_steps_that_differ(gpu, images, monkeypatch):
    checks = importlib.import_module("gpu_checks")
    monkeypatch.setattr(checks, "STEPS", 4)
    seen = checks.recorded_is_eager("resnet8-A", "fp32", images, True)
    assert seen["passed"] and seen["graph off eager"] == 0.0

    class Astray(checks.Again):
        def __init__(self, learn):
            super().__init__(lambda: (learn(), learn()))

    monkeypatch.setattr(checks, "Again", Astray)
    assert not checks.recorded_is_eager("resnet8-A", "fp32", images, True)["passed"]


def test_training_is_packed_and_taken_up_by_the_next_call(gpu, tmp_path, home, monkeypatch):
    """Two calls on two machines: the second finds the store and the checkpoints of the first."""
    monkeypatch.setattr(gpu, "FIGURE6", {"small": ("plain20",)})
    monkeypatch.setattr(gpu, "TINY", {**gpu.TINY, "iterations": 6})
    work = gpu.Slices(tmp_path, tiny=True, seconds=600)
    work._train("small")
    made = work.results["trained"]["small"]
    assert made["ended"]
    assert sorted(file.name for file in tmp_path.glob("home.tar.*")) == ["home.tar.00"]
    monkeypatch.setenv("RESNET_HOME", str(tmp_path / "another machine"))
    gpu.unpack_home(tmp_path)
    found = gpu.RunStore().comparison(made["id"])
    assert [(str(run.spec), run.iteration) for run in found.runs] == [("plain20", 6)]
    assert (tmp_path / "another machine" / f"run-{found.runs[0].id}" / "checkpoint.pt").exists()


def test_without_a_gpu_it_says_so(gpu, monkeypatch, capsys):
    monkeypatch.setattr(gpu, "best_device", lambda: "cpu")
    monkeypatch.setattr(sys, "argv", ["gpu.py"])
    assert gpu.main() == 1
    assert "--tiny" in capsys.readouterr().err
