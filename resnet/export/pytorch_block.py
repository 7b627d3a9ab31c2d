"""The block class of a standalone file, written out for the options of one net."""

from resnet.spec import NetSpec

FUNCTIONS = {"relu": "F.relu", "tanh": "torch.tanh", "sigmoid": "torch.sigmoid"}
WORDS = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid"}


def block_class(spec: NetSpec) -> str:
    """Source of `BasicBlock` or `Bottleneck`, and of `projection` where shortcuts convolve."""
    lines = [
        *_signature(spec),
        "        super().__init__()",
        *_bottleneck_out(spec),
        *_shape_facts(spec),
        *_layers(spec),
        *_shortcut_modules(spec),
        "",
        *_forward(spec),
        *_shortcut_method(spec),
    ]
    if spec.shortcut in ("B", "C"):
        lines += ["", "", *_projection(spec)]
    return "\n".join(lines)


def told_first(spec: NetSpec) -> bool:
    """Whether a block must be told that it is the net's first."""
    return spec.order == "pre" and (spec.family == "imagenet" or not spec.plain)


def _signature(spec: NetSpec) -> list[str]:
    name = "BasicBlock" if spec.block == "basic" else "Bottleneck"
    arguments = "self, channels_in: int, channels: int, stride: int = 1"
    start = [f"    def __init__({arguments}) -> None:"]
    if told_first(spec):
        start = [
            "    def __init__(",
            f"        {arguments}, first: bool = False",
            "    ) -> None:",
        ]
    first, *notes = _doc(spec)
    ending = ["", *(f"    {note}" for note in notes), '    """'] if notes else []
    quotes = "" if notes else '"""'
    return [f"class {name}(nn.Module):", f'    """{first}{quotes}', *ending, "", *start]


def _doc(spec: NetSpec) -> list[str]:
    convolutions = (
        "Two 3x3 convolutions" if spec.block == "basic" else "1x1, 3x3 and 1x1 convolutions"
    )
    way, *notes = {
        "none": [", no shortcut: the block of a plain net."],
        "A": [" and a shortcut without parameters (option A)."],
        "B": [
            " and a shortcut around them (option B).",
            "The shortcut is a projection where the shape changes, the identity elsewhere.",
        ],
        "C": [" and a projection around them in every block (option C)."],
    }[str(spec.shortcut)]
    if spec.block == "bottleneck":
        on = "first 1x1, as in the paper" if spec.stride_on == "1x1" else "3x3, as in torchvision"
        notes.append(f"The block puts out 4 * channels; its stride is on the {on}.")
    before = WORDS[spec.activation] if spec.norm == "none" else f"BN and {WORDS[spec.activation]}"
    if spec.order == "pre":
        notes.append(f"Pre-activation: {before} stand before each convolution.")
    if spec.order == "pre" and not spec.plain:
        where = " and in the net's first block" if spec.family == "cifar" else ""
        notes.append(f"Where the shape changes{where}, they stand before the shortcut, too.")
    if spec.order == "pre" and spec.family == "imagenet":
        notes.append("The net's first block does not begin with them, for the stem ends in them.")
    return [convolutions + way, *notes]


def _bottleneck_out(spec: NetSpec) -> list[str]:
    return ["        channels_out = 4 * channels"] if spec.block == "bottleneck" else []


def _shape_facts(spec: NetSpec) -> list[str]:
    lines = []
    changes = f"stride != 1 or channels_in != {_out(spec)}"
    if spec.shortcut == "B":
        lines.append(f"        changes_shape = {changes}")
    if spec.shortcut == "A":
        lines += [
            "        self.stride = stride",
            f"        self.new_channels = {_out(spec)} - channels_in",
        ]
    if told_first(spec) and spec.family == "imagenet":
        lines.append("        self.first = first")
    if spec.order == "pre" and not spec.plain:
        condition = "changes_shape" if spec.shortcut == "B" else changes
        if spec.family == "cifar":
            condition = f"first or {condition}"
        lines.append(f"        self.shortcut_starts_later = {condition}")
    return lines


def _out(spec: NetSpec) -> str:
    return "channels_out" if spec.block == "bottleneck" else "channels"


def _convolutions(spec: NetSpec) -> list[tuple[str, str, str]]:
    """(channels in, channels out, the rest of the arguments) of each convolution."""
    bias = "" if spec.norm == "none" else ", bias=False"
    if spec.block == "basic":
        return [
            ("channels_in", "channels", f"3, stride, padding=1{bias}"),
            ("channels", "channels", f"3, padding=1{bias}"),
        ]
    on_first = spec.stride_on == "1x1"
    return [
        ("channels_in", "channels", f"1{', stride' if on_first else ''}{bias}"),
        ("channels", "channels", f"3{'' if on_first else ', stride'}, padding=1{bias}"),
        ("channels", "channels_out", f"1{bias}"),
    ]


