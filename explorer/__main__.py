"""The command line on the store of the app: `python -m explorer train | list | export | ...`"""

import argparse
import os
import sys
from collections.abc import Callable

from explorer.commands import keeping, labs, training
from explorer.commands.arguments import REFUSED, argument_parser

Command = Callable[[argparse.Namespace], int]
COMMANDS: dict[str, Command] = {
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


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 when it did what was asked, 1 after a sentence that says why not.

    130 after Ctrl-C, which leaves what trains as it is.
    """
    options = argument_parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except REFUSED as error:
        print(f"explorer: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever reads has seen enough, as head does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"explorer: {error.filename or 'the disk'}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
