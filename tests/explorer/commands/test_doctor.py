"""What the doctor finds on a machine where one thing is wrong, and that it lives to say so."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from explorer.__main__ import main
from explorer.commands.doctor import child, command, report, trial
from explorer.commands.doctor.checks import CHECKS, Check, compiler, machine, port
from explorer.commands.doctor.checks import home as places
from explorer.commands.doctor.checks import images as sets
from explorer.commands.doctor.checks import python as interpreter
from explorer.commands.doctor.checks import shipped as files
from explorer.commands.doctor.checks import store as database
from explorer.commands.doctor.checks import torch as pytorch
from explorer.commands.doctor.checks import worker as working
from explorer.commands.doctor.finding import GOOD, LESS, WRONG, Finding
from explorer.store.comparisons import RunStore
from explorer.worker.control import lock

ROOT = Path(__file__).parents[3]
posix = pytest.mark.skipif(sys.platform == "win32", reason="files and signals of POSIX")


def only(findings):
    (found,) = findings
    return found


def script(folder, name, text):
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


# Python and its packages


@pytest.mark.parametrize(
    "there, asked, fit",
    [
        ("2.15.0+cpu", ">=2.11,<2.16", True),
        ("2.16", ">=2.11,<2.16", False),
        ("2.9.1", ">=2.11,<2.16", False),
        ("3.11", ">=3.11", True),
        ("4", ">=4.0,<5", True),
        ("1.68.0rc1", ">=1.67,<1.68", False),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_number_by_number(there, asked, fit):
    assert interpreter.fits(there, asked) is fit


def test_packages_that_are_missing_or_others_are_named(monkeypatch):
    assert only(interpreter.packages()).level == GOOD
    real = interpreter.installed
    of_others = {"streamlit": "1.60.0", "scipy": None}
    monkeypatch.setattr(
        interpreter, "installed", lambda name: of_others[name] if name in of_others else real(name)
    )
    found = only(interpreter.packages())
    assert found.level == WRONG and "pip install" in found.do
    assert "scipy is missing" in found.found
    assert "streamlit is 1.60.0 where >=1.67,<1.68 is asked for" in found.found


def test_an_older_python_is_told_which_is_asked_for(monkeypatch):
    assert only(interpreter.version()).level == GOOD
    monkeypatch.setattr(interpreter.platform, "python_version", lambda: "3.10.4")
    found = only(interpreter.version())
    assert found.level == WRONG and "3.10.4" in found.found and ">=3.11 is asked" in found.found


# The machine


def test_a_machine_short_of_memory(monkeypatch):
    for free, level in ((4e9, GOOD), (1.5e9, LESS), (5e8, WRONG), (0, WRONG)):
        monkeypatch.setattr(machine, "free_memory", lambda free=free: int(free))
        assert only(machine.memory()).level == level
    monkeypatch.setattr(machine, "free_memory", lambda: None)
    assert only(machine.memory()).level == GOOD


def test_a_clock_that_was_set_back(home, monkeypatch):
    home.mkdir(exist_ok=True)
    (home / "runs.db").touch()
    assert only(machine.clock()).level == GOOD
    later = time.time() + 3600
    os.utime(home / "runs.db", (later, later))
    found = only(machine.clock())
    assert found.level == LESS and "1.0 h later" in found.found
    monkeypatch.setattr(machine.time, "time", lambda: 1e9)
    assert only(machine.clock()).level == WRONG


def test_no_shared_memory_is_no_trouble(tmp_path, monkeypatch):
    monkeypatch.setattr(machine.sys, "platform", "linux")
    monkeypatch.setattr(machine, "SHARED", tmp_path / "missing")
    assert only(machine.shared_memory()).level == LESS


def test_a_port_that_another_program_has(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(port, "PATIENCE", 0.3)
        monkeypatch.setenv(port.VARIABLE, str(taken.getsockname()[1]))
        found = only(port.port())
    assert found.level == WRONG and "another program" in found.found and "PORT=" in found.do
    assert only(port.port()).level == GOOD
    monkeypatch.setenv(port.VARIABLE, "70000")
    assert only(port.port()).level == WRONG
    monkeypatch.delenv(port.VARIABLE)
    assert port.wanted() == 8501


# The compiler


@posix
@pytest.mark.parametrize(
    "text, words",
    [
        ("exit 1", "fails with code 1"),
        ("sleep 30", "has not compiled"),
        ('while [ "$1" != -o ]; do shift; done; echo nonsense > "$2"', "does not load"),
        (None, "there is none"),
    ],
)
def test_a_compiler_that_does_not_compile(text, words, tmp_path, monkeypatch):
    monkeypatch.setattr(compiler, "PATIENCE", 0.5)
    monkeypatch.setattr(compiler, "NAMES", ())
    monkeypatch.setenv("CC", script(tmp_path, "odd-cc", text) if text else "")
    found = only(compiler.compiler())
    assert found.level == LESS and words in found.found and "slower" in found.found and found.do
    assert str(tmp_path) not in found.found


# Home, disk


def test_a_home_that_is_not_there_yet_or_is_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_HOME", str(tmp_path / "a" / "b"))
    assert only(places.home()).found == "it is made at the first start"
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").touch()
    monkeypatch.setenv("RESNET_HOME", str(tmp_path / "file"))
    assert only(places.home()).level == WRONG
    monkeypatch.setenv("RESNET_HOME", str(tmp_path / "file" / "below"))
    assert only(places.home()).level == WRONG


@posix
def test_a_home_that_everybody_may_write_to(home):
    home.mkdir(exist_ok=True)
    home.chmod(0o777)
    found = only(places.home())
    assert found.level == LESS and "chmod o-w" in found.do


@posix
def test_files_of_somebody_else_in_the_home(home, monkeypatch):
    home.mkdir(exist_ok=True)
    (home / "runs.db").touch()
    monkeypatch.setattr(places.os, "access", lambda *_: False)
    found = next(each for each in places.home() if each.level == WRONG)
    assert "files or folders in it that cannot be written: 1" in found.found and "chown" in found.do


def test_a_full_disk(home, monkeypatch):
    home.mkdir(exist_ok=True)
    assert only(places.disk()).level == GOOD
    usage = places.shutil.disk_usage(home)
    monkeypatch.setattr(places.shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    assert only(places.disk()).level == WRONG
    assert only(places.temporary()).level == WRONG


@posix
def test_the_file_system_under_a_folder_is_the_nearest_mount(tmp_path):
    mounts = tmp_path / "mounts"
    whole = tmp_path.resolve()
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nhost:/x {whole} nfs4 rw 0 0\n")
    assert places.file_system(tmp_path / "home", mounts) == "nfs4"
    assert places.file_system(Path("/"), mounts) == "ext4"
    assert places.file_system(tmp_path, tmp_path / "missing") == ""


# The store and its worker


def test_a_store_that_is_well(store, submit):
    submit()
    found = only(database.store())
    assert found.level == GOOD and "comparisons: 1;" in found.found and "sound" in found.found


def test_no_store_yet(home):
    assert only(database.store()).level == GOOD
    assert not (home / "runs.db").exists()


def damage(file):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
    content = bytearray(file.read_bytes())
    content[4096:20480] = os.urandom(16384)
    file.write_bytes(content)


def make_newer(file):
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")


@pytest.mark.parametrize(
    "harm, words, do",
    [
        (lambda file: file.write_bytes(b"no database " * 400), "damaged", "move runs.db"),
        (damage, "damaged", "move runs.db"),
        (make_newer, "a newer program made it", "up to date"),
        (lambda file: file.write_bytes(b""), "no tables", "move runs.db"),
    ],
    ids=["other file", "damaged", "newer", "empty"],
)
def test_a_store_that_is_not_well_is_left_as_it_is(home, harm, words, do):
    RunStore().engine.dispose()
    file = home / "runs.db"
    for other in home.glob("runs.db-*"):
        other.unlink()
    harm(file)
    before = file.read_bytes()
    found = only(database.store())
    assert found.level == WRONG and words in found.found and do in found.do
    assert file.read_bytes() == before


def test_a_store_that_another_program_holds(store, home, monkeypatch):
    monkeypatch.setattr(database, "WAITS", 0.2)
    with closing(sqlite3.connect(home / "runs.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        found = only(database.store())
    assert found.level == WRONG and "locked" in found.found
    assert only(database.store()).level == GOOD


def test_a_worker_that_hangs_or_has_trouble(store):
    assert "none runs" in only(working.worker()).found
    with lock():
        assert "starts" in only(working.worker()).found
        store.report("worker", {"problem": ""})
        assert only(working.worker()) == Finding("Worker", "it runs and answers")
        store.report("worker", {"problem": "training processes do not start"})
        assert only(working.worker()).level == WRONG
        store.report("worker", {"problem": "", "pid": 71})
        with closing(sqlite3.connect(store.engine.url.database)) as other, other:
            other.execute("UPDATE reports SET at = at - 3600")
        found = only(working.worker())
        assert found.level == WRONG and "3,60" in found.found and "process 71" in found.do
        with closing(sqlite3.connect(store.engine.url.database)) as other, other:
            other.execute("UPDATE reports SET at = at + 7200")
        assert only(working.worker()).level == LESS
    assert "none runs" in only(working.worker()).found


# Images and what ships


def test_images_that_are_there(image_folder):
    found = sets.images()[-1]
    assert found.level == GOOD
    assert found.found.startswith("80 training and 20 test images of 10 classes")


def test_images_that_are_not(image_folder, monkeypatch):
    (image_folder / "train" / "class0" / "0.png").write_bytes(b"no image")
    found = sets.images()[-1]
    assert found.level == WRONG and "class0" not in found.found
    monkeypatch.setenv("RESNET_DATA", str(image_folder / "missing"))
    found = sets.images()[-1]
    assert found.level == WRONG and str(image_folder) not in found.found
    assert str(image_folder) in found.detail


def test_what_ships_is_looked_at(tmp_path, monkeypatch):
    assert only(files.nets()).found == "all 4 can be read"
    from resnet.export import shipped

    for net in shipped.folder().glob("*"):
        (tmp_path / net.name).write_bytes(net.read_bytes())
    cut = tmp_path / "plain20.safetensors"
    cut.write_bytes(cut.read_bytes()[:-100])
    (tmp_path / "plain56.safetensors").write_bytes(b"nothing")
    monkeypatch.setenv("RESNET_SHIPPED", str(tmp_path))
    assert only(files.nets()).found == "2 of 4 cannot be used"
    monkeypatch.setenv("RESNET_SHIPPED", str(tmp_path / "missing"))
    assert only(files.nets()).level == LESS


def test_recordings_that_cannot_be_read_are_counted(tmp_path, monkeypatch):
    (tmp_path / "trap.resnet.json.gz").write_bytes(b"nothing")
    monkeypatch.setenv("RESNET_RECORDED", str(tmp_path))
    assert only(files.recordings()).found.startswith("1 of 1 cannot be read")


# Processes that crash, hang, or do not load


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Makes a module that a new process finds."""

    def make(text, name="odd"):
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return name

    return make


