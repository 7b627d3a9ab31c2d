"""The command line: `python -m resnet cost | train | verdict | evaluate | ship`."""

import sys
from pathlib import Path

from resnet.cli.arguments import argument_parser, nets_wanted
from resnet.spec import NetSpec, SpecError


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 when it did what was asked, 1 after a sentence that says why not."""
    options = argument_parser().parse_args(arguments)
    if options.command == "verdict":
        return _verdict(options.table)
    from resnet.cli import commands

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
    except (SpecError, commands.CommandError) as error:
        print(f"resnet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        saved = getattr(options, "save", None)
        kept = "the same command goes on from here" if saved else "the rows so far are kept"
        print(f"resnet: stopped; {kept}", file=sys.stderr)
        return 130
    return 0


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
