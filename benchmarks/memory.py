"""The most memory that a lane's process holds while it trains these nets on one thread.

    python benchmarks/memory.py [NET ...] [--lesson]

The paper's recipe on all images (RESNET_DATA, else the generated ones), or with --lesson the
recipe of the degradation lesson; a few steps and a test. Linux and macOS.
"""

import argparse
import resource
import sys

import torch

from explorer.store.comparisons import RunStore
from resnet.data import load
from resnet.lessons import DEGRADATION
from resnet.settings import image_folder
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer

STEPS = 5
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("nets", nargs="*", default=["resnet56-A"])
    parser.add_argument("--lesson", action="store_true", help="its recipe instead of the paper's")
    options = parser.parse_args()
    torch.set_num_threads(1)
    RunStore()  # a lane has it, and what comes with it
    print(f"torch and the store: {most():.2f} GB")
    images = load("folder" if image_folder() else "generated")
    recipe = DEGRADATION.recipe if options.lesson else Recipe()
    trainers = [Trainer(NetSpec.parse(net), recipe, images, "cpu") for net in options.nets]
    del images  # a lane forgets them too
    for _ in range(STEPS):
        for trainer in trainers:
            trainer.step()
    for trainer in trainers:
        trainer.test(recipe.test_images)
    print(f"{', '.join(options.nets)}: {most():.2f} GB")


def most() -> float:
    """GB resident so far, at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT / 1e9


if __name__ == "__main__":
    main()
