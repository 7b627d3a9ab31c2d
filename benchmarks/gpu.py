"""What `benchmarks/gpu.sh` does: checks, measures, trains Figure 6; a slice at a time.

OUT/results.json   what was found so far, with the machine
OUT/table.md       the same as tables of Markdown
OUT/profile.txt    where a step's time goes
OUT/home.tar.*     the store and the checkpoints of the training, in parts; they are taken up again
"""

import argparse
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from baseline import Baseline
from gpu_checks import DOUBTS, random_images, recorded_is_eager, step_of
from gpu_kernels import passes
from gpu_results import EAGER, FUSED, machine, pack_home, table, unpack_home

from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.launch import LaunchRequest, launch
from explorer.store.records import Comparison
from resnet.data import ImageSet
from resnet.lessons import LESSONS
from resnet.settings import home, image_folder, image_folder_classes
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry
from resnet.train import Trainer, best_device, in_step
from resnet.train.step import Step

MORE = 75  # the exit status that asks for another call
ALONE = ("resnet20-A", "resnet56-A", "resnet110-A")
TOGETHER = ("plain20", "plain56", "resnet20-A", "resnet56-A")
MAPS = ((16, 32), (32, 16), (64, 8))  # channels and pixels a side of the three stages
# Figure 6 of the paper: its four best-known nets first, then what lies between and beyond them
FIGURE6 = {
    "four": TOGETHER,
    "between": ("plain32", "plain44", "resnet32-A", "resnet44-A", "resnet110-A"),
}
TINY = {"iterations": 4, "log_every": 2, "test_every": 4, "test_images": 16, "final_images": 16}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tiny", action="store_true", help="tiny settings, on any machine")
    parser.add_argument("--slice", type=float, default=500.0, help="seconds of one call")
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
        unpack_home(out)
        found = json.loads(self.file.read_text()) if self.file.exists() else {}
        empty: dict[str, Any] = {
            "checks": {},
            "rates": {},
            "profile": {},
            "lesson": {},
            "trained": {},
        }
        self.results: dict[str, Any] = found or {"machine": machine(), **empty}
        self._images: ImageSet | None = None

    def carry_on(self) -> int:
        """0 when all is done, 1 where a check failed, MORE where there is more to do."""
        for name, work in self._works():
            if time.monotonic() > self.deadline:
                print("more is left: call again")
                return MORE
            began = time.monotonic()
            try:
                work()
            except Exception as error:  # the next thing may still tell something
                traceback.print_exc()
                self.results.setdefault("broken", {})[name] = str(error)[:300]
            print(f"[{name}: {time.monotonic() - began:.1f} s]", flush=True)
            self._keep()
        print(table(self.results))
        failed = [name for name, seen in self.results["checks"].items() if not seen["passed"]]
        broken = list(self.results.get("broken", ()))
        if failed or broken:
            print(f"not as it must be: {', '.join(failed + broken)}", file=sys.stderr)
        return 1 if failed or broken else 0

    def _keep(self) -> None:
        self.file.write_text(json.dumps(self.results, indent=2))
        (self.out / "table.md").write_text(table(self.results))

    def _works(self) -> Iterator[tuple[str, Callable[[], None]]]:
        done, broken = self.results["checks"], self.results.get("broken", {})
        nets = ("plain8", "resnet8-A") if self.tiny else ("plain20", "resnet56-A")
        for name, precision in itertools.product(nets, ("fp32", "bf16")):
            label = f"{name}, {precision}"
            if label not in done and label not in broken:
                yield label, lambda n=name, p=precision, w=label: self._compare(n, p, w)  # type: ignore[misc]
        for name in (*ALONE, "together"):
            if name not in self.results["rates"] and name not in broken:
                yield name, lambda name=name: self._measure(name)  # type: ignore[misc]
        for name in ALONE[:2]:
            if name not in self.results["profile"] and name not in broken:
                yield f"profile {name}", lambda name=name: self._profile(name)  # type: ignore[misc]
        if "kernels" not in self.results and "kernels" not in broken:
            yield "kernels", self._kernels
        for label in DOUBTS:
            if label not in done and label not in broken:
                yield label, lambda label=label: self._doubt(label)  # type: ignore[misc]
        if not self.results["lesson"] and "lesson" not in broken:
            yield "lesson", self._lesson
        for part in FIGURE6:
            if not self.results["trained"].get(part, {}).get("ended"):
                yield f"figure 6, {part}", lambda part=part: self._train(part)  # type: ignore[misc]

    def _random(self) -> ImageSet:
        if self._images is None:
            self._images = random_images(200 if self.tiny else 50_000)
        return self._images

    def _compare(self, name: str, precision: str, label: str) -> None:
        seen = recorded_is_eager(name, precision, self._random(), self.tiny)
        self.results["checks"][label] = seen
        print(label, seen)

    def _doubt(self, label: str) -> None:
        self.results["checks"][label] = DOUBTS[label](self._random(), self.tiny)
        print(label, self.results["checks"][label])

    def _measure(self, name: str) -> None:
        """Images a second: here, here without one thing, and for one net in the plain loop."""
        steps = 2 if self.tiny else max(60, 6000 // depth(name))
        names = TOGETHER if name == "together" else (name,)
        seen: dict[str, Any] = {"here": rate(self._trainers(names), steps)}
        if name != "resnet110-A":
            with without_our_kernels():
                seen[FUSED] = rate(self._trainers(names), steps)
            seen[EAGER] = rate(self._trainers(names, eager=True), max(2, steps // 5))
        if len(names) == 1:
            few = replace(self._recipe(), images=100 if self.tiny else 5000)
            baseline = Baseline(NetSpec.parse(name), few, self._random(), best_device())
            seen["plain loop"] = plain_rate(baseline, max(2, steps // 15))
            seen["ratio"] = seen["here"] / seen["plain loop"]
        self.results["rates"][name] = seen
        print(name, {key: round(value, 2) for key, value in seen.items()})

    def _recipe(self) -> Recipe:
        recipe = Recipe(data="generated", log_every=100, test_every=60_000)
        return replace(recipe, batch=8, image_size=16) if self.tiny else recipe

    def _trainers(self, names: Sequence[str], eager: bool = False) -> list[Trainer]:
        made = [Trainer(NetSpec.parse(name), self._recipe(), self._random()) for name in names]
        for trainer in made if eager else ():
            trainer._learn = step_of(Step, trainer)
        return made

    def _profile(self, name: str) -> None:
        """The kernels of a step by the time they take."""
        from torch.profiler import ProfilerActivity, profile

        trainer = self._trainers((name,))[0]
        kind = ProfilerActivity.CUDA if torch.cuda.is_available() else ProfilerActivity.CPU
        for _ in range(3):
            trainer.step()
        steps = 2 if self.tiny else 20
        wait()
        with profile(activities=[kind]) as seen:
            began = time.perf_counter()
            for _ in range(steps):
                trainer.step()
            wait()
            took = 1e6 * (time.perf_counter() - began) / steps
        kernels = [
            event
            for event in seen.key_averages()
            if (event.self_device_time_total if kind == ProfilerActivity.CUDA else event.count)
        ]
        total = sum(event.self_device_time_total for event in kernels) / steps
        count = sum(event.count for event in kernels) / steps
        lines = [f"{name}: {count:.0f} kernels a step, {total:.0f} us of them in {took:.0f} us"]
        kernels.sort(key=lambda event: -event.self_device_time_total)
        for event in kernels[:28]:
            spent = event.self_device_time_total / steps
            lines.append(f"{spent:8.1f} us {event.count / steps:6.1f} x  {event.key[:110]}")
        with (self.out / "profile.txt").open("a") as file:
            file.write("\n".join([*lines, "", ""]))
        print("\n".join(lines[:16]))
        self.results["profile"][name] = {"kernels": count, "kernel us": total, "step us": took}

    def _kernels(self) -> None:
        """Our kernels against cuDNN's and torch's, at the sizes of the three stages."""
        self.results["kernels"] = [] if self.tiny else [passes(*size) for size in MAPS]
        for seen in self.results["kernels"]:
            print({name: round(value, 1) for name, value in seen.items()})

    def _lesson(self) -> None:
        """The degradation lesson through the app's worker: from a click to rows, and to the end."""
        store = self._store()
        self._wait_for_images()
        seen: list[dict[str, float]] = []
        for seed in range(1 if self.tiny else 3):
            nets = lesson_entries("degradation")
            began = time.monotonic()
            identity = self._launch(store, "the degradation lesson", nets, "degradation", seed)
            first = None
            while not self._ended(store, identity):
                if first is None and store.since(identity):
                    first = time.monotonic() - began
                if time.monotonic() - began > 120:
                    raise RuntimeError(f"the lesson does not end: {states_in(store, identity)}")
                time.sleep(0.05)
            seen.append({"first row": first or 0.0, "end": time.monotonic() - began})
            rows = {row.run: row for row in store.since(identity)}
            found = store.comparison(identity)
            assert found
            for run in found.runs:
                seen[-1][str(run.spec)] = rows[run.id].train_error or -1.0
            print(seen[-1], flush=True)
        self.results["lesson"] = {"seeds": seen}
        self._pack()

    def _launch(
        self,
        store: RunStore,
        title: str,
        nets: Sequence[tuple[NetSpec, Recipe]],
        lesson: str | None,
        seed: int = 0,
        **tiny: int,
    ) -> str:
        """Queues nets as a page or a command does; `tiny` changes their recipes under --tiny."""
        settings: dict[str, Any] = {**TINY, "images": 64, "batch": 8, **tiny} if self.tiny else {}
        entries = tuple(Entry(net, replace(recipe, **settings)) for net, recipe in nets)
        data = "folder" if image_folder() else "generated"
        request = LaunchRequest(title, entries, lesson, seed)
        return launch(store, request, data, image_folder_classes())

    def _train(self, part: str) -> None:
        """A part of Figure 6, by the app's own worker, as far as the time reaches."""
        made = self.results["trained"].setdefault(part, {"seconds": 0.0})
        store = self._store()
        self._wait_for_images()
        began = time.monotonic()
        if "id" not in made or store.comparison(made["id"]) is None:
            recipes = {str(net): recipe for each in LESSONS for net, recipe in figure6(each)}
            nets = [(NetSpec.parse(name), recipes[name]) for name in FIGURE6[part]]
            lesson = "degradation" if part == "four" else None  # its long form has the same nets
            made["id"] = self._launch(store, f"Figure 6, {part}", nets, lesson, image_size=16)
            self._keep()
        else:
            self._python("-m", "explorer", "resume", made["id"], "--detach", check=False)
        told = began
        while time.monotonic() < self.deadline and not self._ended(store, made["id"]):
            time.sleep(0.2)
            if time.monotonic() - told > 20:
                told = time.monotonic()
                found = store.comparison(made["id"])
                said = {str(run.spec): run.iteration for run in found.runs} if found else {}
                print(f"{told - began:.0f} s: {said}", flush=True)
        made["seconds"] += time.monotonic() - began
        made["ended"] = self._ended(store, made["id"])
        print(made, states_in(store, made["id"]), flush=True)
        self._pack()

    def _wait_for_images(self) -> None:
        """The images are decoded beside what came before this."""
        folder = image_folder()
        if folder:
            while not folder.is_dir() and time.monotonic() < self.deadline:
                time.sleep(0.2)  # it is being unpacked
            self._python("-c", "from resnet.data import load; print(load('folder').label)")

    def _store(self) -> RunStore:
        """The store, with a worker that is ready."""
        store = RunStore()
        log = (home() / "worker.log").open("ab")
        began = time.monotonic()
        subprocess.Popen(
            [sys.executable, "-m", "explorer.worker"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        while time.monotonic() - began < 90:
            report = store.reported("worker")
            if report and report[1] < 3 and report[0]["ready"]:
                return store
            time.sleep(0.1)
        raise RuntimeError(f"the worker does not start: {(home() / 'worker.log').read_text()}")

    def _ended(self, store: RunStore, identity: str) -> bool:
        found = store.comparison(identity)
        return bool(found) and all(run.state not in states.ACTIVE for run in found.runs)  # type: ignore[union-attr]

    def _pack(self) -> None:
        """Stops the worker, which saves what it trains, and packs the home into parts."""
        self._python("-m", "explorer.worker", "--stop", check=False)
        pack_home(self.out)

    def _python(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], check=False, stdout=subprocess.PIPE, text=True
        )
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}")
        return done.stdout


def depth(name: str) -> int:
    return 152 if name == "together" else NetSpec.parse(name).depth


def lesson_entries(name: str) -> list[tuple[NetSpec, Recipe]]:
    return [(entry.net, entry.recipe) for entry in LESSONS[name].entries]


def figure6(lesson: str) -> list[tuple[NetSpec, Recipe]]:
    return lesson_entries(lesson) if lesson.startswith("figure6") else []


def states_in(store: RunStore, identity: str) -> dict[str, str]:
    found: Comparison | None = store.comparison(identity)
    return {f"{run.spec}": f"{run.state} {run.message}" for run in found.runs} if found else {}


@contextlib.contextmanager
def without_our_kernels() -> Iterator[None]:
    os.environ["RESNET_FUSED"] = "0"
    try:
        yield
    finally:
        del os.environ["RESNET_FUSED"]


def rate(trainers: Sequence[Trainer], steps: int) -> float:
    """Images a second of all of them together, the median of five parts."""

    def part() -> float:
        began = time.perf_counter()
        for _ in itertools.islice(stepping, steps * len(trainers)):
            pass
        wait()
        return steps * len(trainers) * trainers[0].recipe.batch / (time.perf_counter() - began)

    stepping = in_step(trainers)
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


if __name__ == "__main__":
    sys.exit(main())
