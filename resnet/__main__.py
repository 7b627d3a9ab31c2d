"""The command line: `python -m resnet cost | train | verdict | evaluate | ship`."""

import argparse
import sys
from pathlib import Path

from resnet.cli import terminal
from resnet.cli.arguments import argument_parser, nets_wanted
from resnet.cli.places import PlaceError
from resnet.spec import NetSpec, SpecError


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 when it did what was asked, 1 after a sentence that says why not."""
    return terminal.run("resnet", lambda: _run(argument_parser().parse_args(arguments)))


def _run(options: argparse.Namespace) -> int:
    if options.command == "verdict":
        return _verdict(options.table)
    from resnet.cli import commands
    from resnet.data import DataError
    from resnet.export.shipped import ShippedError
    from resnet.train.checkpoint import CheckpointError

    try:
        if options.command == "cost":
            commands.show_cost(NetSpec.parse(options.net), options.image_size, options.layers)
        elif options.command == "train":
            nets, recipe = nets_wanted(options)
            commands.train(nets, recipe, options.csv, options.save, options.lanes)
        elif options.command == "ship":
            commands.ship(options.checkpoint, options.to, options.data)
        else:
            commands.evaluate(options.checkpoint, options.data)
    except (
        SpecError, PlaceError, DataError, CheckpointError, ShippedError, commands.CommandError,
    ) as error:  # fmt: skip
        print(f"resnet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"resnet: stopped{_what_is_kept(options)}", file=sys.stderr)
        return 130
    return 0


def _what_is_kept(options: argparse.Namespace) -> str:
    if options.command != "train":
        return ""
    if options.save:
        return "; the same command goes on from here"
    kept = "the rows so far are kept, the nets are not" if options.csv else "nothing is kept"
    return f"; {kept}, for which there is --save"


def _verdict(file: Path) -> int:
    """Reads a table; needs no torch, which takes seconds to load."""
    from resnet.cli.verdict import show_verdict
    from resnet.verdict.table import TableError

    try:
        show_verdict(file)
    except TableError as error:
        print(f"resnet: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
