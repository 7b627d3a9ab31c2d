"""What only a GPU can show to be right: each check gives numbers, and whether they must be so.

Used by `benchmarks/gpu.py`. The yardstick of "the same" is what another memory layout (NCHW in the
place of channels_last) makes of the same steps: rounding alone.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from resnet.data import ImageSet
from resnet.model.folding import folded
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, in_step
from resnet.train.step import GraphStep, Step, on_cuda

STEPS = 50
FEW = 1000  # images: an epoch ends in every eighth mini-batch
TIMES = 10  # so many times the yardstick is still rounding
TINY = {"batch": 8, "image_size": 16, "images": 60}

Found = dict[str, Any]


class Again:
    """Stands in for a CUDA graph where there is none: the function is called again."""

    def __init__(self, learn: Callable[[], None]) -> None:
        self.replay = learn


def random_images(count: int) -> ImageSet:
    """Noise in ten classes: enough to compare steps, and to time them."""
    rng = torch.Generator().manual_seed(0)

    def part(number: int) -> tuple[Tensor, Tensor]:
        pixels = torch.randint(0, 256, (number, 3, 32, 32), generator=rng, dtype=torch.uint8)
        return pixels, torch.arange(number) % 10

    names = tuple(f"class {number}" for number in range(10))
    return ImageSet("random", "random images", names, *part(count), *part(max(20, count // 5)))


def recipe_of(tiny: bool, **given: Any) -> Recipe:
    usual = {"data": "generated", "images": FEW, "learning_rate": 0.002, "log_every": STEPS}
    return Recipe(**{**usual, "test_every": 20 * STEPS, **(TINY if tiny else {}), **given})


def recorded_is_eager(name: str, precision: str, images: ImageSet, tiny: bool) -> Found:
    """Weights after 50 steps: as a graph, eager, eager by torch's own operations alone."""
    recipe = recipe_of(tiny, precision=precision)
    graph, eager, plain, other = (Trainer(NetSpec.parse(name), recipe, images) for _ in range(4))
    cuda = graph.device.type == "cuda"
    graph._learn = step_of(GraphStep, graph, record=on_cuda if cuda else Again)
    for trainer in (eager, plain, other):
        trainer._learn = step_of(Step, trainer)
    plain._learn.forward = plain.net
    other._learn.forward = lambda x: other.net(x.contiguous())
    other.net.to(memory_format=torch.contiguous_format)
    for trainer in (graph, eager, plain, other):
        run(trainer, STEPS)
    if "graph" not in graph.how:
        return {"passed": False, "why": graph.how}
    found = {
        "graph off eager": apart(graph, eager),
        "fused off torch's": apart(eager, plain),
        "rounding": apart(other, plain),
    }
    near = TIMES * found["rounding"] + 1e-6
    return {**found, "passed": all(value <= near for value in found.values())}


def step_of(kind: Any, trainer: Trainer, **given: Any) -> Any:
    of = (trainer.net, trainer.optimizer, trainer.batches, trainer._sums, trainer.precision)
    return kind(*of, **given)


def run(trainer: Trainer, steps: int) -> None:
    for _ in range(steps):
        trainer.step()
    trainer.state()  # waits for the device


def apart(one: Trainer, other: Trainer) -> float:
    """How far weights are from each other, as a share of their length."""
    mine, theirs = (weights(each) for each in (one, other))
    return float((mine - theirs).norm() / theirs.norm())


def weights(trainer: Trainer) -> Tensor:
    return torch.cat([weight.detach().flatten() for weight in trainer.net.parameters()])


