"""`build(spec)` makes the torch module that a Plan describes; module paths are the Plan's names."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet.data.seeds import generator
from resnet.plan import Block, Layer, Plan, plan
from resnet.spec import NetSpec


class Subsample(nn.Module):
    """Every second row and column: the stride of option A's shortcut (Section 3.3)."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :, :: self.stride, :: self.stride]


class ZeroPad(nn.Module):
    """Appends channels of zeros after the real ones; the paper does not say where they go."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, (0, 0, 0, 0, 0, self.channels))


class InPlace(nn.Module):
    """tanh or sigmoid written over its input, as the in-place ReLU does."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def forward(self, x: Tensor) -> Tensor:
        return x.tanh_() if self.kind == "tanh" else x.sigmoid_()


class Branches(nn.Module):
    """A block: `after(main(x) + shortcut(x))`, with `before` ahead of both branches."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.paths = [_names(part) for part in (block.before, block.main, block.after)]
        self.has_shortcut = bool(block.shortcut)
        for layer in (*block.before, *block.main):
            self.add_module(_last(layer), _module(layer))
        if self.has_shortcut:
            parts = {_last(layer): _module(layer) for layer in block.shortcut}
            self.shortcut = nn.Sequential()
            for name, module in parts.items():
                self.shortcut.add_module(name, module)
        for layer in block.after:
            self.add_module(_last(layer), _module(layer))

    def forward(self, x: Tensor) -> Tensor:  # (B, C, H, W)
        before, main, after = self.paths
        x = self._run(before, x)
        y = self._run(main, x)
        if self.has_shortcut:
            y = y + self.shortcut(x)
        return self._run(after, y)

    def _run(self, names: list[str], x: Tensor) -> Tensor:
        for name in names:
            x = getattr(self, name)(x)
        return x


class Net(nn.Module):
    """The module of a plan; `logits = net(images)`, (B, 3, H, W) float32 to (B, classes)."""

    def __init__(self, laid_out: Plan) -> None:
        super().__init__()
        self.plan = laid_out
        self.stem = _sequence(laid_out.stem)
        for number, blocks in enumerate(laid_out.stages, start=1):
            stage = nn.Sequential()
            for block in blocks:
                stage.add_module(f"block{block.index}", Branches(block))
            self.add_module(f"stage{number}", stage)
        self.head = _sequence(laid_out.head)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for number in range(1, len(self.plan.stages) + 1):
            x = getattr(self, f"stage{number}")(x)
        return self.head(x)


def build(
    spec: NetSpec, *, image_size: int | None = None, seed: int = 0, device: str = "cpu"
) -> Net:
    """The net of `spec` with fresh weights; on device "meta", shapes without numbers.

    Convolutions get He et al.'s normal initialisation (arXiv 1502.01852, fan-out), BN starts at
    scale 1 and shift 0, the fully connected layer uniform in +-1/sqrt(inputs) with zero bias. The
    seed alone decides the weights, and nets that share their layers share them from the start: a
    plain net begins as its residual twin does.

    Raises SpecError for an image size that does not suit the net.
    """
    with torch.device("meta"):
        net = Net(plan(spec, image_size))
    if device == "meta":
        return net
    net.to_empty(device="cpu")
    _initialise(net, generator(seed, "weights"))
    return net.to(device)


def _initialise(net: Net, rng: torch.Generator) -> None:
    shortcuts = []
    for name, module in net.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        elif isinstance(module, nn.Conv2d) and ".shortcut." in name:
            shortcuts.append(module)
        elif isinstance(module, nn.Conv2d):
            _he(module, rng)
        elif isinstance(module, nn.Linear):
            bound = module.in_features**-0.5
            nn.init.uniform_(module.weight, -bound, bound, generator=rng)
            nn.init.zeros_(module.bias)
    for module in shortcuts:  # last, so that the main branch draws the same numbers without them
        _he(module, rng)


def _he(conv: nn.Conv2d, rng: torch.Generator) -> None:
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", generator=rng)
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)


def _sequence(layers: tuple[Layer, ...]) -> nn.Sequential:
    sequence = nn.Sequential()
    for layer in layers:
        sequence.add_module(_last(layer), _module(layer))
    return sequence


def _module(layer: Layer) -> nn.Module:
    c_in, c_out = layer.in_shape[0], layer.out_shape[0]
    match layer.kind:
        case "conv":
            return nn.Conv2d(
                c_in, c_out, layer.kernel, layer.stride, layer.padding, bias=layer.bias
            )
        case "norm":
            return nn.BatchNorm2d(c_out)
        case "relu":
            return nn.ReLU(inplace=not layer.keeps_input)
        case "tanh" | "sigmoid" if layer.keeps_input:
            return nn.Tanh() if layer.kind == "tanh" else nn.Sigmoid()
        case "tanh" | "sigmoid":
            return InPlace(layer.kind)
        case "identity":
            return nn.Identity()
        case "subsample":
            return Subsample(layer.stride)
        case "zero-pad":
            return ZeroPad(c_out - c_in)
        case "max-pool":
            return nn.MaxPool2d(layer.kernel, layer.stride, layer.padding)
        case "average-pool":
            return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        case "fc":
            return nn.Linear(c_in, c_out)
    raise AssertionError(layer.kind)


def _names(layers: tuple[Layer, ...]) -> list[str]:
    return [_last(layer) for layer in layers]


def _last(layer: Layer) -> str:
    return layer.name.rsplit(".", 1)[1]
