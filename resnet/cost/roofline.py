"""Which layers are bound by arithmetic and which by memory, and how fast a net could be on paper.

The roofline model (Williams, Waterman, Patterson 2009): a layer cannot take less time than its
multiply-adds need at the machine's peak, nor less than its bytes need at the memory's bandwidth.

Every layer is taken to run by itself and to move each map and weight once, from memory or to it.
Layers fused into one, or maps that stay in a cache, can be faster; all else makes it slower.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from resnet.cost.layers import LayerCost, cost
from resnet.cost.memory import BYTES, INDEX_BYTES, numbers
from resnet.plan import ACTIVATIONS, Layer
from resnet.spec import NetSpec

UPDATE_BYTES = 5 * BYTES["fp32"]  # SGD reads weight, gradient, momentum; writes weight, momentum


@dataclass(frozen=True)
class Machine:
    """Peaks of a machine, as an assumption that anyone may change.

    fp32, bf16  10^12 FLOP/s, as data sheets count: one multiply-add is two FLOPs
    gigabytes   10^9 bytes a second between memory and processor
    source      where the figures come from
    """

    name: str
    fp32: float
    bf16: float
    gigabytes: float
    source: str

    def macs_per_second(self, precision: str) -> float:
        return (self.bf16 if precision == "bf16" else self.fp32) * 1e12 / 2

    @property
    def bytes_per_second(self) -> float:
        return self.gigabytes * 1e9

    def balance(self, precision: str) -> float:
        """Multiply-adds in the time of one byte; layers with fewer a byte are bound by memory."""
        return self.macs_per_second(precision) / self.bytes_per_second


MACHINES = (
    Machine(
        "Laptop, two cores",
        0.192,
        0.192,
        42.7,
        "an assumption: 2 cores x 32 FLOPs a cycle (AVX2) x 3 GHz, no bf16 arithmetic; "
        "two channels of DDR4-2666",
    ),
    Machine(
        "NVIDIA L4",
        30.3,
        121.0,
        300,
        "NVIDIA's data sheet; bf16 on tensor cores without sparsity, fp32 without TF32",
    ),
    Machine(
        "NVIDIA A100 40 GB",
        19.5,
        312.0,
        1555,
        "NVIDIA's data sheet; bf16 on tensor cores without sparsity, fp32 without TF32",
    ),
    Machine(
        "NVIDIA H100 SXM",
        67.0,
        989.0,
        3350,
        "NVIDIA's data sheet; bf16 on tensor cores without sparsity, fp32 without TF32",
    ),
)


@dataclass(frozen=True)
class Work:
    """What one layer does in one pass over a mini-batch: multiply-adds, and bytes moved."""

    layer: Layer
    macs: int
    bytes: int

    @property
    def intensity(self) -> float:
        """Multiply-adds a byte; 0 for a layer that has none."""
        return self.macs / self.bytes if self.bytes else 0.0

    def seconds(self, machine: Machine, precision: str) -> float:
        return max(
            self.macs / machine.macs_per_second(precision), self.bytes / machine.bytes_per_second
        )

    def bound_by_memory(self, machine: Machine, precision: str) -> bool:
        return self.intensity < machine.balance(precision)


@dataclass(frozen=True)
class Bound:
    """Least seconds of one training step on paper, and the share of `forward` bound by memory."""

    forward: float
    backward: float
    update: float
    memory_share: float

    @property
    def step(self) -> float:
        return self.forward + self.backward + self.update


@lru_cache(maxsize=16)
def forward_work(
    spec: NetSpec, batch: int, precision: str, image_size: int | None = None
) -> tuple[Work, ...]:
    """One row for each layer of the plan, in its order: input and weights read, output written.

    An identity moves nothing, and a subsampled map is read by the layer that comes after it.
    """
    return tuple(
        Work(row.layer, batch * row.macs, _forward_bytes(row, batch, BYTES[precision]))
        for row in cost(spec, image_size).layers
    )


@lru_cache(maxsize=16)
def backward_work(
    spec: NetSpec, batch: int, precision: str, image_size: int | None = None
) -> tuple[Work, ...]:
    """The backward pass: a convolution works twice, for its weights' gradient and its input's.

    The first layer needs no gradient of the image. An addition hands its gradient on; summing the
    gradients of two branches where they part is left out.
    """
    width = BYTES[precision]
    rows = []
    for number, each in enumerate(cost(spec, image_size).layers):
        layer, macs, weights = each.layer, batch * each.macs, width * each.parameters
        taken, given = (batch * width * numbers(s) for s in (layer.in_shape, layer.out_shape))
        if macs:
            rows.append(Work(layer, macs, taken + given + weights))
            if number:
                rows.append(Work(layer, macs, taken + given + weights))
        elif layer.kind == "norm":
            rows.append(Work(layer, 0, 2 * taken + given))
        elif layer.kind in ACTIVATIONS:
            rows.append(Work(layer, 0, 2 * given + taken))
        elif layer.kind == "max-pool":
            places = batch * INDEX_BYTES * numbers(layer.out_shape)
            rows.append(Work(layer, 0, taken + given + places))
        elif layer.kind in ("average-pool", "subsample"):
            rows.append(Work(layer, 0, taken + given))
    return tuple(rows)


@lru_cache(maxsize=16)
def step_bound(
    spec: NetSpec, batch: int, precision: str, machine: Machine, image_size: int | None = None
) -> Bound:
    """Every row's own least time, summed: forward, backward, and SGD's update of the weights."""
    forward = forward_work(spec, batch, precision, image_size)
    ahead = _sum(forward, machine, precision)
    by_memory = (row for row in forward if row.bound_by_memory(machine, precision))
    return Bound(
        forward=ahead,
        backward=_sum(backward_work(spec, batch, precision, image_size), machine, precision),
        update=UPDATE_BYTES * cost(spec, image_size).parameters / machine.bytes_per_second,
        memory_share=_sum(by_memory, machine, precision) / ahead,
    )


def _sum(rows: Iterable[Work], machine: Machine, precision: str) -> float:
    return sum(row.seconds(machine, precision) for row in rows)


def _forward_bytes(row: LayerCost, batch: int, width: int) -> int:
    layer = row.layer
    taken, given = numbers(layer.in_shape), numbers(layer.out_shape)
    if layer.kind in ("identity", "subsample"):
        return 0
    if layer.kind == "add":
        return batch * width * (2 * taken + given)
    wide = BYTES["fp32"] if layer.kind == "norm" else width
    return batch * width * (taken + given) + wide * row.parameters
