"""Writes docs/LICENCES.md: what the program needs when it runs, and what its licences are.

Read off the metadata of what is installed, from this program's own requirements on; extras of
other packages are followed where they are asked for.
"""

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "LICENCES.md"
HEAD = """# Licences of what the program needs
Everything that `pip install .` brought on Linux with Python {python}, by `make licences`; the words
are those of the packages' own metadata. None ships with this program: `pip` fetches each from its
makers.

| package | version | licence |
|---|---|---|
"""


def needed() -> dict[str, metadata.Distribution]:
    """All packages that the program needs here, by name."""
    program = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    ahead = [Requirement(text) for text in program["dependencies"]]
    found: dict[str, metadata.Distribution] = {}
    seen = set()
    while ahead:
        wanted = ahead.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if (name, frozenset(wanted.extras)) in seen:
            continue
        seen.add((name, frozenset(wanted.extras)))
        try:
            found[name] = about = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of another system
        extras = {"", *wanted.extras}
        ahead += [
            each
            for each in map(Requirement, about.requires or ())
            if not each.marker or any(each.marker.evaluate({"extra": one}) for one in extras)
        ]
    return dict(sorted(found.items()))


def licence(about: metadata.Distribution) -> str:
    """The licence in a few words: its expression, else its classifiers, else its first line."""
    said = about.metadata
    classified = [
        each.split("::")[-1].strip()
        for each in said.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    first = (said.get("License") or "").strip().splitlines()[:1]
    words = said.get("License-Expression") or ", ".join(classified) or " ".join(first)
    return words.replace("|", "/") or "not said; see the package"


def main() -> int:
    rows = [f"| {name} | {about.version} | {licence(about)} |" for name, about in needed().items()]
    python = ".".join(map(str, sys.version_info[:2]))
    FILE.write_text(HEAD.format(python=python) + "\n".join(rows) + "\n", "utf-8")
    print(f"{len(rows)} packages in {FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