@posix
def test_a_process_that_hangs_with_what_it_started_is_ended(module, tmp_path):
    name = module(
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(tmp_path / 'child')!r}).write_text(str(child.pid))\n"
        "time.sleep(600)\n"
    )
    outcome = trial.run([name], 3.0)
    assert outcome.why == "took longer than 3 s"
    pid = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 20
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(pid)


def _lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc/self").exists()


@posix
def test_a_process_that_crashes_says_how(module):
    outcome = trial.run([module("import os, signal; os.kill(os.getpid(), signal.SIGILL)")], 30)
    assert outcome.why == "was ended by SIGILL" and outcome.said == ""
    outcome = trial.run([module("import sys; print('so far'); sys.exit('it broke')")], 30)
    assert (outcome.why, outcome.last) == ("ended with code 1", "it broke")


@posix
@pytest.mark.parametrize(
    "text, words",
    [
        ("raise ImportError('libcudnn.so.9: cannot open')", "does not load"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "was ended by SIGSEGV"),
        ("print('nonsense')", "answers nonsense"),
    ],
)
def test_a_torch_that_does_not_load_or_crashes(module, monkeypatch, text, words):
    monkeypatch.setattr(pytorch, "TRIAL", module(text))
    found = only(pytorch.torch_and_gpu())
    assert found.level == WRONG and words in found.found and "INSTALL" in found.do
    assert "libcudnn" not in found.found


