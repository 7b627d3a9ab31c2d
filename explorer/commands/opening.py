"""`resnet-explorer`: the app, from whatever folder one is in."""

import argparse
import contextlib
import os
import subprocess
import sys
from pathlib import Path

import explorer
from explorer.commands import lan
from explorer.commands.arguments import PORT
from resnet.settings import environment

APP = Path(explorer.__file__).with_name("app.py")
STATIC = APP.with_name("static")  # where the server puts what browsers fetch once


def open_app(options: argparse.Namespace) -> int:
    """Serves the app until it is ended; `options.more` are options of `streamlit run`.

    With `options.lan` to every network of this machine, behind a class code.
    """
    served = lan.serving(options.port) if options.lan else _port(options)
    with contextlib.suppress(OSError):  # Streamlit warns where it is not there yet
        STATIC.mkdir(exist_ok=True)
    # The server takes what it can copy from there, and does without where it can copy nothing.
    writable = STATIC.is_dir() and os.access(STATIC, os.W_OK)
    served += [] if writable else ["--server.enableStaticServing", "false"]
    return _become(["streamlit", "run", str(APP), *served, *options.more])


def _port(options: argparse.Namespace) -> list[str]:
    return [] if options.port == PORT else ["--server.port", options.port]


def _become(module: list[str]) -> int:
    """Goes on as this module of Python's, so that a signal or Ctrl-C ends it and leaves nothing."""
    command = [sys.executable, "-P", "-m", *module]
    if sys.platform != "win32":
        os.execve(sys.executable, command, environment())
    return subprocess.call(command, env=environment())  # Windows does not go on as another program
