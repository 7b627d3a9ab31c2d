"""Arguments of the command lines that train: nets, a lesson, and changes to the recipe."""

import argparse
from dataclasses import replace

from resnet.lessons import LESSONS
from resnet.settings import image_folder
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.checks import listed
from resnet.spec.names import Entry
from resnet.spec.recipe import DATA

NAMES = "nets are written plain56, resnet56-A, resnet164-A-bottleneck, imagenet-resnet50-B"
OVERRIDES = {
    "images": int, "image_size": int, "split": str, "batch": int, "iterations": int,
    "learning_rate": float, "schedule": str, "warmup": str, "warmup_iterations": int,
    "momentum": float, "weight_decay": float, "precision": str, "log_every": int,
    "test_every": int, "test_images": int, "final_images": int,
}  # fmt: skip
Entries = list[Entry]


def add_training(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what is trained: nets or a lesson, images, seed, recipe."""
    parser.add_argument("nets", nargs="*", help="default: the lesson's")
    add_recipe(parser)


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """The same without the nets."""
    parser.add_argument(
        "--lesson", choices=LESSONS, help="take its recipe; without it, the paper's CIFAR-10 recipe"
    )
    parser.add_argument(
        "--data", choices=DATA, help="default: folder where RESNET_DATA is set, else cifar10"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--augment", action=argparse.BooleanOptionalAction)
    for name, kind in OVERRIDES.items():
        parser.add_argument(option(name), type=kind, help=argparse.SUPPRESS)
    parser.description = (
        "Settings of the recipe can be changed one by one: "
        + listed(option(name) for name in OVERRIDES)
        + "."
    )


def option(field: str) -> str:
    """The option that changes a field of the recipe: "learning_rate" is --learning-rate."""
    return f"--{field.replace('_', '-')}"


def entries_wanted(options: argparse.Namespace) -> Entries:
    """The curves that the arguments ask for, each a net with its recipe; for one seed.

    With a lesson and nets, each net takes the recipe of the lesson's first entry. `gpu`, where the
    parser has it, asks for the lesson's full-length entries. Raises SpecError.
    """
    lesson = LESSONS[options.lesson] if options.lesson else None
    nets = [NetSpec.parse(name) for name in getattr(options, "nets", ())]
    if not nets and lesson is None:
        raise SpecError("no net was named; name some, or take a lesson's: --lesson degradation")
    if len(set(nets)) < len(nets):
        raise SpecError("a net was named twice; name each once, and repeat the command for a seed")
    of_lesson: Entries = []
    if lesson:
        full = getattr(options, "gpu", False)
        if full and not lesson.gpu:
            raise SpecError(f"the lesson {lesson.name!r} has no form for a GPU; leave --gpu out")
        chosen = lesson.gpu if full else lesson.entries
        of_lesson = list(chosen)
    recipe = of_lesson[0][1] if of_lesson else Recipe()
    entries = [Entry(net, recipe) for net in nets] or of_lesson
    given = {
        name: getattr(options, name)
        for name in (*OVERRIDES, "augment", "responses", "data", "seed")
        if getattr(options, name, None) is not None
    }
    given.setdefault("data", "folder" if image_folder() else "cifar10")
    return [Entry(net, replace(each, **given)) for net, each in entries]
