"""The list of licences names everything that the program needs directly."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_dependency_stands_in_the_list_with_a_licence():
    program = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {re.split(r"[<>=~!\[; ]", each)[0].lower() for each in program["dependencies"]}
    table = (ROOT / "docs" / "LICENCES.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| (\S+) \| \S+ \| (.+) \|$", table, re.M))
    assert needed <= listed.keys()
    assert not [name for name in needed if "not said" in listed[name]]
