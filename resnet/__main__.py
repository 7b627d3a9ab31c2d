"""The command line: `python -m resnet cost | train | evaluate`."""

import argparse
import sys
from dataclasses import fields, replace
from pathlib import Path

from resnet.lessons import LESSONS
from resnet.recipe import DATA
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.wording import listed

OVERRIDES = {
    "images": int, "image_size": int, "split": str, "batch": int, "iterations": int,
    "learning_rate": float, "schedule": str, "warmup": str, "warmup_iterations": int,
    "momentum": float, "weight_decay": float, "precision": str, "log_every": int,
    "test_every": int, "test_images": int, "final_images": int,
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 when it did what was asked, 1 after a sentence that says why not."""
    from resnet import commands

    options = _parser().parse_args(arguments)
    try:
        if options.command == "cost":
            commands.show_cost(NetSpec.parse(options.net), options.image_size, options.layers)
        elif options.command == "train":
            nets, recipe = _wanted(options)
            commands.train(nets, recipe, options.csv, options.save, options.lanes)
        else:
            commands.evaluate(options.checkpoint, options.data)
    except (SpecError, commands.CommandError) as error:
        print(f"resnet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("resnet: stopped; the rows so far are kept", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m resnet",
        description="Count, train and evaluate the networks of He et al. 2015.",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="cost | train | evaluate"
    )
    names = "nets are written plain56, resnet56-A, resnet164-A-bottleneck, imagenet-resnet50-B"

    cost = commands.add_parser("cost", help="parameters, MACs and memory of a net", epilog=names)
    cost.add_argument("net")
    cost.add_argument("--image-size", type=int, help="side of the square images, in pixels")
    cost.add_argument("--layers", action="store_true", help="list every layer")

    train = commands.add_parser(
        "train", help="train nets side by side on the same images", epilog=names
    )
    train.add_argument("nets", nargs="*", help="default: the lesson's")
    train.add_argument(
        "--lesson", choices=LESSONS, help="take its recipe; without it, the paper's CIFAR-10 recipe"
    )
    train.add_argument(
        "--data", choices=DATA, help="default: folder where RESNET_DATA is set, else cifar10"
    )
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--csv", type=Path, help="write the rows to this file")
    train.add_argument("--save", type=Path, metavar="FOLDER", help="leave a checkpoint of each net")
    train.add_argument("--lanes", type=int, help="processes; default: one a core, one on a GPU")
    train.add_argument("--augment", action=argparse.BooleanOptionalAction)
    for name, kind in OVERRIDES.items():
        train.add_argument(f"--{name.replace('_', '-')}", type=kind, help=argparse.SUPPRESS)
    train.description = (
        "Settings of the recipe can be changed one by one: "
        + listed(f"--{name.replace('_', '-')}" for name in OVERRIDES)
        + "."
    )

    evaluate = commands.add_parser("evaluate", help="errors of a checkpoint on an image set")
    evaluate.add_argument("checkpoint", type=Path)
    evaluate.add_argument("--data", choices=DATA, help="default: the one it was trained on")
    return parser


def _wanted(options: argparse.Namespace) -> tuple[list[NetSpec], Recipe]:
    lesson = LESSONS[options.lesson] if options.lesson else None
    nets = [NetSpec.parse(name) for name in options.nets]
    if not nets and lesson is None:
        raise SpecError("no net was named; name some, or take a lesson's: --lesson degradation")
    if len(set(nets)) < len(nets):
        raise SpecError("a net was named twice; name each once, and repeat the command for a seed")
    recipe = lesson.recipe if lesson else Recipe()
    given = {
        field.name: getattr(options, field.name)
        for field in fields(Recipe)
        if getattr(options, field.name, None) is not None
    }
    if "data" not in given:
        from resnet.home import image_folder

        given["data"] = "folder" if image_folder() else "cifar10"
    return nets or list(lesson.nets if lesson else ()), replace(recipe, **given)


if __name__ == "__main__":
    sys.exit(main())
