"""`standalone(spec)`: one net as a PyTorch file that needs torch alone, to read and to hand out.

The classes are written out for this net's options and no others. Modules carry the names that they
have in `resnet.model`, so weights pass between the two by `load_state_dict`.
"""

import re

from resnet.cost import cost
from resnet.export.pytorch_block import block_class, told_first
from resnet.plan import EXPANSION, Block, Plan
from resnet.spec import NetSpec

URL = "https://arxiv.org/abs/1512.03385"
PRE_URL = "https://arxiv.org/abs/1603.05027"
ACTIVATION_MODULES = {"relu": "nn.ReLU()", "tanh": "nn.Tanh()", "sigmoid": "nn.Sigmoid()"}


def file_name(spec: NetSpec) -> str:
    """A name that Python can import: "resnet56_a.py"."""
    return f"{re.sub('[^a-z0-9]', '_', str(spec).lower())}.py"


def standalone(spec: NetSpec) -> str:
    """The text of the file; without torch, from the plan alone."""
    total = cost(spec)
    blocks = block_class(spec)
    opening = f"{_docstring(total.plan, total.parameters, total.macs)}\n\n{_imports(blocks)}"
    return "\n\n\n".join((opening, blocks, _net(total.plan), _main(total.plan))) + "\n"


def _docstring(laid_out: Plan, parameters: int, macs: int) -> str:
    spec, side = laid_out.spec, laid_out.image_size
    source = f'He et al. 2015, "Deep Residual Learning for Image Recognition", {URL}'
    if spec.order == "pre":
        source += f"\nHe et al. 2016 (pre-activation), {PRE_URL}"
    return f'''"""{spec.title}: {parameters:,} parameters.

{source}

One image of 3 x {side} x {side} costs {macs:,} multiply-adds of convolutions
and the fully connected layer; BN, activations, pooling and additions are not counted.

This file needs torch and nothing else:  python {file_name(spec)}
ResNet Explorer wrote it. Modules carry the same names as there, so weights trained there fit:

    state = torch.load("checkpoint.pt", map_location="cpu", weights_only=True)["state"]
    net.load_state_dict(state["net"])
"""'''


def _imports(blocks: str) -> str:
    functional = "\nfrom torch.nn import functional as F" if "F." in blocks else ""
    return f"""from collections import OrderedDict

import torch
from torch import Tensor, nn{functional}"""


def _net(laid_out: Plan) -> str:
    spec, side = laid_out.spec, laid_out.image_size
    block = "BasicBlock" if spec.block == "basic" else "Bottleneck"
    counts = " + ".join(str(len(blocks)) for blocks in laid_out.stages)
    lines = [
        "class Net(nn.Module):",
        f'    """{counts} blocks; {spec.classes:,} classes."""',
        "",
        "    def __init__(self) -> None:",
        "        super().__init__()",
        *_sequence("stem", _stem(laid_out)),
    ]
    for number, blocks in enumerate(laid_out.stages, start=1):
        lines.append(f"        self.stage{number} = {_stage_call(blocks, spec, number)}")
    lines += [*_sequence("head", _head(laid_out)), "        self.initialise()", ""]
    shape = f"(B, 3, {side}, {side})"
    lines += ["    def forward(self, x: Tensor) -> Tensor:" + f"  # {shape}"]
    steps = [("stem", laid_out.stem[-1].out_shape)]
    steps += [
        (f"stage{number}", blocks[-1].out_shape)
        for number, blocks in enumerate(laid_out.stages, start=1)
    ]
    for name, (channels, height, width) in steps:
        lines.append(f"        x = self.{name}(x)  # (B, {channels}, {height}, {width})")
    lines += [
        f"        return self.head(x)  # (B, {spec.classes})",
        "",
        *_initialise(spec),
        "",
        "",
        *_stage_function(spec, block),
    ]
    return "\n".join(lines)


def _sequence(name: str, members: list[tuple[str, str]]) -> list[str]:
    inside = [f"                {member}={module}," for member, module in members]
    return [
        f"        self.{name} = nn.Sequential(",
        "            OrderedDict(",
        *inside,
        "            )",
        "        )",
    ]


