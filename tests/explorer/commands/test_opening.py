"""The command that opens the app, and the files that its server gives to browsers."""

from pathlib import Path

import pytest
import streamlit as st
import streamlit.components.v1 as components

from explorer.__main__ import main
from explorer.charts import static_files as serving
from explorer.commands import opening


@pytest.fixture
def static(tmp_path, monkeypatch):
    folder = tmp_path / "static"
    monkeypatch.setattr(opening, "STATIC", folder)
    monkeypatch.setattr(serving, "_STATIC", folder)
    monkeypatch.setattr(st, "get_option", {"server.enableStaticServing": True}.get)
    for cached in (serving.plotly_source, serving.scripts):
        cached.cache_clear()
    yield folder
    for cached in (serving.plotly_source, serving.scripts):
        cached.cache_clear()


@pytest.fixture
def asked(monkeypatch):
    """What it goes on as."""
    calls = []
    monkeypatch.setattr(opening, "_become", lambda module: calls.append(module) or 0)
    return calls


@pytest.mark.parametrize("command", [[], ["app"]])
@pytest.mark.parametrize("options", [[], ["--server.port", "8600"], ["--server.port=8600"]])
def test_it_opens_the_app_and_hands_options_on(command, options, static, asked):
    assert main([*command, *options]) == 0
    assert asked == [["streamlit", "run", str(opening.APP), *options]]
    assert opening.APP.is_file() and static.is_dir()


def test_other_commands_take_no_options_that_they_do_not_know(asked, capsys):
    with pytest.raises(SystemExit):
        main(["list", "--server.port", "8600"])
    assert "unrecognized arguments: --server.port 8600" in capsys.readouterr().err
    assert asked == []


def test_where_nothing_can_be_written_the_server_serves_no_folder(static, asked):
    static.write_text("in the way")
    assert main([]) == 0
    assert asked == [
        ["streamlit", "run", str(opening.APP), "--server.enableStaticServing", "false"]
    ]


def contents(folder):
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder): file.read_bytes() for file in files}


def test_files_are_copied_whole_to_where_they_are_served(static):
    assert serving.plotly_source().startswith("app/static/plotly-")
    copied = static / Path(serving.plotly_source()).name
    assert copied.stat().st_size > 1_000_000
    board = static / Path(serving.scripts()).name
    originals = serving._BOARD
    assert contents(board) == contents(originals)
    assert sorted(file.name for file in static.iterdir()) == sorted((copied.name, board.name))


def test_where_nothing_can_be_written_files_are_served_from_where_they_lie(static, monkeypatch):
    static.write_text("in the way")
    folders = {}
    monkeypatch.setattr(
        components, "declare_component", lambda name, folder: folders.update({name: folder})
    )
    path, _, version = serving.plotly_source().partition("?")
    component, module_and_name, file = path.split("/")
    assert (component, module_and_name) == ("component", f"{serving.__name__}.plotly")
    assert (folders["plotly"] / file).stat().st_size > 1_000_000 and version
    name = serving.scripts().removeprefix(f"component/{serving.__name__}.")
    assert (folders[name] / "board.js").is_file()
