"""What the norms of gradients and weights cost, as a share of a training step, on one thread.

    python benchmarks/telemetry.py [NET]

A step logs norms once every `log_every` iterations; the share is given for norms at every step and
at the lesson's rate. Medians of paired repeats, generated images.
"""

import statistics
import sys
import time

import torch

from resnet.data import load
from resnet.lessons import DEGRADATION
from resnet.spec import NetSpec
from resnet.train import Trainer

REPEATS = 40


def main() -> None:
    torch.set_num_threads(1)
    spec = NetSpec.parse(sys.argv[1] if len(sys.argv) > 1 else "resnet56-A")
    trainer = Trainer(spec, DEGRADATION.recipe, load("generated"), "cpu")
    steps, norms = [], []
    for repeat in range(REPEATS + 3):
        began = time.perf_counter()
        trainer._learn(repeat, 0.01)
        middle = time.perf_counter()
        trainer.probe.norms().tolist()
        ended = time.perf_counter()
        if repeat >= 3:  # the first steps warm up
            steps.append(middle - began)
            norms.append((ended - middle) / (middle - began))
    share = 100 * statistics.median(norms)
    every = DEGRADATION.recipe.log_every
    print(f"{spec.title}: step {1000 * statistics.median(steps):.1f} ms ({trainer.precision})")
    print(f"gradient and weight norms at every step: {share:.2f} % of a step")
    print(f"the same every {every} steps, as the lesson: {share / every:.3f} % of a step")


if __name__ == "__main__":
    main()
