"""What `python -m explorer` takes: its commands and their options, and what it refuses."""

import argparse
from pathlib import Path

from explorer.commands.doctor.command import add_options
from explorer.commands.follow import NoWorker
from explorer.commands.selection import CommandError
from explorer.files.fields import ComparisonFileError
from explorer.files.format import FILE_ENDING
from explorer.store.comparisons import MAX_SEEDS, Refused
from explorer.store.trouble import StoreError
from resnet.cli.arguments import NAMES, add_recipe, add_training
from resnet.cli.places import PlaceError
from resnet.labs import LABS
from resnet.spec import SpecError
from resnet.spec.recipe import DATA

# Each has its sentence.
REFUSED = (SpecError, Refused, ComparisonFileError, CommandError, NoWorker, PlaceError, StoreError)

PORT = "8501"  # of the app


def options_of(words: list[str]) -> argparse.Namespace:
    """The command with its options; `more` are those of the app, which Streamlit reads."""
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help")):
        words = ["app", *words]
    parser = argument_parser()
    options, more = parser.parse_known_args(words)
    if more and options.command != "app":
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    options.more = more
    return options


def argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m explorer",
        description="Train, follow and keep the comparisons that the app shows; RESNET_HOME names "
        "another folder for them. An id may be shortened as far as it stays the only one.",
    )
    found = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    app = found.add_parser(
        "app",
        help="open the app, as without a command; options are those of `streamlit run`",
        description="Open the app. Options are those of `streamlit run`, as --server.port 8600.",
        allow_abbrev=False,
    )
    app.add_argument("--port", default=PORT, help=f"the port that it listens on, else {PORT}")
    app.add_argument(
        "--lan", action="store_true", help="serve a class, behind the code RESNET_CLASS_CODE"
    )

    train = found.add_parser("train", help="train a lesson or nets of your own", epilog=NAMES)
    add_training(train)
    _add_seeds(train)
    train.add_argument("--title", help="what the comparison is called")
    train.add_argument("--export", type=Path, metavar="FILE", help="then write it to one file")
    train.add_argument("--csv", type=Path, metavar="FILE", help="then write its rows as CSV")
    _add_detach(train)

    for name, words in (
        ("list", "every comparison, the newest first"),
        ("show", "one comparison: what it is, and what came out"),
        ("watch", "follow a comparison that trains"),
        ("resume", "carry on with what was stopped, paused or broke off"),
        ("stop", "stop a comparison; it is saved, and can be resumed"),
        ("export", "write a comparison to one file, to send or keep"),
        ("import", "put a comparison from a file into the store"),
    ):
        command = found.add_parser(name, help=words)
        if name not in ("list", "import"):
            command.add_argument("id")
        if name in ("export", "import"):
            command.add_argument("file", type=Path, help=f"as lesson{FILE_ENDING}")
        if name == "export":
            command.add_argument("--csv", action="store_true", help="the rows alone, as CSV")
        if name == "list":
            command.add_argument("--all", action="store_true", help="those in the archive too")
        if name == "resume":
            _add_detach(command)

    lab = found.add_parser("lab", help="run a lab of the Why page and print what it found")
    lab.add_argument("name", help=", ".join(LABS))
    lab.add_argument("nets", nargs="*", help="as shipped:resnet56-A, fresh:plain20 or run:12")
    lab.add_argument("--data", choices=DATA, help="images to run it on")
    lab.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the lab"
    )
    lab.add_argument("--json", type=Path, metavar="FILE", help="write the results to this file")

    add_options(
        found.add_parser("doctor", help="what is wrong with this installation, and what to do")
    )

    record = found.add_parser(
        "record", help="write a small file that ships with the program, to be replayed"
    )
    record.add_argument("id", nargs="?", help="a comparison that has ended; else --lesson")
    record.add_argument("file", type=Path, help=f"checkpoints/recorded/LESSON{FILE_ENDING}")
    add_recipe(record)
    _add_seeds(record)
    record.add_argument("--machine", default="", help="what trained it; default: what it says")
    return parser


def _add_seeds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seeds", type=int, default=1, metavar="K", help=f"so many in a row, up to {MAX_SEEDS}"
    )
    parser.add_argument("--gpu", action="store_true", help="the lesson at full length, for a GPU")


def _add_detach(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--detach", action="store_true", help="do not follow it")