def _stem(laid_out: Plan) -> list[tuple[str, str]]:
    spec = laid_out.spec
    members = []
    for layer in laid_out.stem:
        name = layer.name.rpartition(".")[2]
        if layer.kind == "conv":
            bias = "" if layer.bias else ", bias=False"
            stride = f", stride={layer.stride}" if layer.stride > 1 else ""
            sizes = f"{layer.in_shape[0]}, {layer.out_shape[0]}, {layer.kernel}"
            members.append((name, f"nn.Conv2d({sizes}{stride}, padding={layer.padding}{bias})"))
        elif layer.kind == "norm":
            members.append((name, f"nn.BatchNorm2d({layer.out_shape[0]})"))
        elif layer.kind == "max-pool":
            members.append(
                (name, f"nn.MaxPool2d({layer.kernel}, {layer.stride}, padding={layer.padding})")
            )
        else:
            members.append((name, ACTIVATION_MODULES[spec.activation]))
    return members


def _head(laid_out: Plan) -> list[tuple[str, str]]:
    members = []
    for layer in laid_out.head:
        name, channels = layer.name.rpartition(".")[2], layer.in_shape[0]
        if layer.kind == "norm":
            members.append((name, f"nn.BatchNorm2d({channels})"))
        elif layer.kind == "average-pool":
            members += [(name, "nn.AdaptiveAvgPool2d(1)"), ("flatten", "nn.Flatten()")]
        elif layer.kind == "fc":
            members.append((name, f"nn.Linear({channels}, {layer.out_shape[0]})"))
        else:
            members.append((name, ACTIVATION_MODULES[laid_out.spec.activation]))
    return members


def _stage_call(blocks: tuple[Block, ...], spec: NetSpec, number: int) -> str:
    first = blocks[0]
    inner = first.out_shape[0] // EXPANSION[str(spec.block)]
    stride = max(layer.stride for layer in first.main)
    begins = ", first=True" if number == 1 and told_first(spec) else ""
    return f"stage({len(blocks)}, {first.in_shape[0]}, {inner}, stride={stride}{begins})"


def _stage_function(spec: NetSpec, block: str) -> list[str]:
    pass_on = told_first(spec)
    width = "channels" if spec.block == "basic" else "4 * channels"
    call = f"{block}(channels_in, channels, stride{', first' if pass_on else ''})"
    if pass_on:
        signature = [
            "def stage(",
            "    blocks: int, channels_in: int, channels: int, stride: int, first: bool = False",
            ") -> nn.Sequential:",
        ]
    else:
        signature = [
            "def stage(blocks: int, channels_in: int, channels: int, stride: int) -> nn.Sequential:"
        ]
    return [
        *signature,
        '    """Blocks one after the other; only the first may change the shape."""',
        f"    members = [{call}]",
        f"    members += [{block}({width}, channels) for _ in range(blocks - 1)]",
        "    return nn.Sequential(",
        '        OrderedDict((f"block{n}", member) for n, member in enumerate(members, start=1))',
        "    )",
    ]


def _initialise(spec: NetSpec) -> list[str]:
    zeros = ["                nn.init.zeros_(module.bias)"] if spec.norm == "none" else []
    return [
        "    def initialise(self) -> None:",
        '        """He et al.\'s normal weights for convolutions (https://arxiv.org/abs/1502.01852)."""',
        "        for module in self.modules():",
        "            if isinstance(module, nn.Conv2d):",
        '                nn.init.kaiming_normal_(module.weight, mode="fan_out")',
        *zeros,
        "        nn.init.zeros_(self.head.fc.bias)",
    ]


def _main(laid_out: Plan) -> str:
    side = laid_out.image_size
    return f"""if __name__ == "__main__":
    net = Net().eval()
    print(f"{{sum(p.numel() for p in net.parameters()):,}} parameters")
    with torch.no_grad():
        logits = net(torch.randn(2, 3, {side}, {side}))
    print("two random images in, logits of shape", tuple(logits.shape), "out")"""
