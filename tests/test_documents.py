"""Documents name what is there: files, links, options of commands, settings; the notebook runs."""

import argparse
import contextlib
import io
import json
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from resnet.labs import LABS
from resnet.lessons import LESSONS
from resnet.spec import NetSpec, SpecError

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    file
    for pattern in ("*.md", "docs/*.md", "benchmarks/*.md", "checkpoints/*.md")
    for file in ROOT.glob(pattern)
)
NOTEBOOK = ROOT / "docs" / "library.ipynb"
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.M | re.S)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TOP = ("explorer/", "resnet/", "tests/", "benchmarks/", "checkpoints/", "docs/", ".ci/", ".github/")
MADE_LATER = ("checkpoints/data", "benchmarks/out")  # by the program, so not in a fresh clone
PLACEHOLDER = re.compile(r"\b(NAME|KIND|LESSON|SPEC|N|ID|FILE|FOLDER)\b|[*<>$]")
IN_CODE = re.compile(r"RESNET_[A-Z_]+")


def name(file):
    return str(file.relative_to(ROOT))


def pages():
    return pytest.mark.parametrize("page", PAGES, ids=name)


def commands(text, program):
    """The arguments of every `python -m PROGRAM ...` of a page, a line each; comments left out."""
    blocks = [re.sub(r"\\\n\s*", "", block) for block in FENCE.findall(text)]
    lines = [line for block in blocks for line in block.splitlines()]
    for line in [*lines, *INLINE.findall(FENCE.sub("", text))]:
        found = re.search(rf"python -m {re.escape(program)}(?![.\w])(.*)", line)
        if found:
            words = re.split("[;`]", found[1])[0]
            yield shlex.split(words, comments=True)


def parser(module):
    """The argparse parser that a command line is made of."""
    made = []
    with pytest.MonkeyPatch.context() as patch:

        def stop(self, *_):
            made.append(self)
            raise SystemExit

        patch.setattr(argparse.ArgumentParser, "parse_known_args", stop)
        with contextlib.suppress(SystemExit):
            import_module(f"{module}.__main__").main(["a command"])
    return made[0]


def below(of):
    """The parsers of the commands of a parser, by name."""
    return next(
        dict(each.choices) for each in of._actions if isinstance(each, argparse._SubParsersAction)
    )


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 110


def test_every_document_of_the_house_is_there():
    read = (ROOT / "README.md").read_text("utf-8")
    for file in ("INSTALL", "RESULTS", "TEACHING", "SERVER", "LIBRARY", "SCIENCE"):
        assert (ROOT / "docs" / f"{file}.md").is_file()
        assert f"](docs/{file}.md)" in read


@pages()
def test_links_lead_somewhere(page):
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if urlsplit(target).scheme in ("http", "https"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{name(page)} links to {target}"
        if anchor:
            heads = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.M)
            marks = {
                re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads
            }
            assert anchor in marks, f"{name(page)} links to {target}"


@pages()
def test_files_that_are_named_are_there(page):
    text = page.read_text("utf-8")
    lines = "\n".join(FENCE.findall(text)).split() + INLINE.findall(FENCE.sub("", text))
    missing = []
    for word in lines:
        word = word.split()[0].split("::")[0].rstrip(".,:;)") if word.split() else ""
        if not word.startswith(TOP) or PLACEHOLDER.search(word) or word.startswith(MADE_LATER):
            continue
        if not (ROOT / word).exists():
            missing.append(word)
    assert not missing, f"{name(page)} names what is not there: {missing}"


@pages()
@pytest.mark.parametrize("program", ["resnet", "explorer"])
def test_commands_take_the_options_that_are_shown(page, program):
    known = below(parser(program))
    for words in commands(page.read_text("utf-8"), program):
        if not words or words[0] in ("|", "NAME"):
            continue
        command, *rest = words
        assert command in known, f"{name(page)}: python -m {program} {command}"
        options = {option for each in known[command]._actions for option in each.option_strings}
        for option in (word for word in rest if word.startswith("--")):
            where = f"{name(page)}: python -m {program} {command} {option}"
            assert option.split("=")[0] in options, where