def test_a_gpu_that_torch_does_not_use(monkeypatch):
    facts = {"device": "cpu", "cuda": "", "cores": 2}
    monkeypatch.setattr(pytorch, "_has_nvidia", lambda: False)
    assert pytorch._gpu(facts).level == GOOD
    monkeypatch.setattr(pytorch, "_has_nvidia", lambda: True)
    assert "built without CUDA" in pytorch._gpu(facts).found
    assert "driver" in pytorch._gpu({**facts, "cuda": "13.0"}).do


def test_a_check_that_breaks_is_a_line_too(monkeypatch):
    assert only(child.findings("nowhere:check")).level == WRONG
    monkeypatch.setattr(machine, "memory", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # its process ends, which its parent says
        child.findings("machine:memory")
    odd = Check("Odd", "machine:missing", 20.0, "do this")
    found = only(command.look((odd,), {}, quiet=True))
    assert (found.subject, found.level, found.do) == ("Odd", WRONG, "do this")


# The whole of it


def doctor(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "explorer", "doctor", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        timeout=150,
    )


def test_all_lines_come_in_their_order(home):
    done = doctor("--port", "1", RESNET_HOME=str(home), RESNET_DATA="")
    said = done.stdout.decode()
    places = [said.find(f"  {check.subject}") for check in CHECKS]
    assert -1 not in places and places == sorted(places), said
    assert done.returncode == (1 if re.search("^wrong", said, re.M) else 0)
    assert not (home / "runs.db").exists()


@posix
def test_it_lives_where_hardly_anything_does(tmp_path, module):
    """No torch, no SQLAlchemy, a home below a file, no images, and an ASCII terminal."""
    module("raise ImportError('no torch here')", "torch")
    module("raise ImportError('no database here')", "sqlalchemy")
    (tmp_path / "file").touch()
    settings = {
        "RESNET_HOME": str(tmp_path / "file" / "home"),
        "RESNET_DATA": str(tmp_path / "lost \u00e4 place"),
        "PYTHONIOENCODING": "ascii",
        "PYTHONPATH": str(tmp_path),
    }
    done = doctor(**settings)
    said = done.stdout.decode("ascii")
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    for subject in ("PyTorch", "Home", "Disk", "Images"):
        assert re.search(f"^wrong  {subject}", said, re.M), said
    file = tmp_path / "report.txt"
    assert doctor("--report", str(file), **settings).returncode == 1
    written = file.read_text("utf-8")
    assert str(tmp_path) not in written and "wrong  PyTorch" in written


@posix
def test_a_reader_who_leaves_is_no_trouble(home):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "explorer", "doctor"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=150,
    )
    os.close(writing)
    assert done.stderr == b""


