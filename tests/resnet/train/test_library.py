"""The compiled library: damaged, planted, wrong or hanging, it costs speed and a sentence alone."""

import ctypes
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from resnet.train.fused import library, selftest, trust

COMPILED = library.library()
needs_compiler = pytest.mark.skipif(COMPILED is None, reason="no C compiler here")
needs_owners = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owners here")


@pytest.fixture
def installed(home, monkeypatch):
    """As where the program was installed: compiled into its home, nothing known yet."""
    monkeypatch.setattr(library, "checkout", lambda: None)
    library.library.cache_clear()
    yield home / "compiled"
    library.library.cache_clear()


@pytest.fixture
def kept(installed, monkeypatch):
    """The library, whole in its place, by a compiler that takes no time; its file."""
    before = Path(COMPILED._name)
    monkeypatch.setattr(library, "_compile", lambda _c, _o, made: shutil.copyfile(before, made))
    there = library.library()
    assert there is not None
    library.library.cache_clear()
    return installed / Path(there._name).name


def put(file, content):
    """Another file in its place: what this process has mapped stays as it is."""
    file.unlink()
    file.write_bytes(content)
    file.chmod(0o644)


@pytest.fixture
def compiler(tmp_path, monkeypatch):
    """Writes a compiler: a shell script."""

    def write(script):
        file = tmp_path / "cc"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        monkeypatch.setenv("CC", str(file))

    return write


@needs_compiler
def test_it_lies_in_the_home_closed_to_others_and_is_compiled_once(kept, monkeypatch):
    assert trust.as_kept(kept)
    assert trust.closed(kept.parent)
    monkeypatch.setattr(library, "_compile", lambda *_: pytest.fail("it was there"))
    assert library.library()._name == str(kept)


@needs_compiler
def test_a_flipped_bit_is_noticed_and_it_is_made_again(kept, capfd):
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    put(kept, content)
    assert library.library() is not None
    assert trust.as_kept(kept)
    assert "is damaged, or somebody else may have written it: it is made again" in (
        capfd.readouterr().err
    )


@needs_compiler
@pytest.mark.parametrize("left", [0, 100])
def test_one_that_was_cut_is_made_again(kept, left):
    put(kept, kept.read_bytes()[:left])
    assert library.library() is not None
    assert trust.as_kept(kept)


@needs_compiler
@needs_owners
def test_one_that_others_could_write_is_made_again(kept):
    kept.chmod(0o666)
    assert library.library() is not None
    assert stat.S_IMODE(kept.stat().st_mode) == 0o644


@needs_compiler
@needs_owners
def test_a_folder_open_to_others_is_closed_and_emptied_of_what_may_be_theirs(kept):
    planted = kept.with_name("planted.so")
    planted.write_bytes(b"code")
    kept.parent.chmod(0o777)
    assert library.library() is not None
    assert not planted.exists()
    assert trust.closed(kept.parent)


@needs_compiler
@needs_owners
def test_a_folder_of_somebody_else_is_left_out_with_a_sentence(kept, monkeypatch, capfd):
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.setattr(trust, "closed", lambda place: False)
    assert library.library() is None
    said = capfd.readouterr().err
    assert "training takes longer, without its compiled functions, which were left out" in said
    assert "belongs to another user; remove it, or set RESNET_HOME" in said


@needs_compiler
def test_a_compiler_that_gets_numbers_wrong_is_noticed(installed, compiler, capfd):
    real = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    compiler(
        f"""for each; do shift; case $each in
        *norm.c) sed 's/+ eps/+ eps + 1/' "$each" > "$0.c"; set -- "$@" "$0.c";;
        *) set -- "$@" "$each";; esac; done; exec {real} "$@\""""
    )
    assert library.library() is None
    assert "gets wrong numbers; set CC to another compiler" in capfd.readouterr().err
    assert not list(installed.glob("*.so"))


def test_a_compiler_that_crashes_the_process_costs_no_lane(installed, compiler, capfd, tmp_path):
    real = shutil.which("cc") or shutil.which("gcc")
    if real is None:
        pytest.skip("no C compiler here")
    source = tmp_path / "crash.c"
    source.write_text("void forward_fp32(void) { __builtin_trap(); }")
    compiler(
        f'for last; do :; done; case "$*" in *-shared*) exec {real} -shared -fPIC {source} '
        '-o "$last";; *) : > "$last";; esac'
    )
    assert library.library() is None
    assert "ends the process" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="no compiler is asked there")
def test_a_compiler_that_hangs_is_asked_once_an_hour(installed, compiler, capfd, monkeypatch):
    monkeypatch.setattr(library, "PATIENCE", 0.2)
    compiler("exec sleep 60")
    assert library.library() is None
    assert "cc did not end within 0 seconds" in capfd.readouterr().err
    library.library.cache_clear()
    monkeypatch.setattr(library, "_compile", lambda *_: pytest.fail("it hung a moment ago"))
    assert library.library() is None
    assert "cc did not end within 0 seconds" in capfd.readouterr().err


@needs_compiler
def test_the_self_test_passes_for_what_is_used_here():
    command = [sys.executable, "-I", selftest.__file__, library.library()._name]
    assert subprocess.run([*command, *library._openmp_loaded()]).returncode == 0


def test_the_self_test_says_what_cannot_be_loaded(tmp_path):
    (tmp_path / "none.so").write_bytes(b"no code")
    assert selftest.main(str(tmp_path / "none.so"), ()) == selftest.CANNOT_LOAD


def test_numbers_that_are_not_right_are_noticed():
    class Silent:
        """Does nothing, whatever is asked."""

        def __getattr__(self, name):
            return lambda *_: 0

    silent = Silent()
    assert not selftest.norm_is_right(silent)
    assert not selftest.evaluation_is_right(silent)
    assert not selftest.weight_gradient_is_right(silent)
    assert isinstance(selftest._at(selftest._zeros(1)), ctypes.c_void_p)
