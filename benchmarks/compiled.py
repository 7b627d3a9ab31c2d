"""Whether torch.compile would train faster on this CPU, once it has started.

    python benchmarks/compiled.py [NET]

The same net three times on the same images, in turns, medians: our step, torch's own operations,
and those compiled. 32x32 with augmentation, batch 128; minutes of compiling are given apart.
"""

import statistics
import sys
import time

import torch
from baseline import measured_images

from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer

STEPS = 12


def main() -> None:
    spec = NetSpec.parse(sys.argv[1] if len(sys.argv) > 1 else "resnet56-A")
    images = measured_images()
    ours, plain, compiled = (Trainer(spec, Recipe(), images, "cpu") for _ in range(3))
    plain._learn.forward = plain.net
    compiled._learn.forward = torch.compile(compiled.net)
    began = time.perf_counter()
    for trainer in (compiled, ours, plain):
        for iteration in range(2):
            trainer._learn(iteration, 0.01)
        if trainer is compiled:
            print(f"{spec.title}: compiled, with two steps, in {time.perf_counter() - began:.0f} s")
    seconds: dict[str, list[float]] = {}
    for iteration in range(2, 2 + STEPS):
        for name, trainer in (("ours", ours), ("torch", plain), ("compiled", compiled)):
            began = time.perf_counter()
            trainer._learn(iteration, 0.01)
            seconds.setdefault(name, []).append(time.perf_counter() - began)
    step = {name: statistics.median(taken) for name, taken in seconds.items()}
    words = ", ".join(f"{name} {1000 * each:.0f} ms" for name, each in step.items())
    print(f"a step: {words}; compiled over ours {step['compiled'] / step['ours']:.2f}")


if __name__ == "__main__":
    main()
