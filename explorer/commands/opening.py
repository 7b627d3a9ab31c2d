"""`resnet-explorer`: the app, from whatever folder one is in."""

import argparse
import contextlib
import os
from pathlib import Path

import explorer

APP = Path(explorer.__file__).with_name("app.py")
STATIC = APP.with_name("static")  # where the server puts what browsers fetch once


def open_app(options: argparse.Namespace) -> int:
    """Serves the app until it is ended; `options.more` are options of `streamlit run`."""
    from streamlit.web import cli

    with contextlib.suppress(OSError):  # Streamlit warns where it is not there yet
        STATIC.mkdir(exist_ok=True)
    # The server takes what it can copy from there, and does without where it can copy nothing.
    served = (
        []
        if STATIC.is_dir() and os.access(STATIC, os.W_OK)
        else ["--server.enableStaticServing", "false"]
    )
    cli.main(["run", str(APP), *served, *options.more], prog_name="streamlit")
    return 0
