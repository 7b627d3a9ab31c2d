"""Arrows run one way, and the web server stays free of torch; both are read off the imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from resnet.labs import LABS

ROOT = Path(__file__).parents[1]
WITH_TORCH = {
    "model",
    "fold",
    "draws",
    "data",
    "folder",
    "generated",
    "batches",
    "train",
    "step",
    "tested",
    "fused.convolution",
    "fused.norm",
    "fused.evaluation",
    "fused.run",
    "fused.steps",
    "probe",
    "recording",
    "checkpoint",
    "commands",
    "counters",
    "shipped_nets",
    "onnx_export",
    *(f"labs.{name}" for name in ("constructed", "copies", "curves", "deepen", "examples")),
    *(f"labs.{name}" for name in ("gradients", "lesion", "measured", "paths")),
    *(f"labs.{name}" for name in ("residual_size", "responses", "sees", "shattered", "surface")),
    *(f"labs.{name}" for name in ("switchboard", "variants")),
}
LANE = {  # in a lane's process
    *("lane", "lane_setup", "lane_leg", "lane_room", "lane_training"),
    *("event_files", "job_lane", "lab_lane", "lab_nets"),
}
TORCH = {"torch", "torchvision", "torchinfo"}
SCREEN = {"explorer", "streamlit", "plotly", "sqlalchemy"}


def imports(file):
    """Names of the modules that a file imports anywhere, as "a.b"."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def tops(names):
    return {name.split(".")[0] for name in names}


SCIENCE = sorted((ROOT / "resnet").rglob("*.py"))
APP = sorted((ROOT / "explorer").rglob("*.py"))


@pytest.mark.parametrize("file", SCIENCE, ids=lambda file: file.stem)
def test_the_science_knows_no_screen(file):
    assert not tops(imports(file)) & SCREEN


@pytest.mark.parametrize("file", APP, ids=lambda file: file.stem)
def test_only_the_lane_imports_torch(file):
    if file.stem in LANE:
        return
    used = imports(file)
    assert not tops(used) & TORCH
    with_torch = {f"resnet.{name}" for name in WITH_TORCH}
    assert not used & with_torch
    if file.stem != "worker":  # it works in the caller for tests, where it imports the lane
        assert not used & {f"explorer.{name}" for name in LANE}


def drawn(part, lab):
    """Whether a lab has a file there; the switchboard has words alone."""
    return (ROOT / "explorer" / "why" / part / f"{lab}.py").exists()


PURE = [
    *("figures", "feed", "diagram", "palette", "store", "records", "jobs", "telling"),
    *("job_files", "job_keeping", "job_records", "job_work", "why/source", "why/question"),
    *("why/offered",),
    *("verdicts", "state_words", "wishes", "shelf", "turns", "guesses"),
    *(f"runs/{name}" for name in ("filter", "words", "outcome", "pair", "hand_in")),
    *(f"build/{name}" for name in ("compare", "exhibit", "landmarks", "layer_table", "vgg_table")),
    *(f"build/{name}" for name in ("landscape_figure", "memory_figures", "stage_figure")),
    *(f"why/{part}/{name}" for part in ("figures", "words") for name in LABS if drawn(part, name)),
]


@pytest.mark.parametrize("name", PURE)
def test_what_draws_and_keeps_imports_no_streamlit(name):
    assert "streamlit" not in tops(imports(ROOT / "explorer" / f"{name}.py"))


def test_views_do_not_reach_behind_the_store():
    for file in (ROOT / "explorer" / "views").glob("*.py"):
        assert "sqlalchemy" not in tops(imports(file))
        assert "explorer.store.tables" not in imports(file)


OPEN_EVERY_PAGE = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest

shown = AppTest.from_file(str(Path("explorer") / "app.py"), default_timeout=60).run()
for page, words in (("build", "269,722"), ("train", "Press **Launch**"), ("runs", "Nothing has"),
                    ("why", "**You will see:**")):
    shown.switch_page(f"views/{page}.py").run()
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
