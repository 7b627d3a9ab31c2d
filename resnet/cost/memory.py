"""How much memory training and inference take, counted on the plan.

Training keeps what the backward pass reads again, as torch's autograd does: a convolution and a BN
keep their input, an activation its output, the max pooling its input and where each maximum was.
What two layers read is kept once. An addition keeps nothing: the two maps that it adds can go.

Not counted: workspace of the convolution routines, gradients of maps while the backward pass runs,
the loss, what the allocator holds in reserve, the program itself, the data set.
"""

from dataclasses import dataclass
from functools import lru_cache

from resnet.cost.layers import IN_PLACE, VIEWS, cost
from resnet.plan import ACTIVATIONS, Layer, Plan, Shape, plan
from resnet.spec import NetSpec

BYTES = {"fp32": 4, "bf16": 2}  # of one number of a map
INDEX_BYTES = 8  # torch's int64, for the place of a maximum


@dataclass(frozen=True)
class MemoryStep:
    """One layer and the memory it touches; maps that share memory have one number.

    reads   the maps it takes: one, or two for an addition
    writes  the map it gives; the one that it read where it writes in place or is only a view
    """

    layer: Layer
    reads: tuple[int, ...]
    writes: int


@dataclass(frozen=True)
class Flow:
    """The steps of a net in the order they run; `sizes[map]` in numbers an image; 0: the image."""

    steps: tuple[MemoryStep, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Kept:
    """What one forward pass keeps for the backward pass.

    numbers     of maps, an image
    indices     places of maxima, an image
    statistics  mean and inverse deviation of each BN channel, once a batch, always fp32
    """

    numbers: int
    indices: int
    statistics: int


@dataclass(frozen=True)
class MemoryItem:
    """One line of a bill of memory, in bytes."""

    name: str
    bytes: int
    what: str


def flow(laid_out: Plan) -> Flow:
    """Which map each layer reads and writes."""
    steps: list[MemoryStep] = []
    sizes = [numbers(laid_out.stem[0].in_shape)]

    def run(layers: tuple[Layer, ...], at: int) -> int:
        for layer in layers:
            at = put(layer, (at,))
        return at

    def put(layer: Layer, reads: tuple[int, ...]) -> int:
        in_place = layer.kind in IN_PLACE and not layer.keeps_input
        if in_place or layer.kind in VIEWS:
            writes = reads[0]
        else:
            writes = len(sizes)
            sizes.append(numbers(layer.out_shape))
        steps.append(MemoryStep(layer, reads, writes))
        return writes

    at = run(laid_out.stem, 0)
    for block in laid_out.blocks:
        start = run(block.before, at)
        at = run(block.main, start)
        if block.add:
            at = put(block.add, (at, run(block.shortcut, start)))
        at = run(block.after, at)
    run(laid_out.head, at)
    return Flow(tuple(steps), tuple(sizes))


@lru_cache(maxsize=24)
def kept_for_backward(spec: NetSpec, image_size: int | None = None) -> Kept:
    """What autograd keeps of a forward pass, weights apart; each map once."""
    way = flow(plan(spec, image_size))
    maps: set[int] = set()
    indices = statistics = 0
    for step in way.steps:
        layer = step.layer
        if layer.kind in ("conv", "norm", "max-pool", "fc"):
            maps.add(step.reads[0])
        elif layer.kind in ACTIVATIONS:
            maps.add(step.writes)
        if layer.kind == "max-pool":
            indices += numbers(layer.out_shape)
        elif layer.kind == "norm":
            statistics += 2 * layer.out_shape[0]
    return Kept(sum(way.sizes[each] for each in maps), indices, statistics)


def kept_bytes(
    spec: NetSpec, batch: int = 1, precision: str = "fp32", image_size: int | None = None
) -> int:
    """Activations kept for the backward pass of a mini-batch, in bytes."""
    kept = kept_for_backward(spec, image_size)
    image = BYTES[precision] * kept.numbers + INDEX_BYTES * kept.indices
    return batch * image + BYTES["fp32"] * kept.statistics


@lru_cache(maxsize=24)
def live_numbers(spec: NetSpec, image_size: int | None = None) -> int:
    """The most numbers of maps alive at once in inference, an image.

    A map lives until the last layer that reads it has run: in a plain net that is a layer's input
    and output, in a residual one the map on the shortcut lives beside them.
    """
    way = flow(plan(spec, image_size))
    last = {0: 0}
    for when, step in enumerate(way.steps):
        for each in (*step.reads, step.writes):
            last[each] = when
    alive, most = way.sizes[0], 0
    born = {0}
    for when, step in enumerate(way.steps):
        if step.writes not in born:
            born.add(step.writes)
            alive += way.sizes[step.writes]
        most = max(most, alive)
        alive -= sum(way.sizes[each] for each in {*step.reads, step.writes} if last[each] == when)
    return most


def training_memory(
    spec: NetSpec, batch: int, precision: str = "fp32", image_size: int | None = None
) -> tuple[MemoryItem, ...]:
    """The bill of one training step: SGD with momentum, a mini-batch of `batch` images.

    precision  "fp32", or "bf16" for mixed precision: maps and working copies of the weights in
               bf16, while weights, gradients, momentum and BN stay in fp32
    """
    weights, copies, running = _parameters(spec)
    four = BYTES["fp32"]
    parts = [
        MemoryItem("Weights", four * weights, "fp32"),
        MemoryItem("Gradients", four * weights, "fp32, one for each weight"),
        MemoryItem("Momentum", four * weights, "fp32, SGD's running sum of the gradients"),
        MemoryItem("BN's running mean and variance", four * running, "fp32, for inference later"),
        MemoryItem(
            "Activations kept for the backward pass",
            kept_bytes(spec, batch, precision, image_size),
            f"{'bf16' if precision == 'bf16' else 'fp32'}, grow with the mini-batch",
        ),
    ]
    if precision == "bf16":
        what = "bf16, of convolutions and the fully connected layer"
        parts.insert(3, MemoryItem("Working copies of the weights", BYTES["bf16"] * copies, what))
    return tuple(part for part in parts if part.bytes)


def inference_memory(
    spec: NetSpec, batch: int, precision: str = "fp32", image_size: int | None = None
) -> tuple[MemoryItem, ...]:
    """The bill of one forward pass whose weights are stored in the precision itself."""
    weights, _, running = _parameters(spec)
    width = BYTES[precision]
    return (
        MemoryItem("Weights, BN's running numbers too", width * (weights + running), precision),
        MemoryItem(
            "Maps alive at once, at most",
            width * batch * live_numbers(spec, image_size),
            f"{precision}; each is freed once no layer will read it again",
        ),
    )


def numbers(shape: Shape) -> int:
    """How many numbers a map of one image has."""
    channels, height, width = shape
    return channels * height * width


@lru_cache(maxsize=24)
def _parameters(spec: NetSpec) -> tuple[int, int, int]:
    """Numbers that training sets; those of them in kernels and matrices; BN's running numbers."""
    rows = cost(spec).layers
    kernels = sum(
        row.parameters - (row.layer.out_shape[0] if row.layer.bias else 0)
        for row in rows
        if row.layer.kind in ("conv", "fc")
    )
    running = sum(row.parameters for row in rows if row.layer.kind == "norm")
    return cost(spec).parameters, kernels, running
