"""`cost(spec)`: parameters, MACs, activation memory and receptive field, in closed form.

One MAC is one multiply-add of a convolution or the fully connected layer; the paper calls them
FLOPs. Biases, BN, activations, pooling and additions are not counted (He et al. 2015, Table 1).
"""

from dataclasses import dataclass
from functools import lru_cache

from resnet.plan import ACTIVATIONS, Layer, Plan, plan
from resnet.spec import NetSpec

BYTES_PER_NUMBER = 4  # fp32
IN_PLACE = ACTIVATIONS
VIEWS = ("identity", "subsample")  # other eyes on the same memory


@dataclass(frozen=True)
class LayerCost:
    """What one layer of the plan costs for one image.

    activation_bytes  of the fp32 output; 0 where the layer writes over its input or is a view of it
    receptive_field   side of the square of input pixels that one output value can see;
                      None after the global pooling, which sees everything
    """

    layer: Layer
    parameters: int
    macs: int
    activation_bytes: int
    receptive_field: int | None


@dataclass(frozen=True)
class Cost:
    """The costs of a net for one image, and layer by layer, in the plan's order.

    receptive_field  that of the last stage, before the global pooling; it can exceed the image
    """

    plan: Plan
    layers: tuple[LayerCost, ...]
    parameters: int
    macs: int
    activation_bytes: int
    receptive_field: int


@lru_cache(maxsize=24)
def cost(spec: NetSpec, image_size: int | None = None) -> Cost:
    """Costs of a net on square images of `image_size`; the paper's size where none is given."""
    laid_out = plan(spec, image_size)
    fields = _receptive_fields(laid_out)
    rows = tuple(
        LayerCost(layer, parameters_of(layer), macs_of(layer), activation_bytes_of(layer), field)
        for layer, field in zip(laid_out.layers, fields, strict=True)
    )
    return Cost(
        laid_out,
        rows,
        parameters=sum(row.parameters for row in rows),
        macs=sum(row.macs for row in rows),
        activation_bytes=sum(row.activation_bytes for row in rows),
        receptive_field=[f for f in fields if f is not None][-1],
    )


def parameters_of(layer: Layer) -> int:
    c_in, c_out = layer.in_shape[0], layer.out_shape[0]
    if layer.kind in ("conv", "fc"):
        return layer.kernel**2 * c_in * c_out + (c_out if layer.bias else 0)
    return 2 * c_out if layer.kind == "norm" else 0


def macs_of(layer: Layer) -> int:
    if layer.kind not in ("conv", "fc"):
        return 0
    channels, height, width = layer.out_shape
    return layer.kernel**2 * layer.in_shape[0] * channels * height * width


def activation_bytes_of(layer: Layer) -> int:
    if layer.kind in VIEWS or (layer.kind in IN_PLACE and not layer.keeps_input):
        return 0
    channels, height, width = layer.out_shape
    return BYTES_PER_NUMBER * channels * height * width


def _receptive_fields(laid_out: Plan) -> list[int | None]:
    """Side of the field after each layer, by the usual recursion: field += (kernel - 1) * jump."""
    field, jump = 1, 1
    fields: list[int | None] = []

    def walk(layers: tuple[Layer, ...], field: int, jump: int) -> tuple[int, int]:
        for layer in layers:
            field += (layer.kernel - 1) * jump
            jump *= layer.stride
            fields.append(field)
        return field, jump

    field, jump = walk(laid_out.stem, field, jump)
    for block in laid_out.blocks:
        field, jump = walk(block.before, field, jump)
        start = field, jump
        field, jump = walk(block.main, *start)
        short_field, _ = walk(block.shortcut, *start)
        field = max(field, short_field)
        joined = (block.add,) if block.add else ()
        field, jump = walk((*joined, *block.after), field, jump)
    for layer in laid_out.head:
        fields.append(None if layer.kind in ("average-pool", "fc") else field)
    return fields
