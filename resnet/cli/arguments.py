"""Arguments of `python -m resnet`, and of all commands that train: nets, a lesson, a recipe."""

import argparse
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from resnet.lessons import LESSONS
from resnet.settings import image_folder
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.fields import Field, fields_of
from resnet.spec.names import Entry
from resnet.spec.recipe import DATA

NAMES = "nets are written plain56, resnet56-A, resnet164-A-bottleneck, imagenet-resnet50-B"
RECIPE = fields_of(Recipe)
Entries = list[Entry]


def argument_parser() -> argparse.ArgumentParser:
    """What `python -m resnet` takes: its commands and their options."""
    parser = argparse.ArgumentParser(
        prog="python -m resnet",
        description="Count, train and evaluate the networks of He et al. 2015.",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="cost | train | verdict | evaluate | ship"
    )

    cost = commands.add_parser("cost", help="parameters, MACs and memory of a net", epilog=NAMES)
    cost.add_argument("net")
    cost.add_argument("--image-size", type=int, help="side of the square images, in pixels")
    cost.add_argument("--layers", action="store_true", help="list every layer")

    train = commands.add_parser(
        "train", help="train nets side by side on the same images", epilog=NAMES
    )
    add_training(train, without=["responses"])  # which its table does not keep
    train.add_argument(
        "--csv",
        type=Path,
        help="write the rows to this file, as they come; with --save, those that are there are "
        "gone on with, and else they are never written over",
    )
    train.add_argument(
        "--save",
        type=Path,
        metavar="FOLDER",
        help="keep a checkpoint of each net there, saved every 30 seconds, at the end and at "
        "Ctrl-C; the same command given again goes on from it, in checkpoints and --csv. One of "
        "another recipe is never written over",
    )
    train.add_argument("--lanes", type=int, help="processes; default: one a core, one on a GPU")

    verdict = commands.add_parser(
        "verdict", help="what the rows in a CSV file allow to be said, the interval, N and the rule"
    )
    verdict.add_argument("table", type=Path, help="of --csv, or of the page's “Rows as CSV”")

    evaluate = commands.add_parser("evaluate", help="errors of a checkpoint or a shipped net")
    evaluate.add_argument("checkpoint", type=Path)
    evaluate.add_argument("--data", choices=DATA, help="default: the one it was trained on")

    ship = commands.add_parser(
        "ship", help="write a checkpoint's net as a small file that ships with the program"
    )
    ship.add_argument("checkpoint", type=Path)
    ship.add_argument("--to", type=Path, metavar="FOLDER", help="default: checkpoints/nets")
    ship.add_argument("--data", choices=DATA, help="default: the one it was trained on")
    return parser


def add_training(parser: argparse.ArgumentParser, without: Collection[str] = ()) -> None:
    """The arguments that say what is trained: nets or a lesson, and the recipe."""
    parser.add_argument("nets", nargs="*", help="default: the lesson's")
    add_recipe(parser, without)


def add_recipe(parser: argparse.ArgumentParser, without: Collection[str] = ()) -> None:
    """The same without the nets; an option for every field of the recipe but some."""
    parser.add_argument(
        "--lesson", choices=LESSONS, help="take its recipe; without it, the paper's CIFAR-10 recipe"
    )
    recipe = parser.add_argument_group("the recipe", "what to change of it")
    for name, field in RECIPE.items():
        if name not in without:
            recipe.add_argument(option(name), **_reading(field))
    recipe.set_defaults(seed=0)


def _reading(field: Field) -> dict[str, Any]:
    """How argparse reads a field: its type, what it can be, and its help."""
    known: dict[str, Any] = {"help": field.help.replace("%", "%%"), "default": argparse.SUPPRESS}
    if field.kind is bool:
        return {**known, "action": argparse.BooleanOptionalAction}
    can_be = "|".join(map(str, field.choices)) or "NUMBER"
    return {
        **known,
        "type": field.parse,
        "metavar": f"{can_be}|{field.none}" if field.none else can_be,
    }


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
    given = {name: getattr(options, name) for name in RECIPE if hasattr(options, name)}
    given.setdefault("data", "folder" if image_folder() else "cifar10")
    return [Entry(net, replace(each, **given)) for net, each in entries]


def nets_wanted(options: argparse.Namespace) -> tuple[list[NetSpec], Recipe]:
    """The nets that the arguments ask for, and the one recipe of all. Raises SpecError."""
    entries = entries_wanted(options)
    recipes = {recipe for _, recipe in entries}
    if len(recipes) > 1:
        raise SpecError(
            f"the lesson {options.lesson} trains nets with several recipes, which this command "
            f"does not; python -m explorer train --lesson {options.lesson} does"
        )
    return [net for net, _ in entries], recipes.pop()
