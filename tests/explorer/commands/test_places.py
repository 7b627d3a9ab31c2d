"""Files that commands on the store write and read: looked at first, nothing else written over."""

import os
import sys

import pytest

from explorer.__main__ import main
from explorer.commands import writing
from explorer.commands.selection import CommandError
from resnet.cli.places import PlaceError, replace_with
from resnet.spec.row import CSV_COLUMNS

LINUX = pytest.mark.skipif(sys.platform == "win32", reason="devices and pipes of Linux")
COMMANDS = [
    ["train", "plain8", "--csv", "PLACE"],
    ["train", "plain8", "--export", "PLACE"],
    ["export", "1", "PLACE"],
    ["export", "1", "PLACE", "--csv"],
    ["record", "1", "PLACE"],
    ["lab", "responses", "fresh:plain8", "--json", "PLACE"],
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@LINUX
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words))
@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("none/a", "there is no folder"),
        ("folder", "is a folder; name a file in it"),
        ("/dev/full", "is a device or a pipe, which keeps nothing"),
        ("n" * 300, "cannot be written (File name too long)"),
    ],
)
def test_what_cannot_be_written_is_said_first(home, tmp_path, capsys, command, place, sentence):
    (tmp_path / "folder").mkdir()
    given = [str(tmp_path / place) if word == "PLACE" else word for word in command]
    assert main(given) == 1
    assert sentence in capsys.readouterr().err
    assert not home.exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words))
def test_a_file_of_somebody_else_is_kept(home, tmp_path, capsys, command):
    thesis = tmp_path / "thesis.tex"
    thesis.write_text("years of work")
    assert main([str(thesis) if word == "PLACE" else word for word in command]) == 1
    assert "of this program, and is kept; name another file" in capsys.readouterr().err
    assert thesis.read_text() == "years of work"
    assert not home.exists()


def test_a_file_of_the_same_kind_is_written_over_as_ever(tmp_path):
    file = tmp_path / "a"
    for kind, content in (
        (writing.COMPARISON, b"\x1f\x8b and more"),
        (writing.TABLE, ",".join(CSV_COLUMNS).encode()),
        (writing.TABLE, b""),
    ):
        file.write_bytes(content)
        writing.check(file, kind)
    file.write_bytes(b"\x1f\x8b and more")
    with pytest.raises(CommandError, match="is no table of this program"):
        writing.check(file, writing.TABLE)


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ones_own_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PlaceError, match="cannot be written \\(Permission denied\\)"):
        writing.check(tmp_path / "a", writing.TABLE)


@LINUX
def test_a_pipe_is_not_imported(home, tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    for file in (tmp_path / "pipe", tmp_path, "/dev/zero"):
        assert main(["import", str(file)]) == 1
        assert "is no file; name one that export wrote" in capsys.readouterr().err
    assert main(["import", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == f"explorer: {tmp_path / 'none'}: No such file or directory\n"


def test_a_file_that_does_not_fit_leaves_the_one_before(tmp_path, monkeypatch):
    file = tmp_path / "a"
    file.write_bytes(b"before")

    def full(self, content):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(file), "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        replace_with(file, b"after")
    assert file.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_the_file_behind_a_link_is_written_not_the_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"before")
    link.symlink_to(target)
    replace_with(link, b"after")
    assert link.is_symlink()
    assert target.read_bytes() == b"after"


@pytest.mark.parametrize("command", [["list"], ["show", "1"], ["train", "plain8", "--detach"]])
def test_a_home_that_is_no_folder_is_a_sentence(tmp_path, monkeypatch, capsys, command):
    (tmp_path / "home").write_text("of somebody")
    monkeypatch.setenv("RESNET_HOME", str(tmp_path / "home"))
    assert main(command) == 1
    said = capsys.readouterr().err
    assert said.startswith("explorer: ")
    assert said.count("\n") == 1
