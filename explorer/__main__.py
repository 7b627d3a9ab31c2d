"""The command line on the store of the app: `python -m explorer train | list | export | ...`

An installed program has it as `resnet-explorer`. Without a command it opens the app.
"""

import argparse
import sys
from collections.abc import Callable

from explorer.commands.doctor import command as doctor
from resnet.cli import terminal

Command = Callable[[argparse.Namespace], int]


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 when it did what was asked, 1 after a sentence that says why not.

    130 after Ctrl-C, which leaves what trains as it is.
    """
    return terminal.run("explorer", lambda: _run(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["doctor"]:  # needs nothing installed, so that it can say what is not
            return doctor.main(arguments[1:])
        return _command(arguments)
    except KeyboardInterrupt:
        return 130


def _command(arguments: list[str]) -> int:
    from explorer.commands import keeping, labs, opening, training
    from explorer.commands.arguments import REFUSED, options_of

    commands: dict[str, Command] = {
        "app": opening.open_app,
        "train": training.train,
        "watch": training.watch,
        "resume": training.resume,
        "stop": training.stop,
        "list": keeping.list_all,
        "show": keeping.show,
        "export": keeping.export,
        "import": keeping.import_,
        "record": training.record,
        "lab": labs.lab,
    }
    options = options_of(arguments)
    try:
        return commands[options.command](options)
    except REFUSED as error:
        print(f"explorer: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
