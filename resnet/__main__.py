"""The command line: `python -m resnet cost | train | evaluate | ship`."""

import argparse
import sys
from pathlib import Path

from resnet.cli.arguments import NAMES, add_training, entries_wanted
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.recipe import DATA


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 when it did what was asked, 1 after a sentence that says why not."""
    from resnet.cli import commands

    options = _parser().parse_args(arguments)
    try:
        if options.command == "cost":
            commands.show_cost(NetSpec.parse(options.net), options.image_size, options.layers)
        elif options.command == "train":
            nets, recipe = _wanted(options)
            commands.train(nets, recipe, options.csv, options.save, options.lanes)
        elif options.command == "ship":
            commands.ship(options.checkpoint, options.to, options.data)
        else:
            commands.evaluate(options.checkpoint, options.data)
    except (SpecError, commands.CommandError) as error:
        print(f"resnet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        saved = getattr(options, "save", None)
        kept = "the same command goes on from here" if saved else "the rows so far are kept"
        print(f"resnet: stopped; {kept}", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m resnet",
        description="Count, train and evaluate the networks of He et al. 2015.",
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="cost | train | evaluate | ship"
    )

    cost = commands.add_parser("cost", help="parameters, MACs and memory of a net", epilog=NAMES)
    cost.add_argument("net")
    cost.add_argument("--image-size", type=int, help="side of the square images, in pixels")
    cost.add_argument("--layers", action="store_true", help="list every layer")

    train = commands.add_parser(
        "train", help="train nets side by side on the same images", epilog=NAMES
    )
    add_training(train, without=["responses"])  # which its table does not keep
    train.add_argument("--csv", type=Path, help="write the rows to this file, as they come")
    train.add_argument(
        "--save",
        type=Path,
        metavar="FOLDER",
        help="keep a checkpoint of each net there, saved every 30 seconds, at the end and at "
        "Ctrl-C; the same command given again goes on from it, in checkpoints and --csv. One of "
        "another recipe is never written over",
    )
    train.add_argument("--lanes", type=int, help="processes; default: one a core, one on a GPU")

    evaluate = commands.add_parser("evaluate", help="errors of a checkpoint on an image set")
    evaluate.add_argument("checkpoint", type=Path)
    evaluate.add_argument("--data", choices=DATA, help="default: the one it was trained on")

    ship = commands.add_parser(
        "ship", help="write a checkpoint's net as a small file that ships with the program"
    )
    ship.add_argument("checkpoint", type=Path)
    ship.add_argument("--to", type=Path, metavar="FOLDER", help="default: checkpoints/nets")
    ship.add_argument("--data", choices=DATA, help="default: the one it was trained on")
    return parser


def _wanted(options: argparse.Namespace) -> tuple[list[NetSpec], Recipe]:
    entries = entries_wanted(options)
    recipes = {recipe for _, recipe in entries}
    if len(recipes) > 1:
        raise SpecError(
            f"the lesson {options.lesson} trains nets with several recipes, which this command "
            f"does not; python -m explorer train --lesson {options.lesson} does"
        )
    return [net for net, _ in entries], recipes.pop()


if __name__ == "__main__":
    sys.exit(main())