@pages()
def test_modules_that_are_run_are_there(page):
    for module in set(re.findall(r"python -m ([\w.]+)", page.read_text("utf-8"))):
        if not module.startswith(("resnet", "explorer")):
            continue
        path = ROOT.joinpath(*module.split("."))
        there = path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()
        assert there, f"{name(page)}: python -m {module}"


@pages()
def test_make_knows_what_is_made(page):
    text = page.read_text("utf-8")
    said = [*FENCE.findall(text), *INLINE.findall(text)]
    asked = {
        target for each in said for target in re.findall(r"^(?:\w+=\S+ )*make ([a-z]+)", each, re.M)
    }
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert asked <= known, f"{name(page)}: make {sorted(asked - known)}"


@pages()
def test_nets_lessons_and_labs_that_are_named_exist(page):
    text = re.sub(r"-seed\d+\.pt|\.safetensors", "", page.read_text("utf-8"))  # names of files
    for lesson in re.findall(r"--lesson ([a-z][a-z0-9-]*)", text):
        assert lesson in LESSONS, f"{name(page)}: --lesson {lesson}"
    for lab in re.findall(r"python -m explorer lab ([a-z_]+)", text):
        assert lab in LABS, f"{name(page)}: lab {lab}"
    for net in re.findall(r"\b(?:imagenet-)?(?:plain|resnet)\d+(?:-[A-Za-z0-9.]+)*", text):
        try:
            NetSpec.parse(net.rstrip("."))
        except SpecError as error:
            pytest.fail(f"{name(page)}: {error}")


@pages()
def test_tables_are_whole(page):
    """Every row of a table has as many cells as its head."""
    block = []
    for line in [*FENCE.sub("", page.read_text("utf-8")).splitlines(), ""]:
        if line.startswith("|"):
            block.append(line.count("|") - line.count("\\|"))
            continue
        if block:
            assert len(block) > 2 and len(set(block)) == 1, f"{name(page)}: {block} near {line!r}"
        block = []


def test_every_setting_is_described():
    """The variables of the environment that the program reads, and no others."""
    read = set()
    for folder in ("resnet", "explorer"):
        for file in (ROOT / folder).rglob("*.py"):
            read |= set(IN_CODE.findall(file.read_text("utf-8")))
    table = (
        (ROOT / "docs" / "SERVER.md").read_text("utf-8").split("## Settings")[1].split("\n## ")[0]
    )
    rows = {row.split("`")[1] for row in table.splitlines() if row.startswith("| `RESNET_")}
    assert rows == read


def test_links_to_pages_are_understood(monkeypatch):
    """What SERVER.md says of addresses holds: nets can be read, lessons and labs exist."""
    text = (ROOT / "docs" / "SERVER.md").read_text("utf-8")
    addresses = [urlsplit(each) for each in INLINE.findall(text) if re.match(r"/\w*\?", each)]
    assert len(addresses) >= 7
    for address in addresses:
        for key, value in parse_qsl(address.query):
            if key in ("net", "nets"):
                for net in value.split(","):
                    NetSpec.parse(net.removeprefix("shipped:"))
            if key == "lab":
                assert value in LABS


def cells():
    read = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return [cell for cell in read if cell["cell_type"] == "code"]


@pytest.mark.timeout(240)
@pytest.mark.trains
def test_the_notebook_runs():
    """Every code cell, in order, in one namespace; cells marked "exact" print what is kept."""
    names = {"__name__": "notebook"}
    assert len(cells()) >= 8
    for number, cell in enumerate(cells(), start=1):
        printed = io.StringIO()
        code = compile("".join(cell["source"]), f"library.ipynb, cell {number}", "exec")
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        kept = "".join("".join(each["text"]) for each in cell["outputs"])
        if "exact" in cell["metadata"].get("tags", ()):
            assert printed.getvalue() == kept, f"cell {number}"
        else:
            assert bool(printed.getvalue()) == bool(kept), f"cell {number}"


def test_the_vocabulary_needs_no_torch():
    """LIBRARY.md: spec, plan and cost load no PyTorch."""
    code = "import sys, resnet.spec, resnet.plan, resnet.cost; print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert said.stdout.strip() == "False", said.stderr
