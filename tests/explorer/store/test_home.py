"""A home that can hold nothing: one sentence in the command lines, the worker and the app."""

import errno
import os
import re
import tempfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.__main__ import main
from explorer.report.formatting import escaped
from explorer.store.comparisons import RunStore
from explorer.store.migrations import StoreError
from explorer.worker import __main__ as worker

APP = Path(__file__).parents[3] / "explorer" / "app.py"
REMEDY = "set RESNET_HOME to a folder that can be written"


@pytest.fixture(params=["", "below"])
def in_the_way(home, request, monkeypatch):
    """A file where the home, or the folder that it is in, should be."""
    home.write_text("a file")
    if request.param:
        monkeypatch.setenv("RESNET_HOME", str(home / "below"))
    return home


def test_a_file_in_the_way_is_one_sentence(in_the_way, capsys, monkeypatch):
    sentence = f"cannot be a folder, for {in_the_way} is a file; {REMEDY}"
    with pytest.raises(StoreError, match=re.escape(sentence)):
        RunStore()
    assert main(["list"]) == 1
    assert sentence in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["worker", "--stop"])
    assert worker.main() == 1
    assert sentence in capsys.readouterr().err


def test_the_app_says_it_too(in_the_way):
    app = AppTest.from_file(APP, default_timeout=30).run()
    sentence = (
        f"the program's home {os.environ['RESNET_HOME']} cannot be a folder, for {in_the_way} is a "
        f"file; {REMEDY}"
    )
    assert [each.value for each in app.error] == [escaped(sentence)]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_home_that_takes_nothing_is_one_sentence(home, monkeypatch, number):
    def refuse(**_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    sentence = f"nothing can be written to the program's home {home} ({os.strerror(number)})"
    with pytest.raises(StoreError, match=re.escape(sentence)):
        RunStore()
