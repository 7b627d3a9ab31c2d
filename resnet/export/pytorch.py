"""`standalone(spec)`: one net as a PyTorch file that needs torch alone, to read and to hand out.

The classes are written out for this net's options and no others, by the template beside this file.
Modules carry the names that they have in `resnet.model`, so weights pass between the two by
`load_state_dict`.
"""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from resnet.cost import cost
from resnet.plan import Layer
from resnet.spec import NetSpec

TEMPLATE = Path(__file__).with_suffix(".py.jinja")
TEMPLATES = Environment(
    loader=FileSystemLoader(TEMPLATE.parent),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def file_name(spec: NetSpec) -> str:
    """A name that Python can import: "resnet56_a.py"."""
    return f"{re.sub('[^a-z0-9]', '_', str(spec).lower())}.py"


def standalone(spec: NetSpec) -> str:
    """The text of the file; without torch, from the plan alone."""
    template = TEMPLATES.get_template(TEMPLATE.name)
    return template.render(spec=spec, cost=cost(spec), file_name=file_name(spec), module=_module)


def _module(layer: Layer) -> str:
    """The module of `torch.nn` that a layer of stem or head is."""
    channels_in, channels_out = layer.in_shape[0], layer.out_shape[0]
    stride = f", stride={layer.stride}" if layer.stride > 1 else ""
    bias = "" if layer.bias else ", bias=False"
    rest = f"{stride}, padding={layer.padding}{bias}"
    return {
        "conv": f"Conv2d({channels_in}, {channels_out}, {layer.kernel}{rest})",
        "norm": f"BatchNorm2d({channels_in})",
        "relu": "ReLU()",
        "tanh": "Tanh()",
        "sigmoid": "Sigmoid()",
        "max-pool": f"MaxPool2d({layer.kernel}, {layer.stride}, padding={layer.padding})",
        "average-pool": "AdaptiveAvgPool2d(1)",
        "fc": f"Linear({channels_in}, {channels_out})",
    }[layer.kind]
