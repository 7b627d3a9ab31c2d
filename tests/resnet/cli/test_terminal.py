"""Whatever reads what commands print: another encoding, a pipe that closes, a full disk, nobody."""

import contextlib
import io
import os
import subprocess
import sys

import pytest

from resnet.cli import terminal

LINUX = pytest.mark.skipif(sys.platform == "win32", reason="a shell and devices of Linux")


def printed(words, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    with contextlib.redirect_stdout(stream):
        assert terminal.run("resnet", lambda: print(words) or 0) == 0
    return stream.buffer.getvalue().rstrip(b"\r\n")


@pytest.mark.parametrize(
    ("words", "encoding", "expected"),
    [
        ("“3×3” — 6.61 ± 0.16", "ascii", b'"3x3" - 6.61 +- 0.16'),
        ("Müller · 5 ≤ 6 …", "ascii", b"Muller * 5 <= 6 ..."),
        ("猫", "ascii", b"?"),
        ("猫", "cp932", "猫".encode("cp932")),
        ("a — b · ü", "cp932", None),
        ("3 → 4", "cp1252", b"3 -> 4"),
        ("\udcff.pt", "utf-8", b"\xff.pt"),
        ("😀", "latin-1", b"?"),
    ],
)
def test_a_character_that_the_terminal_lacks_is_written_as_a_near_one(words, encoding, expected):
    found = printed(words, encoding)
    assert found == expected if expected is not None else found


@pytest.fixture
def command():
    """The command line through a shell, as (what was read, what was said, its exit code)."""

    def run(line, **more):
        done = subprocess.run(
            ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
            capture_output=True,
            env={**os.environ, "PY": sys.executable, **more},
            timeout=300,
        )
        return done.stdout, done.stderr, done.returncode

    return run


@LINUX
@pytest.mark.timeout(400)
@pytest.mark.parametrize("program", ["resnet cost plain8 --layers", "explorer --help"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_is_no_error(command, program, unbuffered):
    _, said, code = command(f'"$PY" -m {program} | true', PYTHONUNBUFFERED=unbuffered)
    assert said == b""
    assert code == 0


@LINUX
@pytest.mark.timeout(400)
@pytest.mark.parametrize("program", ["resnet cost plain8", "explorer list"])
def test_a_full_disk_behind_the_output_is_a_sentence(command, program, tmp_path):
    _, said, code = command(f'"$PY" -m {program} > /dev/full', RESNET_HOME=str(tmp_path))
    assert said.decode() == f"{program.split()[0]}: the output: No space left on device\n"
    assert code == 1


@LINUX
@pytest.mark.timeout(400)
def test_a_terminal_that_knows_ascii_alone_gets_ascii(command):
    out, said, _ = command(
        '"$PY" -m resnet verdict /nowhere; "$PY" -m explorer --help', PYTHONIOENCODING="ascii"
    )
    assert b"Traceback" not in said
    assert out.isascii()


def test_what_trains_is_not_ended_by_a_reader_who_leaves():
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

        def flush(self):
            raise BrokenPipeError

    closed = Closed()
    with (
        contextlib.redirect_stdout(closed),
        contextlib.redirect_stderr(closed),
        terminal.lasting(),
    ):
        print("into nothing", flush=True)
        print("as well", file=sys.stderr, flush=True)


def test_a_file_that_cannot_be_read_is_named(capsys):
    def command():
        raise PermissionError(13, "Permission denied", "images.tar")

    assert terminal.run("explorer", command) == 1
    assert capsys.readouterr().err == "explorer: images.tar: Permission denied\n"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_program_without_a_terminal_prints_nothing(monkeypatch, stream):
    monkeypatch.setattr(sys, stream, None)
    with terminal.lasting():
        assert terminal.run("resnet", lambda: 0) == 0
