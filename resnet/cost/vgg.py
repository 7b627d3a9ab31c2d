"""VGG-19, the net that the paper compares itself with, in the rows of our own tables.

| | parameters | multiply-adds |
|---|---|---|
| 16 convolutions of 3x3, with bias | 20,024,384 | 19.508 billion |
| 3 fully connected layers | 123,642,856 | 0.124 billion |
| VGG-19 | 143,667,240 | 19.632 billion |

Source: Simonyan and Zisserman 2014 (arXiv 1409.1556), Table 1, column E; He et al. 2015, Fig. 3.
"""

from dataclasses import dataclass
from functools import lru_cache

from resnet.cost.layers import LayerCost, activation_bytes_of, macs_of, parameters_of
from resnet.plan import Layer, Shape

STAGES = ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512))  # convolutions, channels
HIDDEN = 4096
CLASSES = 1000
IMAGE_SIZE = 224


@dataclass(frozen=True)
class VggCost:
    """VGG-19's costs for one image of 224x224, and layer by layer, in the order they run."""

    layers: tuple[LayerCost, ...]
    parameters: int
    macs: int
    activation_bytes: int


@lru_cache(maxsize=1)
def vgg19() -> VggCost:
    """Costs by the same rules as ours: a multiply-add of a convolution or a fully connected layer.

    Dropout, which the net has in training, is left out: it holds no parameter and does no MAC.
    """
    rows = tuple(
        LayerCost(layer, parameters_of(layer), macs_of(layer), activation_bytes_of(layer), field)
        for layer, field in _with_fields(_layers())
    )
    return VggCost(
        rows,
        parameters=sum(row.parameters for row in rows),
        macs=sum(row.macs for row in rows),
        activation_bytes=sum(row.activation_bytes for row in rows),
    )


def _layers() -> list[Layer]:
    layers: list[Layer] = []
    shape: Shape = (3, IMAGE_SIZE, IMAGE_SIZE)

    def put(kind: str, name: str, stage: int, out: Shape, **more: int) -> None:
        nonlocal shape
        bias = kind in ("conv", "fc")
        layers.append(Layer(name, kind, stage, None, "main", shape, out, bias=bias, **more))  # type: ignore[arg-type]
        shape = out

    for stage, (count, channels) in enumerate(STAGES, start=1):
        for number in range(1, count + 1):
            out = (channels, *shape[1:])
            put("conv", f"stage{stage}.conv{number}", stage, out, kernel=3, padding=1)
            put("relu", f"stage{stage}.activation{number}", stage, out)
        halved = (channels, shape[1] // 2, shape[2] // 2)
        put("max-pool", f"stage{stage}.pool", stage, halved, kernel=2, stride=2)
    # a fully connected layer on a 7x7 map is a convolution of 7x7 that fits once
    last = len(STAGES) + 1
    for number, width in enumerate((HIDDEN, HIDDEN, CLASSES), start=1):
        put("fc", f"head.fc{number}", last, (width, 1, 1), kernel=shape[1])
        if width != CLASSES:
            put("relu", f"head.activation{number}", last, shape)
    return layers


def _with_fields(layers: list[Layer]) -> list[tuple[Layer, int | None]]:
    """Side of the receptive field after each layer; the fully connected ones see everything."""
    field, jump = 1, 1
    rows: list[tuple[Layer, int | None]] = []
    for layer in layers:
        field += (layer.kernel - 1) * jump
        jump *= layer.stride
        rows.append((layer, field if layer.stage <= len(STAGES) else None))
    return rows