def resumed_is_undisturbed(images: ImageSet, tiny: bool) -> Found:
    """Stopped half-way, saved, loaded into another trainer; and the same run twice."""
    spec, recipe = NetSpec.parse("resnet20-A"), recipe_of(tiny)
    one, twin, first, then = (Trainer(spec, recipe, images) for _ in range(4))
    run(one, STEPS)
    run(twin, STEPS)
    run(first, STEPS // 2)
    run(then, 5)  # recorded, on weights that are about to be replaced
    then.load_state(first.state())
    run(then, STEPS - STEPS // 2)
    counts = [each.net.state_dict()["stem.norm.num_batches_tracked"] for each in (one, then)]
    found = {"twice": apart(twin, one), "resumed": apart(then, one)}
    same = int(counts[0]) == int(counts[1]) == STEPS
    return {**found, "passed": same and found["resumed"] <= TIMES * found["twice"] + 1e-6}


def company_changes_nothing(images: ImageSet, tiny: bool) -> Found:
    """Four nets in step, each on a stream of its own, against each alone; one forgets its graph."""
    names = ("plain20", "resnet20-A", "resnet56-A", "resnet20-B")
    recipe = recipe_of(tiny)
    alone, twins, together = (
        [Trainer(NetSpec.parse(name), recipe, images) for name in names] for _ in range(3)
    )
    for trainer in (*alone, *twins):
        run(trainer, STEPS)
    for number, (trainer, _) in enumerate(in_step(together)):
        if number == 10 * len(names):
            trainer._learn.forget()  # while the other streams are busy
        if min(each.iteration for each in together) >= STEPS:
            break
    found: dict[str, float] = dict.fromkeys(names, 0.0)
    passed = True
    for name, one, twin, other in zip(names, alone, twins, together, strict=True):
        run(other, STEPS - other.iteration)
        found[name] = apart(other, one)
        passed &= found[name] <= TIMES * apart(twin, one) + 1e-6
    return {**found, "passed": passed}


def recording_that_fails_goes_on(images: ImageSet, tiny: bool) -> Found:
    """A step that a graph cannot hold is taken eagerly, with the same outcome; a net beside it."""
    spec, recipe = NetSpec.parse("resnet20-A"), recipe_of(tiny)
    broken, sound, beside = (Trainer(spec, recipe, images) for _ in range(3))
    if broken.device.type != "cuda":
        return {"passed": True, "why": "no CUDA here"}
    run(beside, 5)
    forward = broken._learn.forward

    def reads(x: Tensor) -> Tensor:
        logits = forward(x)
        float(logits.detach().sum())  # waits for the device, which a recording cannot
        return logits

    broken._learn.forward = reads
    sound._learn = step_of(Step, sound)
    run(broken, STEPS)
    run(sound, STEPS)
    run(beside, 5)
    off = apart(broken, sound)
    passed = "recording it failed" in broken.how and off < 1e-3
    return {"apart": off, "how": broken.how, "passed": passed}


def errors_are_fp32(images: ImageSet, tiny: bool) -> Found:
    """Logits in evaluation mode on the GPU against double precision on the CPU."""
    trainer = Trainer(NetSpec.parse("resnet20-A"), recipe_of(tiny), images)
    run(trainer, 5)
    some = trainer.batches.normalised(trainer.batches.test.images[:200])
    with torch.inference_mode():
        here = folded(trainer.net)(some.contiguous(memory_format=torch.channels_last))
        exact = folded(trainer.net).cpu().double()(some.cpu().double())
    off = float((here.cpu().double() - exact).norm() / exact.norm())
    return {"off": off, "passed": off < 1e-5}


FULL = """
import torch
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer
import sys
sys.path.insert(0, "benchmarks")
from gpu_checks import random_images, recipe_of, run
images = random_images(2000)
held = Trainer(NetSpec.parse("resnet20-A"), recipe_of(False), images)
run(held, 5)
torch.cuda.empty_cache()
total = torch.cuda.get_device_properties(0).total_memory
torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 100 * 2**20) / total)
wide = Trainer(NetSpec.parse("resnet56-A-w64"), recipe_of(False), images)
try:
    run(wide, 5)
    print("no error")
except torch.OutOfMemoryError:
    del wide
    torch.cuda.empty_cache()
    run(held, 5)
    print("goes on at", held.iteration)
"""


def full_memory_is_told(images: ImageSet, tiny: bool) -> Found:
    """A net that the device has no memory for says so, and the net beside it trains on."""
    if not torch.cuda.is_available():
        return {"passed": True, "why": "no CUDA here"}
    done = subprocess.run([sys.executable, "-c", FULL], capture_output=True, text=True, timeout=120)
    said = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:]
    return {"said": said, "passed": said == ["goes on at 10"]}


SHARED = """
import sys, time
sys.path.insert(0, "benchmarks")
from gpu_checks import random_images, recipe_of, run
from resnet.spec import NetSpec
from resnet.train import Trainer
trainer = Trainer(NetSpec.parse("resnet20-A"), recipe_of(False), random_images(2000))
run(trainer, 50)
print(f"{float(sum(weight.double().sum() for weight in trainer.net.parameters())):.6e}")
"""


def two_processes_share_it(images: ImageSet, tiny: bool) -> Found:
    """The same run in two processes at once."""
    if not torch.cuda.is_available():
        return {"passed": True, "why": "no CUDA here"}
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", SHARED],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ},
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in begun]
    sums = [out.strip() for out, _ in said]
    wrong = [
        err.strip().splitlines()[-1] for (_, err), out in zip(said, sums, strict=True) if not out
    ]
    return {"sums": sums, "passed": all(sums), **({"why": wrong} if wrong else {})}


def no_bf16_trains_in_fp32(images: ImageSet, tiny: bool) -> Found:
    """What cards without bf16 do: fp32 in a graph, with falling loss."""
    recipe = replace(recipe_of(tiny), precision="fp32", log_every=5, test_every=1000)
    trainer = Trainer(NetSpec.parse("resnet20-A"), recipe, images)
    rows = [row for row in (trainer.step() for _ in range(STEPS)) if row]
    losses = [row.loss or 0.0 for row in rows]
    return {"losses": losses, "passed": losses[-1] < losses[0]}


DOUBTS: dict[str, Callable[[ImageSet, bool], Found]] = {
    "resumed is undisturbed": resumed_is_undisturbed,
    "company changes nothing": company_changes_nothing,
    "a recording that fails goes on": recording_that_fails_goes_on,
    "errors are fp32": errors_are_fp32,
    "full memory is told": full_memory_is_told,
    "two processes share it": two_processes_share_it,
    "no bf16, fp32": no_bf16_trains_in_fp32,
}
