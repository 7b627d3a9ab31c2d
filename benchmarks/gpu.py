"""What `benchmarks/gpu.sh` does: checks, measures, trains Figure 6; a slice at a time.

OUT/results.json   what was found so far, with the machine
OUT/table.md       the same as the table of benchmarks/README.md
OUT/home           the store and the checkpoints of the training
OUT/recorded       recorded comparisons, for checkpoints/recorded
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from baseline import Baseline, measured_images

from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.records import Run
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, best_device, in_step
from resnet.train.step import GraphStep, Step, on_cuda

MORE = 75  # the exit status that asks for another call
ALONE = ("resnet20-A", "resnet56-A", "resnet110-A")
TOGETHER = ("plain20", "plain56", "resnet20-A", "resnet56-A")
TARGETS = {"resnet20-A": 200_000, "resnet56-A": 80_000, "resnet110-A": 42_000, "together": 240_000}
LESSONS = ("figure6-plain", "figure6-residual")
TINY = {
    "data": "generated",
    "images": 64,
    "image-size": 16,
    "batch": 8,
    "iterations": 4,
    "log-every": 2,
    "test-every": 4,
    "test-images": 16,
    "final-images": 16,
}


class Again:
    """Stands in for a CUDA graph where there is none: the function is called again."""

    def __init__(self, learn: Callable[[], None]) -> None:
        self.replay = learn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tiny", action="store_true", help="tiny settings, on any machine")
    parser.add_argument("--slice", type=float, default=540.0, help="seconds of one call")
    options = parser.parse_args()
    if best_device() != "cuda" and not options.tiny:
        print("there is no GPU here; --tiny tries the script without one", file=sys.stderr)
        return 1
    out = Path(os.environ.get("OUT") or Path(__file__).parent / "out")
    return Slices(out.resolve(), options.tiny, options.slice).carry_on()


class Slices:
    """The whole work, one thing after another; what is done is not done again."""

    def __init__(self, out: Path, tiny: bool, seconds: float) -> None:
        self.out = out
        self.tiny = tiny
        self.deadline = time.monotonic() + seconds
        self.file = out / "results.json"
        out.mkdir(parents=True, exist_ok=True)
        found = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.results: dict[str, Any] = found or {"machine": machine(), "rates": {}, "trained": {}}

    def carry_on(self) -> int:
        """0 when all is done, 1 where the check failed, MORE where there is more to do."""
        for work in self._works():
            if time.monotonic() > self.deadline:
                print("more is left: call again")
                return MORE
            work()
            self.file.write_text(json.dumps(self.results, indent=2))
            (self.out / "table.md").write_text(table(self.results))
            if not self.results["check"]["passed"]:
                print("the recorded step is not the eager one", file=sys.stderr)
                return 1
        print(table(self.results))
        return 0

    def _works(self) -> Iterator[Callable[[], None]]:
        if "check" not in self.results:
            yield self._check
        for name in (*ALONE, "together", *(f"{name} compiled" for name in ALONE)):
            if name not in self.results["rates"] and not (self.tiny and "compiled" in name):
                yield lambda name=name: self._measure(name)  # type: ignore[misc]
        for lesson in LESSONS:
            while not self.results["trained"].get(lesson, {}).get("ended"):
                yield lambda lesson=lesson: self._train(lesson)  # type: ignore[misc]

    def _check(self) -> None:
        """Fifty steps in fp32, recorded and eager; eager in another layout tells rounding."""
        names = ("plain8", "resnet8-A") if self.tiny else ("plain20", "resnet56-A")
        images = measured_images()
        recipe = Recipe(data="generated", learning_rate=0.01, precision="fp32", log_every=50)
        if self.tiny:
            recipe = replace(recipe, batch=8, image_size=16)
        found = {}
        for name in names:
            apart = parted(NetSpec.parse(name), recipe, images)
            found[name] = apart
            print(f"{name}: weights part by {apart[0]:.1e}; by rounding alone, {apart[1]:.1e}")
        passed = all(graph <= 10 * rounding + 1e-6 for graph, rounding in found.values())
        self.results["check"] = {"passed": passed, "apart": found}

    def _measure(self, name: str) -> None:
        """Images a second: here, and for one net in the plain loop too."""
        steps = 2 if self.tiny else 300
        compiled = name.endswith(" compiled")
        names = TOGETHER if name == "together" else (name.removesuffix(" compiled"),)
        images = measured_images()
        recipe = Recipe(data="generated", log_every=100, test_every=60_000)
        if self.tiny:
            recipe = replace(recipe, batch=8, image_size=16)
        trainers = [Trainer(NetSpec.parse(each), recipe, images) for each in names]
        if compiled:
            for trainer in trainers:
                trainer._learn.forward = torch.compile(trainer.net)
        seen: dict[str, Any] = {"here": rate(trainers, steps), "how": trainers[0].how}
        if len(names) == 1 and not compiled:
            baseline = Baseline(NetSpec.parse(name), recipe, images, best_device())
            seen["plain loop"] = plain_rate(baseline, max(2, steps // 10))
            seen["ratio"] = seen["here"] / seen["plain loop"]
        self.results["rates"][name] = seen
        print(name, seen, flush=True)

    def _train(self, lesson: str) -> None:
        """A part of a lesson's training, by the app's own worker; recorded when it has ended."""
        made = self.results["trained"].setdefault(lesson, {"seconds": 0.0})
        began = time.monotonic()
        if "id" not in made:
            tiny = TINY if self.tiny else {}
            data = [word for name, value in tiny.items() for word in (f"--{name}", str(value))]
            said = self._explorer("train", "--lesson", lesson, *data, "--detach")
            made["id"] = said.split()[0]
            self.file.write_text(json.dumps(self.results, indent=2))
        else:
            self._explorer("resume", made["id"], "--detach", check=False)
        while time.monotonic() < self.deadline and not self._ended(made["id"]):
            time.sleep(0.5 if self.tiny else 5)
        made["seconds"] += time.monotonic() - began
        made["ended"] = self._ended(made["id"])
        if made["ended"]:
            folder = self.out / "recorded"
            folder.mkdir(exist_ok=True)
            print(
                self._explorer("record", made["id"], str(folder / f"{lesson}-gpu.resnet.json.gz"))
            )
            self._ship(made["id"])
        else:
            self._python("-m", "explorer.worker", "--stop", check=False)

    def _ship(self, comparison: str) -> None:
        """Writes the nets that the labs use, as small files."""
        for run in self._runs(comparison):
            if str(run.spec) in TOGETHER and run.state == states.FINISHED:
                checkpoint = str(self.out / "home" / f"run-{run.id}" / "checkpoint.pt")
                self._python("-m", "resnet", "ship", checkpoint, "--to", str(self.out / "nets"))

    def _ended(self, comparison: str) -> bool:
        ended = (states.FINISHED, states.DIVERGED)
        return all(run.state in ended for run in self._runs(comparison))

    def _runs(self, comparison: str) -> tuple[Run, ...]:
        os.environ["RESNET_HOME"] = str(self.out / "home")
        found = RunStore().comparison(comparison)
        return tuple(found.runs) if found else ()

    def _explorer(self, *arguments: str, check: bool = True) -> str:
        return self._python("-m", "explorer", *arguments, check=check)

    def _python(self, *arguments: str, check: bool = True) -> str:
        home = {**os.environ, "RESNET_HOME": str(self.out / "home")}
        command = [sys.executable, *arguments]
        done = subprocess.run(command, env=home, check=False, stdout=subprocess.PIPE, text=True)
        if check and done.returncode:
            raise SystemExit(f"{' '.join(command[1:])} ended with {done.returncode}")
        return done.stdout


def parted(spec: NetSpec, recipe: Recipe, images: Any) -> tuple[float, float]:
    """How far weights are apart after 50 steps, as a share of their length.

    The recorded step from the eager one, and the eager one from itself with images in NCHW.
    """
    graph, eager, other = (Trainer(spec, recipe, images) for _ in range(3))
    cuda = graph.device.type == "cuda"
    for trainer, made in ((graph, GraphStep), (eager, Step), (other, Step)):
        of = (trainer.net, trainer.optimizer, trainer.batches, trainer._sums, "fp32")
        record = {"record": on_cuda if cuda else Again} if made is GraphStep else {}
        trainer._learn = made(*of, **record)  # type: ignore[arg-type]
    eager._learn.forward = eager.net
    other._learn.forward = lambda x: other.net(x.contiguous())
    other.net.to(memory_format=torch.contiguous_format)
    for trainer in (graph, eager, other):
        for _ in range(50):
            trainer.step()
        trainer.state()  # waits for the device
    if "graph" not in graph.how:
        raise SystemExit(f"{spec}: {graph.how}")
    return apart(graph, eager), apart(other, eager)


def apart(one: Trainer, other: Trainer) -> float:
    mine, theirs = (
        torch.cat([weight.detach().flatten() for weight in each.net.parameters()])
        for each in (one, other)
    )
    return float((mine - theirs).norm() / theirs.norm())


def rate(trainers: Sequence[Trainer], steps: int) -> float:
    """Images a second of all of them together, the median of five parts."""

    def part() -> float:
        began = time.perf_counter()
        for _ in itertools.islice(going, steps * len(trainers)):
            pass
        wait()
        return steps * len(trainers) * trainers[0].recipe.batch / (time.perf_counter() - began)

    going = in_step(trainers)
    part()
    return statistics.median(part() for _ in range(5))


def plain_rate(baseline: Baseline, steps: int) -> float:
    rates = []
    baseline.step()
    for _ in range(3):
        began = time.perf_counter()
        for _ in range(steps):
            baseline.step()
        wait()
        rates.append(
            steps * (baseline.train_images.batch_size or 0) / (time.perf_counter() - began)
        )
    return statistics.median(rates)


def wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def machine() -> str:
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    return f"{device}, torch {torch.__version__}"


def table(results: dict[str, Any]) -> str:
    lines = [
        f"Images a second at batch 128 on {results['machine']}.",
        "",
        "| what | plain loop | here | ratio | target |",
        "|---|---|---|---|---|",
    ]
    for name, seen in results["rates"].items():
        plain = f"{seen['plain loop']:,.0f}" if "plain loop" in seen else ""
        ratio = f"{seen['ratio']:.1f}" if "ratio" in seen else ""
        target = f"{TARGETS[name]:,}" if name in TARGETS else ""
        lines.append(f"| {name} | {plain} | {seen['here']:,.0f} | {ratio} | {target} |")
    for lesson, made in results["trained"].items():
        if made.get("ended"):
            lines += ["", f"{lesson}: {made['seconds'] / 60:.1f} minutes."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
