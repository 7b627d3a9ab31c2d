"""The benchmarks run: what they measure is not looked at here, for machines differ."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

pytestmark = pytest.mark.trains  # by a file that is loaded at run time

FOLDER = Path(__file__).parents[1] / "benchmarks"


def benchmark(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_telemetry_is_a_share_of_a_step(monkeypatch, images, capsys):
    telemetry = benchmark("telemetry")
    monkeypatch.setattr(telemetry, "REPEATS", 1)
    many = replace(
        images,
        train_images=images.train_images.repeat(80, 1, 1, 1),
        train_labels=images.train_labels.repeat(80),
    )
    monkeypatch.setattr(telemetry, "load", lambda name: many)
    monkeypatch.setattr("sys.argv", ["telemetry.py", "plain8"])
    telemetry.main()
    said = capsys.readouterr().out
    assert said.startswith("plain-8: step ") and "% of a step" in said


@pytest.mark.timeout(120)
def test_a_lab_is_timed(monkeypatch, home, capsys):
    labs = benchmark("labs")
    monkeypatch.delenv("RESNET_DATA", raising=False)
    bench = labs.Bench()
    monkeypatch.setattr(bench, "watch", Worked(bench.store))
    assert bench.report(["residual_size"], strict=False) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "generated images; seconds"
    assert said[2].split()[:3] == ["residual_size", "resnet20-A", "resnet56-A"]


class Worked:
    """In the place of a worker's process: does the next job here when it is looked at."""

    def __init__(self, store):
        self._store = store

    def look(self):
        from explorer.lane import in_process

        in_process.do_next_job(self._store)
