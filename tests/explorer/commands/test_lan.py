"""Serving a class: what it demands, what it accepts and what it says that it exposes."""

import pytest

from explorer.__main__ import main
from explorer.commands import lan, opening
from explorer.commands.selection import CommandError

CODE = {"RESNET_CLASS_CODE": "chalk-and-board"}


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "RESNET_CLASS_CODE is not set"),
        ({"RESNET_CLASS_CODE": " abc "}, "RESNET_CLASS_CODE has 3 letters; choose 6 letters"),
        (CODE | {"RESNET_TEACHER": "short"}, "RESNET_TEACHER has 5 letters"),
        (CODE | {"RESNET_TEACHER": CODE["RESNET_CLASS_CODE"]}, "the whole class would be"),
        (CODE | {"RESNET_HOSTS": "http://a.b/"}, "RESNET_HOSTS names 'http://a.b/'"),
    ],
)
def test_what_lacks_or_cannot_be_is_said(environment, sentence):
    with pytest.raises(CommandError, match=r"^[^\n]*$") as raised:
        lan.options(environment, "8501")
    assert sentence in str(raised.value)


def test_it_names_hosts_and_size(monkeypatch):
    monkeypatch.setattr(lan, "own_hosts", lambda: ["192.168.1.20", "room7"])
    options = lan.options(CODE | {"RESNET_HOSTS": "Class.example.org, *.school"}, "8600")
    named = dict(zip(options[::2], options[1::2], strict=True))
    assert named == {
        "--server.address": "0.0.0.0",
        "--server.port": "8600",
        "--server.headless": "true",
        "--server.allowedHosts": "localhost,127.0.0.1,::1,192.168.1.20,room7,"
        "class.example.org,*.school",
        "--server.maxUploadSize": "20",
        "--browser.serverAddress": "192.168.1.20",
    }


def test_it_says_what_it_exposes(monkeypatch):
    monkeypatch.setattr(lan, "own_hosts", lambda: ["192.168.1.20", "fe80::1"])
    said = lan.exposes(CODE, "8600")
    for words in (
        "http://192.168.1.20:8600, http://[fe80::1]:8600",
        "class code",
        "up to 20 MB",
        "Nothing is encrypted",
        "No teacher's token is set",
    ):
        assert words in said
    assert CODE["RESNET_CLASS_CODE"] not in said
    assert "The teacher's token is set." in lan.exposes(CODE | {"RESNET_TEACHER": "x" * 12}, "1")


def test_the_command_refuses_without_a_code_and_starts_nothing(monkeypatch, capsys):
    monkeypatch.delenv("RESNET_CLASS_CODE", raising=False)
    monkeypatch.setattr(opening, "_become", lambda module: pytest.fail("it started"))
    assert main(["app", "--lan"]) == 1
    assert "RESNET_CLASS_CODE is not set" in capsys.readouterr().err


def test_its_own_names_are_none_of_loopback():
    assert not set(lan.own_hosts()) & {*lan.LOOPBACK, ""}
