"""Which optional packages the ONNX export still needs, found without importing them."""

from collections.abc import Sequence
from importlib.util import find_spec

from resnet.spec.checks import listed

NEEDED = ("onnx", "onnxscript")


def missing() -> list[str]:
    """Names of the packages that are not installed; [] where the export can run."""
    return [name for name in NEEDED if find_spec(name) is None]


def sentence(names: Sequence[str]) -> str:
    """What is missing and how to install it."""
    verb = "is" if len(names) == 1 else "are"
    return (
        f"ONNX needs {listed(names)}, which {verb} not installed where the worker runs; "
        f"run there: python -m pip install {' '.join(names)}"
    )
