"""What `pip install .` gives: a program that runs from any folder, with all its files."""

import os
import subprocess
import sys
import tomllib
import zipfile
from itertools import product
from pathlib import Path

import pytest
from PIL import Image

from resnet import settings as home

ROOT = Path(__file__).parents[1]
LEFT_BEHIND = {"__pycache__", "static"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built without a network."""
    out = tmp_path_factory.mktemp("wheel")
    quiet = ("-q", "--disable-pip-version-check", "--no-deps", "--no-build-isolation")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *quiet, "-w", out, ROOT],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (file,) = out.iterdir()
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder that the program is installed in; no checkout is near."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as files:
        files.extractall(folder)
    return folder


@pytest.fixture
def elsewhere(installed, tmp_path):
    """Runs Python from a folder that has packages of the same names, without RESNET_HOME."""
    for part, label in product(("train", "test"), range(10)):
        folder = tmp_path / "images" / part / f"class{label}"
        folder.mkdir(parents=True)
        for number in range(2):
            Image.new("RGB", (32, 32), (25 * label, 0, number)).save(folder / f"{number}.png")
    for name in ("resnet", "explorer"):
        decoy = tmp_path / "elsewhere" / name
        decoy.mkdir(parents=True)
        (decoy / "__init__.py").write_text("raise ImportError('this is another package')\n")

    def run(*arguments):
        environment = os.environ | {
            "PYTHONPATH": str(installed),
            "RESNET_DATA": str(tmp_path / "images"),
            "XDG_DATA_HOME": str(tmp_path / "data"),
            "LOCALAPPDATA": str(tmp_path / "data"),
            "HOME": str(tmp_path / "data"),
        }
        environment.pop("RESNET_HOME")
        done = subprocess.run(
            [sys.executable, "-P", *arguments],
            cwd=tmp_path / "elsewhere",
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.split()

    return run


def files_below(*folders):
    return {
        file.relative_to(ROOT).as_posix()
        for folder in folders
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and not LEFT_BEHIND & set(file.relative_to(ROOT).parts)
    }


def test_the_wheel_holds_every_file_of_the_program_and_what_ships_with_it(wheel):
    with zipfile.ZipFile(wheel) as opened:
        found = {name for name in opened.namelist() if ".dist-info/" not in name}
    shipped = files_below("checkpoints/nets", "checkpoints/recorded")
    assert {Path(name).suffix for name in shipped} == {".safetensors", ".gz", ".json"}
    assert found == files_below("resnet", "explorer") | {f"resnet/{name}" for name in shipped}


def test_its_commands_have_names_of_their_own(wheel):
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith("entry_points.txt"))
        lines = opened.read(name).decode().split("\n")
    assert [line for line in lines if line] == [
        "[console_scripts]",
        "resnet-explorer = explorer.__main__:main",
        "resnet-science = resnet.__main__:main",
    ]


def test_requirements_install_the_project_and_nothing_that_it_does_not_name():
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ["-e ."]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    unbounded = [each for each in project["dependencies"] + extras if ">=" not in each]
    unbounded += [each for each in project["dependencies"] + extras if ",<" not in each]
    assert unbounded == []


def test_installed_it_keeps_things_in_a_folder_of_the_user(elsewhere, tmp_path):
    (where,) = elsewhere("-c", "from resnet.settings import home; print(home())")
    assert Path(where).name == "resnet-explorer"
    assert Path(where).is_relative_to(tmp_path / "data")


def test_installed_it_finds_what_ships_with_it(elsewhere, installed):
    said = elsewhere(
        "-c",
        "from explorer.files import recordings as recorded; from resnet.export import shipped\n"
        "print(shipped.folder(), *shipped.names(), *recorded.recorded())",
    )
    assert Path(said[0]).is_relative_to(installed)
    assert {"plain20", "resnet56-A", "degradation", "trap"} <= set(said)


def test_installed_its_server_has_its_settings(elsewhere):
    said = elsewhere(
        "-c",
        "from explorer.commands.opening import APP\n"
        "from streamlit import config\n"
        "config._main_script_path = str(APP)\n"
        "names = ('server.address', 'server.enableStaticServing', 'runner.postScriptGC')\n"
        "print(*map(config.get_option, names))",
    )
    assert said == ["127.0.0.1", "True", "False"]


def test_installed_it_trains_a_comparison_whatever_folder_one_is_in(elsewhere, tmp_path):
    said = elsewhere(
        *("-m", "explorer", "train", "plain8", "--data", "folder", "--batch", "20"),
        *("--iterations", "4", "--log-every", "2", "--test-every", "4"),
        *("--test-images", "20", "--final-images", "20", "--image-size", "16"),
    )
    try:
        assert "plain-8" in said
        (database,) = (tmp_path / "data").rglob("runs.db")
        assert (database.parent / "run-1" / "checkpoint.pt").exists()
    finally:
        elsewhere("-m", "explorer.worker", "--stop")


@pytest.mark.parametrize(
    ("system", "variable", "below"),
    [
        ("linux", "XDG_DATA_HOME", ".local/share"),
        ("win32", "LOCALAPPDATA", "AppData/Local"),
        ("darwin", None, "Library/Application Support"),
    ],
)
def test_the_folder_of_the_user_is_where_the_system_keeps_such(
    system, variable, below, monkeypatch, tmp_path
):
    monkeypatch.setattr(home.sys, "platform", system)
    monkeypatch.setattr(home, "checkout", lambda: None)
    monkeypatch.setattr(home.Path, "home", lambda: tmp_path)
    for name in ("RESNET_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert home.home() == tmp_path / below / "resnet-explorer"
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "given"))
        assert home.home() == tmp_path / "given" / "resnet-explorer"
    monkeypatch.setenv("RESNET_HOME", str(tmp_path / "named"))
    assert home.home() == tmp_path / "named"


def test_in_a_checkout_things_are_kept_in_it(monkeypatch):
    monkeypatch.delenv("RESNET_HOME")
    assert home.home() == ROOT / "checkpoints"
    assert home.ships("nets") == ROOT / "checkpoints" / "nets"
