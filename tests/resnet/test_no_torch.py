"""What the pages compute in closed form is computed without torch, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys
import resnet.{module}
from resnet.spec import NetSpec, Recipe
{use}
loaded = [name for name in ("torch", "torchvision", "streamlit") if name in sys.modules]
assert not loaded, loaded
"""
USES = {
    "spec": "NetSpec.from_json(NetSpec.parse('resnet56-A').to_json())",
    "spec.recipe": "Recipe.from_json(Recipe().to_json())",
    "spec.checks": "",
    "settings": "resnet.settings.has_cifar10()",
    "plan": "assert resnet.plan.plan(NetSpec(depth=110)).layers",
    "cost": "assert resnet.cost.cost(NetSpec('imagenet', 152)).macs",
    "spec.schedule": "from resnet.spec.schedule import Schedule, lr_at; "
    "assert lr_at(Recipe(), 0) == Schedule(Recipe()).rate(0) > 0",
    "export.shipped": "resnet.export.shipped.names()",
    "verdict.recorded": "assert resnet.verdict.recorded.recorded_curves()",
    "spec.row": "assert not resnet.spec.row.Row(0, 0.0).diverged",
}


@pytest.mark.parametrize("module", USES)
def test_a_module_of_the_pages_does_not_load_torch(module):
    code = CODE.format(module=module, use=USES[module])
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
