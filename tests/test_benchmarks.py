"""The benchmarks run: what they measure is not looked at here, for machines differ."""

import importlib.util
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from PIL import Image

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


def test_a_lab_is_timed(monkeypatch, tmp_path, capsys):
    labs = benchmark("labs")
    monkeypatch.setenv("RESNET_DATA", str(images_in(tmp_path / "tiny images")))
    monkeypatch.delenv("RESNET_DATA_NAME", raising=False)
    bench = labs.Bench()
    monkeypatch.setattr(bench, "watch", Worked(bench.store))
    assert bench.report(["residual_size"], strict=False) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "tiny images; seconds"
    assert said[2].split()[:3] == ["residual_size", "resnet20-A", "resnet56-A"]


def test_the_deviation_of_repeats_is_pooled_over_the_nets(capsys):
    """1, 2, 3 and 10, 10, 13 deviate by 1 and 1.73: pooled the root of two, with 4 degrees."""
    resolutions = benchmark("resolutions")
    found = {"plain20": (1, 2, 3), "plain56": (10, 10, 13)}
    repeats = {net: [{"figure": float(each)} for each in of_it] for net, of_it in found.items()}
    resolutions._report("shattered", True, repeats)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "shattered, shipped nets, 3 repeats"
    assert said[-1].split()[-5:] == ["deviation", "1.414", "with", "4", "degrees"]


def images_in(folder):
    """Ten classes of twenty training and five test images, told apart by colour."""
    for part, count in (("train", 20), ("test", 5)):
        for label, number in product(range(10), range(count)):
            file = folder / part / f"class{label}" / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (32, 32), (25 * label, 255 - 25 * label, 10 * number)).save(file)
    return folder


class Worked:
    """In the place of a worker's process: does the next job here when it is looked at."""

    def __init__(self, store):
        self._store = store

    def look(self):
        from explorer.lane import in_process

        in_process.do_next_job(self._store)
