"""`plan(spec)` lays a net out layer by layer, with shapes: the one description of a net.

The module is built from it, the costs are summed over it, the picture is drawn from it and the
gradient norms are labelled by it, so they cannot disagree.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from resnet.spec import NetSpec, SpecError
from resnet.spec.net import FIELDS, IMAGE_SIZE

Shape = tuple[int, int, int]  # (channels, height, width), without the batch

EXPANSION = {"basic": 1, "bottleneck": 4, "single": 1}
ACTIVATIONS = tuple(FIELDS["activation"].choices)  # the kinds of layers that are one


@dataclass(frozen=True)
class Layer:
    """One row of the table: what happens to a map of `in_shape`, giving one of `out_shape`.

    name    the module's path in the built net ("stage2.block1.conv1"), or where it would stand
    kind    conv, norm, relu, tanh, sigmoid, identity, subsample, zero-pad, add, max-pool,
            average-pool or fc
    stage   0 for the layers before the first stage, 1..., and one more for those after the last
    block   counted from 1 within its stage; None outside blocks
    branch  "main" or "shortcut"

    keeps_input  whether an activation leaves its input as it is, for the shortcut reads it too
    """

    name: str
    kind: str
    stage: int
    block: int | None
    branch: str
    in_shape: Shape
    out_shape: Shape
    kernel: int = 1
    stride: int = 1
    padding: int = 0
    bias: bool = False
    keeps_input: bool = False


@dataclass(frozen=True)
class Block:
    """`after(main(before(x)) + shortcut(x or before(x)))`; a plain block has no shortcut.

    `before` is shared by both branches; only pre-activation nets have it, where shapes change.
    """

    name: str
    stage: int
    index: int
    before: tuple[Layer, ...]
    main: tuple[Layer, ...]
    shortcut: tuple[Layer, ...]
    add: Layer | None
    after: tuple[Layer, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        added = (self.add,) if self.add else ()
        return self.before + self.main + self.shortcut + added + self.after

    @property
    def in_shape(self) -> Shape:
        return self.layers[0].in_shape

    @property
    def out_shape(self) -> Shape:
        return self.layers[-1].out_shape

    @property
    def changes_shape(self) -> bool:
        return self.in_shape != self.out_shape


@dataclass(frozen=True)
class Plan:
    """A whole net: the stem, the stages of blocks, the head; `layers` in the order they run."""

    spec: NetSpec
    image_size: int
    stem: tuple[Layer, ...]
    stages: tuple[tuple[Block, ...], ...]
    head: tuple[Layer, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for stage in self.stages for block in stage)

    @property
    def layers(self) -> tuple[Layer, ...]:
        inside = tuple(layer for block in self.blocks for layer in block.layers)
        return self.stem + inside + self.head

    @property
    def weighted(self) -> tuple[Layer, ...]:
        """Convolutions and the fully connected layer, shortcuts included, in the order they run."""
        return tuple(layer for layer in self.layers if layer.kind in ("conv", "fc"))

    @property
    def answering(self) -> tuple[Layer, ...]:
        """The 3x3 convolutions of the main branch, whose responses the paper's Fig. 7 shows."""
        main = (layer for layer in self.layers if layer.branch == "main")
        return tuple(layer for layer in main if layer.kind == "conv" and layer.kernel == 3)


@lru_cache(maxsize=24)
def plan(spec: NetSpec, image_size: int | None = None) -> Plan:
    """The layers of a net on square images of `image_size` (32 for CIFAR, 224 for ImageNet).

    Raises SpecError for an image that the net would shrink to nothing.
    Source: He et al. 2015, Sections 3.3, 4.1 and 4.2, Table 1.
    """
    size = IMAGE_SIZE[spec.family] if image_size is None else image_size
    smallest = 4 if spec.family == "cifar" else 32
    if not smallest <= size <= 1024:
        raise SpecError(f"image size {size} does not suit {spec}; it can be {smallest} to 1,024")
    stem = _stem(spec, size)
    shape = stem[-1].out_shape
    stages = []
    for stage, count in enumerate(spec.blocks, start=1):
        blocks = []
        for index in range(1, count + 1):
            blocks.append(_block(spec, stage, index, shape))
            shape = blocks[-1].out_shape
        stages.append(tuple(blocks))
    return Plan(spec, size, stem, tuple(stages), _head(spec, shape, len(stages) + 1))