# The report


def test_the_report_names_no_person_no_folder_and_no_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(report.getpass, "getuser", lambda: "curie")
    monkeypatch.setattr(report.socket, "gethostname", lambda: "radium.example.org")
    monkeypatch.setenv("RESNET_TEACHER", "a secret token")
    monkeypatch.setenv("RESNET_DATA", str(tmp_path / "patients"))
    found = [
        Finding(
            "Home",
            f"Curie cannot write {Path.home()}/x on RADIUM: {tmp_path}/patients/Mr, C:\\Users\\c",
            WRONG,
            "ask a secret token; /dev/shm stays, and docs/INSTALL.md and train/CLASS/",
            "detail of the class Mr Jones",
        )
    ]
    text = report.text(found)
    for personal in ("curie", "radium", "a secret token", str(Path.home()), str(tmp_path), "Jones"):
        assert personal.lower() not in text.lower(), text
    assert "C:\\" not in text
    assert "/dev/shm stays, and docs/INSTALL.md and train/CLASS/" in text
    assert "RESNET_TEACHER" in text.splitlines()[4]


def test_a_report_writes_over_reports_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "CHECKS", ())
    file = tmp_path / "report.txt"
    for _ in range(2):
        assert main(["doctor", "--report", str(file)]) == 0
    assert file.read_text().startswith(report.HEAD)
    file.write_text("my thesis")
    assert main(["doctor", "--report", str(file)]) == 1
    assert file.read_text() == "my thesis"
    assert "is no report, and is kept" in capsys.readouterr().err
    assert main(["doctor", "--report", str(tmp_path / "missing" / "x")]) == 1
