"""`resnet-explorer`: the app, from whatever folder one is in."""

import argparse
import contextlib
import os
import runpy
import sys
from pathlib import Path

import explorer

APP = Path(explorer.__file__).with_name("app.py")
STATIC = APP.with_name("static")  # where the server puts what browsers fetch once


def open_app(options: argparse.Namespace) -> int:
    """Serves the app until it is ended; `options.more` are options of `streamlit run`."""
    with contextlib.suppress(OSError):  # Streamlit warns where it is not there yet
        STATIC.mkdir(exist_ok=True)
    # The server takes what it can copy from there, and does without where it can copy nothing.
    served = (
        []
        if STATIC.is_dir() and os.access(STATIC, os.W_OK)
        else ["--server.enableStaticServing", "false"]
    )
    run_streamlit(["run", str(APP), *served, *options.more])
    return 0


def run_streamlit(words: list[str]) -> None:
    """`streamlit WORDS` in this process, which loads nothing of it before."""
    sys.argv = ["streamlit", *words]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