class _Path:
    """Layers one after the other; each starts from the shape that the one before left."""

    def __init__(self, spec: NetSpec, start: Layer) -> None:
        self.spec = spec
        self.layers: list[Layer] = []
        self._next = start  # where the next layer stands: its stage, block, branch and in_shape

    @property
    def shape(self) -> Shape:
        return self._next.in_shape

    def put(self, kind: str, name: str, out_shape: Shape | None = None, **more: int | bool) -> None:
        layer = replace(
            self._next,
            kind=kind,
            name=f"{self._next.name}{name}",
            out_shape=out_shape or self.shape,
            **more,  # type: ignore[arg-type]
        )
        self.layers.append(layer)
        self._next = replace(self._next, in_shape=layer.out_shape)

    def conv(self, name: str, channels: int, kernel: int, stride: int = 1) -> None:
        padding = kernel // 2
        _, height, width = self.shape
        out = (channels, *((n + 2 * padding - kernel) // stride + 1 for n in (height, width)))
        bias = self.spec.norm == "none"  # BN's shift makes a bias redundant (Section 3.4)
        self.put("conv", name, out, kernel=kernel, stride=stride, padding=padding, bias=bias)  # type: ignore[arg-type]

    def norm(self, name: str) -> None:
        if self.spec.norm == "batch":
            self.put("norm", name)

    def activation(self, name: str, keeps_input: bool = False) -> None:
        self.put(self.spec.activation, name, keeps_input=keeps_input)

    def taken(self) -> tuple[Layer, ...]:
        """What was laid so far; the path goes on from there."""
        layers, self.layers = tuple(self.layers), []
        return layers


def _path(
    spec: NetSpec, prefix: str, stage: int, block: int | None, branch: str, shape: Shape
) -> _Path:
    return _Path(spec, Layer(prefix, "identity", stage, block, branch, shape, shape))


def _stem(spec: NetSpec, size: int) -> tuple[Layer, ...]:
    path = _path(spec, "stem.", 0, None, "main", (3, size, size))
    if spec.family == "cifar":
        path.conv("conv", _width(spec), 3)
    else:
        path.conv("conv", _width(spec), 7, stride=2)
    if spec.order == "post" or spec.family == "imagenet":
        path.norm("norm")
        path.activation("activation")
    if spec.family == "imagenet":
        channels, height, width = path.shape
        halved = (channels, (height + 1) // 2, (width + 1) // 2)
        path.put("max-pool", "pool", halved, kernel=3, stride=2, padding=1)
    return tuple(path.layers)


def _head(spec: NetSpec, shape: Shape, stage: int) -> tuple[Layer, ...]:
    path = _path(spec, "head.", stage, None, "main", shape)
    if spec.order == "pre":
        path.norm("norm")
        path.activation("activation")
    path.put("average-pool", "pool", (shape[0], 1, 1), kernel=shape[1], stride=shape[1])
    path.put("fc", "fc", (int(spec.classes or 0), 1, 1), bias=True)
    return tuple(path.layers)


def _block(spec: NetSpec, stage: int, index: int, shape: Shape) -> Block:
    name = f"stage{stage}.block{index}"
    inner = _width(spec) * 2 ** (stage - 1)
    outer = inner * EXPANSION[str(spec.block)]
    stride = 2 if stage > 1 and index == 1 else 1
    changes = stride != 1 or shape[0] != outer

    # the ImageNet stem ends in BN, activation and pooling: its first block does not repeat them
    follows_activation = spec.family == "imagenet" and stage == 1 and index == 1

    path = _path(spec, f"{name}.", stage, index, "main", shape)
    before: tuple[Layer, ...] = ()
    convs = _convolutions(spec, inner, outer, stride)
    for number, (channels, kernel, step) in enumerate(convs, start=1):
        if spec.order == "pre" and not (number == 1 and follows_activation):
            splits = number == 1 and not spec.plain  # here the block's input goes two ways
            shared = splits and (changes or (stage == 1 and index == 1))
            path.norm(f"norm{number}")
            keeps_input = splits and not shared and spec.norm == "none"
            path.activation(f"activation{number}", keeps_input)
            if shared:
                before = path.taken()
        path.conv(f"conv{number}", channels, kernel, step)
        if spec.order == "post":
            path.norm(f"norm{number}")
            if number < len(convs):
                path.activation(f"activation{number}")
    main = path.taken()
    shortcut = _shortcut(spec, name, stage, index, shape, main[-1].out_shape, stride)
    add = None
    if not spec.plain:
        path.put("add", "add")
        (add,) = path.taken()
    if spec.order == "post":
        path.activation("activation")
    return Block(name, stage, index, before, main, shortcut, add, path.taken())


def _convolutions(spec: NetSpec, inner: int, outer: int, stride: int) -> list[tuple[int, int, int]]:
    """Channels, kernel and stride of the convolutions on a block's main branch."""
    if spec.block != "bottleneck":
        return [(inner, 3, stride), *([(inner, 3, 1)] if spec.block == "basic" else [])]
    first, middle = (stride, 1) if spec.stride_on == "1x1" else (1, stride)
    return [(inner, 1, first), (inner, 3, middle), (outer, 1, 1)]


def _shortcut(
    spec: NetSpec, name: str, stage: int, index: int, shape: Shape, out: Shape, stride: int
) -> tuple[Layer, ...]:
    if spec.plain:
        return ()
    path = _path(spec, f"{name}.shortcut.", stage, index, "shortcut", shape)
    if spec.shortcut == "C" or (spec.shortcut == "B" and shape != out):
        path.conv("conv", out[0], 1, stride)
        if spec.order == "post":
            path.norm("norm")
    elif shape == out:
        path.put("identity", "identity")
    else:
        if stride != 1:
            path.put("subsample", "subsample", (shape[0], out[1], out[2]), stride=stride)
        if shape[0] != out[0]:
            path.put("zero-pad", "zero_pad", out)
    return tuple(path.layers)


def _width(spec: NetSpec) -> int:
    return int(spec.width or 0)
