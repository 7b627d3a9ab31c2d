"""Every panel of the Why page is loaded by the web server, which must stay free of torch."""

import subprocess
import sys
from pathlib import Path

PANELS = Path(__file__).parents[4] / "explorer" / "views" / "why" / "labs"

LOAD = """
import sys
from importlib import import_module

from resnet.labs import LABS

for name in sys.argv[1:]:
    panel = getattr(import_module(f"explorer.views.why.labs.{name}.panel"), "PANEL", None)
    assert panel is None or panel.lab is LABS[name], name
loaded = {"torch", "torchvision"} & set(sys.modules)
assert not loaded, loaded
"""


def test_panels_are_loaded_without_torch():
    names = sorted(file.parent.name for file in PANELS.glob("*/panel.py"))
    assert {"gradients", "constructed", "responses", "lesion", "switched", "paths"} <= set(names)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *names],
        cwd=PANELS.parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
