"""Training speed against a plain PyTorch loop (benchmarks/baseline.py), measured in one run.

    python benchmarks/speed.py            # all, under five minutes on two cores
    python benchmarks/speed.py --check    # and fail where a ratio is under its floor

Both loops take turns, a few steps at a time, so that whatever else the machine does slows both;
a ratio is the median over the turns. Images: those of RESNET_DATA, else the generated set.
"""

import argparse
import multiprocessing
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

import torch
from baseline import Baseline, measured_images

from resnet.cost.sharing import cores, share_out
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, best_device

NETS = ("resnet20-A", "resnet56-A", "plain56")
TURNS = 5
# what was measured (benchmarks/README.md); a run under 90 % of it fails the check
SEEN = {
    "resnet20-A": 2.37,
    "resnet56-A": 2.50,
    "plain56": 2.44,
    "evaluation": 2.24,
    "lesson": 2.41,
}
FLOOR = 0.9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail under 90 % of the known ratios")
    check = parser.parse_args().check
    device = best_device()
    images = measured_images()
    print(f"{images.label}, {device}, {cores()} cores, torch {torch.__version__}\n")
    print(f"{'':<42}{'plain loop':>12}{'here':>12}{'ratio':>9}")
    seen = {}
    for name in NETS:
        seen[name] = _one_net(NetSpec.parse(name), images, device)
    seen["evaluation"] = _evaluation(images, device)
    seen["lesson"] = _lesson(images, device)
    slow = {name: ratio for name, ratio in seen.items() if ratio < FLOOR * SEEN[name]}
    for name, ratio in slow.items():
        print(f"{name}: {ratio:.2f} is under {FLOOR:.0%} of {SEEN[name]:.2f}", file=sys.stderr)
    return 1 if check and slow else 0


def _one_net(spec: NetSpec, images: Any, device: str) -> float:
    """Images a second of one net on 32x32 images with augmentation, as the paper trains."""
    recipe = Recipe(data="generated", log_every=10, test_every=60_000)
    plain = Baseline(spec, recipe, images, device)
    ours = Trainer(spec, recipe, images, device)
    return _take_turns(spec.title, plain.step, ours.step, steps=4, each=recipe.batch)


def _evaluation(images: Any, device: str) -> float:
    """Images a second of an error in evaluation mode, fp32."""
    spec = NetSpec.parse("resnet56-A")
    recipe = Recipe(data="generated", test_images=500)
    plain = Baseline(spec, recipe, images, device)
    ours = Trainer(spec, recipe, images, device)
    both_parts = 2 * 500  # ours looks at as many training images
    return _take_turns(
        "evaluation, ResNet-56 A", plain.evaluate, lambda: ours.test(500), 1, 500, both_parts
    )


def _take_turns(
    title: str, plain: Any, ours: Any, steps: int, each: int, ours_each: int | None = None
) -> float:
    plain(), ours()  # the first call sets things up
    rates: list[tuple[float, float]] = []
    for _ in range(TURNS):
        pair = []
        for step, count in ((plain, each), (ours, ours_each or each)):
            began = time.perf_counter()
            for _ in range(steps):
                step()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            pair.append(steps * count / (time.perf_counter() - began))
        rates.append((pair[0], pair[1]))
    return _report(title, rates)


def _report(title: str, rates: list[tuple[float, float]]) -> float:
    """Prints a line; the rates are images a second, the plain loop's and ours, turn by turn."""
    ratio = statistics.median(ours / plain for plain, ours in rates)
    plain, ours = (statistics.median(column) for column in zip(*rates, strict=True))
    print(f"{title:<42}{plain:>10,.0f}/s{ours:>10,.0f}/s{ratio:>9.2f}", flush=True)
    return ratio


def _lesson(images: Any, device: str) -> float:
    """The four nets of the lesson: one after another in the plain loop, in lanes here."""
    recipe = replace(DEGRADATION.recipe, data="generated", test_every=400)
    nets = list(DEGRADATION.nets)
    baselines = [Baseline(spec, recipe, images, device) for spec in nets]
    lanes = 1 if device != "cpu" else cores()
    context = multiprocessing.get_context("spawn")
    workers = []
    for share in share_out(nets, lanes):
        near, far = context.Pipe()
        specs = [nets[index].to_json() for index in share]
        process = context.Process(target=_lane, args=(specs, recipe.to_json(), device, far))
        process.start()
        workers.append((near, process))
    for near, _ in workers:
        near.recv()
    rates = []
    steps = 5
    for _ in range(TURNS):
        began = time.perf_counter()
        for baseline in baselines:
            for _ in range(steps):
                baseline.step()
        middle = time.perf_counter()
        for near, _ in workers:
            near.send(steps)
        for near, _ in workers:
            near.recv()
        count = len(nets) * steps * recipe.batch
        rates.append((count / (middle - began), count / (time.perf_counter() - middle)))
    for near, process in workers:
        near.send(0)
        process.join()
    return _report("four nets of the lesson together", rates)


def _lane(nets: list[str], recipe_text: str, device: str, orders: Any) -> None:
    """A lane of the lesson: says that it is ready, then trains so many steps at each order."""
    if device == "cpu":
        torch.set_num_threads(1)
    recipe = Recipe.from_json(recipe_text)
    images = measured_images()
    trainers = [Trainer(NetSpec.from_json(net), recipe, images, device) for net in nets]
    for trainer in trainers:
        trainer.step()
    orders.send("ready")
    while steps := orders.recv():
        for trainer in trainers:
            for _ in range(steps):
                trainer.step()
        orders.send("done")


if __name__ == "__main__":
    sys.exit(main())
