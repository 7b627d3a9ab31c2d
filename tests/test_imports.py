"""Arrows run one way, and the web server stays free of torch; both are read off the imports."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {  # of explorer/, each with the rooms that it may import
    "app": "views server",
    "__main__": "commands",
    "views": "charts server report files store",
    "commands": "worker report files store",
    "server": "worker report store",
    "charts": "report store",
    "report": "store",
    "files": "store",
    "worker": "store",
    "lane": "store",
    "store": "",
}
WITH_A_SCREEN = {"app", "views", "charts", "server"}
WITHOUT_A_DATABASE = {"app", "views", "charts", "commands"}
TORCH = {"torch", "torchvision", "torchinfo"}
SCREEN = {"streamlit", "plotly"}
PROMISE = "Imports no streamlit"  # in the docstring of a module that a page could have drawn


def name_of(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    name_of(file): file
    for package in ("explorer", "resnet")
    for file in sorted((ROOT / package).rglob("*.py"))
}
APP = [name for name in FILES if name.startswith("explorer.")]
SCIENCE = [name for name in FILES if name.split(".")[0] == "resnet"]


def is_for_types(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def nodes(tree):
    """Every node, inside functions too, but for what only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if not is_for_types(node):
            yield node
            yield from nodes(node)


@cache
def imports(name):
    """What a module imports anywhere in it: modules, "a.b", each package on the way included."""
    found = set()
    for node in nodes(ast.parse(FILES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            modules = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {node.module} | {each for each in modules if each in FILES}
    parts = [each.split(".") for each in found]
    return {".".join(each[:count]) for each in parts for count in range(1, len(each) + 1)}


@cache
def reached(name):
    """What a module imports, and what that imports, however far; of others their top alone."""
    seen, ahead = set(), [name]
    while ahead:
        for each in imports(ahead.pop()):
            known = each if each in FILES else each.split(".")[0]
            if known not in seen:
                seen.add(known)
                ahead += [known] if known in FILES else []
    return seen


def room(name):
    return name.split(".")[1]


@pytest.mark.parametrize("name", APP)
def test_arrows_run_down(name):
    allowed = {room(name), *ROOMS[room(name)].split()}
    used = {room(each) for each in imports(name) if each.startswith("explorer.")}
    assert used <= allowed, f"{name} may import {allowed}, not {used - allowed}"


def test_every_room_has_its_place_and_nothing_is_loose():
    assert {room(name) for name in APP} == set(ROOMS)
    loose = {file.name for file in (ROOT / "explorer").glob("*.*")}
    assert loose == {"__init__.py", "__main__.py", "app.py", ".streamlit"}
    loose = {file.name for file in (ROOT / "resnet").glob("*.*")}
    assert loose == {"__init__.py", "__main__.py", "plan.py", "settings.py"}


def test_the_rooms_of_the_science_stand_in_an_order():
    """`graphlib` raises CycleError where two rooms need each other."""
    arrows: dict[str, set[str]] = {}
    for name in SCIENCE[1:]:
        used = {room(each) for each in imports(name) if each.startswith("resnet.")}
        arrows.setdefault(room(name), set()).update(used - {room(name)})
    order = list(TopologicalSorter(arrows).static_order())
    assert order.index("spec") < order.index("plan") < order.index("model") < order.index("train")


@pytest.mark.parametrize("name", SCIENCE)
def test_the_science_knows_no_screen(name):
    assert not reached(name) & {"explorer", "sqlalchemy", *SCREEN}


@pytest.mark.parametrize("name", [name for name in APP if room(name) != "lane"])
def test_only_the_lane_reaches_torch(name):
    assert not reached(name) & TORCH


@pytest.mark.parametrize("name", [name for name in APP if room(name) not in WITH_A_SCREEN])
def test_only_rooms_with_a_screen_reach_streamlit(name):
    assert not reached(name) & SCREEN


def test_figures_are_pure_functions_and_so_is_what_says_that_it_is():
    promised = 0
    for name in APP:
        said = ast.get_docstring(ast.parse(FILES[name].read_text("utf-8"))) or ""
        promised += PROMISE in said
        if "plotly.graph_objects" in imports(name) or PROMISE in said:
            assert "streamlit" not in imports(name), name
    assert promised


@pytest.mark.parametrize("name", [name for name in APP if room(name) in WITHOUT_A_DATABASE])
def test_pages_and_commands_do_not_reach_behind_the_store(name):
    assert not imports(name) & {"sqlalchemy", "explorer.store.tables"}


OPEN_EVERY_PAGE = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest

shown = AppTest.from_file(str(Path("explorer") / "app.py"), default_timeout=60).run()
for page, words in (("builder", "269,722"), ("train", "Press **Launch**"), ("runs", "Nothing has"),
                    ("why", "**You will see:**")):
    shown.switch_page(f"views/{page}/page.py").run()
    assert not shown.exception, (page, shown.exception)
    texts = [element.value for element in (*shown.markdown, *shown.metric, *shown.info)]
    assert any(words in text for text in texts), (page, texts)
loaded = sorted(name for name in sys.modules if name.split(".")[0] in ("torch", "torchvision"))
assert not loaded, loaded[:5]
print("opened")
"""


def test_every_page_opens_without_torch():
    done = subprocess.run(
        [sys.executable, "-c", OPEN_EVERY_PAGE], cwd=ROOT, capture_output=True, text=True
    )
    subprocess.run([sys.executable, "-m", "explorer.worker", "--stop"], capture_output=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().endswith("opened")


def test_the_options_that_the_server_relies_on_still_exist():
    from streamlit import config

    for option in ("runner.postScriptGC", "server.enableStaticServing", "server.fileWatcherType"):
        assert option in config._config_options_template