def _layers(spec: NetSpec) -> list[str]:
    lines = []
    for number, (c_in, c_out, rest) in enumerate(_convolutions(spec), start=1):
        conv = f"        self.conv{number} = nn.Conv2d({c_in}, {c_out}, {rest})"
        norm = f"self.norm{number} = nn.BatchNorm2d({c_in if spec.order == 'pre' else c_out})"
        if spec.norm == "none":
            lines.append(conv)
        elif spec.order == "post":
            lines += [conv, f"        {norm}"]
        elif number == 1 and spec.family == "imagenet":
            lines += ["        if not first:", f"            {norm}", conv]
        else:
            lines += [f"        {norm}", conv]
    return lines


def _shortcut_modules(spec: NetSpec) -> list[str]:
    made = f"projection(channels_in, {_out(spec)}, stride)"
    if spec.shortcut == "C":
        return [f"        self.shortcut = {made}"]
    if spec.shortcut == "B":
        return [
            "        self.shortcut = (",
            f"            {made} if changes_shape else nn.Identity()",
            "        )",
        ]
    return []


def _forward(spec: NetSpec) -> list[str]:
    head = "    def forward(self, x: Tensor) -> Tensor:"
    return [head, *(_post(spec) if spec.order == "post" else _pre(spec))]


def _post(spec: NetSpec) -> list[str]:
    """Convolution, BN, activation; the last activation comes after the addition."""
    last = len(_convolutions(spec))
    lines, x = [], "x"
    for number in range(1, last):
        y = _activated(spec, _normed(spec, number, f"self.conv{number}({x})"))
        lines.append(f"        y = {y}")
        x = "y"
    lines.append(f"        y = {_normed(spec, last, f'self.conv{last}(y)')}")
    added = "y" if spec.plain else "y + self.shortcut(x)"
    return [*lines, f"        return {_activated(spec, added)}"]


def _pre(spec: NetSpec) -> list[str]:
    """BN, activation, convolution; nothing comes after the addition."""
    entry = _activated(spec, _normed(spec, 1, "x"))
    if spec.family == "imagenet":
        entry = f"x if self.first else {entry}"
    lines = [f"        y = {entry}"]
    if not spec.plain:
        starts_later = "self.shortcut_starts_later"
        lines.append(f"        x = y if {starts_later} else x  # what the shortcut reads")
    lines.append("        y = self.conv1(y)")
    for number in range(2, len(_convolutions(spec)) + 1):
        y = _activated(spec, _normed(spec, number, "y"))
        lines.append(f"        y = self.conv{number}({y})")
    return [*lines, f"        return {'y' if spec.plain else 'y + self.shortcut(x)'}"]


def _normed(spec: NetSpec, number: int, x: str) -> str:
    return x if spec.norm == "none" else f"self.norm{number}({x})"


def _activated(spec: NetSpec, x: str) -> str:
    return f"{FUNCTIONS[spec.activation]}({x})"


def _shortcut_method(spec: NetSpec) -> list[str]:
    if spec.shortcut != "A":
        return []
    return [
        "",
        "    def shortcut(self, x: Tensor) -> Tensor:",
        '        """The input; where the shape changes, subsampled, with channels of zeros."""',
        "        if self.stride == 1 and self.new_channels == 0:",
        "            return x",
        "        x = x[:, :, :: self.stride, :: self.stride]",
        "        return F.pad(x, (0, 0, 0, 0, 0, self.new_channels))",
    ]


def _projection(spec: NetSpec) -> list[str]:
    normed = spec.order == "post" and spec.norm == "batch"
    bias = ", bias=False" if spec.norm == "batch" else ""
    conv = f"nn.Conv2d(channels_in, channels_out, 1, stride{bias})"
    inside = [f"            conv={conv},"]
    if normed:
        inside.append("            norm=nn.BatchNorm2d(channels_out),")
    what = "A 1x1 convolution and BN" if normed else "A 1x1 convolution"
    return [
        "def projection(channels_in: int, channels_out: int, stride: int) -> nn.Sequential:",
        f'    """{what}: gives the shortcut the shape of the block\'s output."""',
        "    return nn.Sequential(",
        "        OrderedDict(",
        *inside,
        "        )",
        "    )",
    ]
