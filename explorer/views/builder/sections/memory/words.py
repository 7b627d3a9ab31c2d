"""Memory and time on paper, in words and in tables that a class can read. Imports no streamlit."""

from functools import lru_cache

import pyarrow as pa

from explorer.views.builder.headline import short
from explorer.views.builder.sections.layers.table import KIND_WORDS
from resnet.cost.memory import MemoryItem
from resnet.cost.roofline import Bound, Machine, forward_work
from resnet.spec import NetSpec

PRECISIONS = {"fp32": "fp32", "bf16": "bf16 mixed"}
COUNTED = (
    "Counted: weights, their gradients, SGD's momentum, and the activations that torch keeps for "
    "the backward pass: the input of each convolution, BN, max pooling and fully connected layer, "
    "the output of each ReLU, what two of them share once; the places of the maxima (8 bytes "
    "each); mean and deviation of each BN channel. **Not counted:** workspace of the "
    "convolution routines, gradients of maps while the backward pass runs, the loss, what the "
    "allocator holds in reserve, the program itself, the data set. So a real run takes more."
)
BOUND = (
    "A bound on paper, not a measurement. Every layer is taken to run by itself at the machine's "
    "peak, to move each input, weight and output once, and to take the longer of its two times, "
    "arithmetic or memory; the times are summed. In the backward pass a convolution works twice, "
    "then SGD updates the weights. Real runs are slower: starting a layer takes time, and peaks "
    "are seldom reached. Only layers fused into one, and maps that fit into a cache, can beat it."
)
MARKS = (
    "Left: circles are 3x3 convolutions, diamonds the others and the fully connected layer; larger "
    "ones are several layers alike."
)
NO_MACS = (
    "BN, ReLU, pooling and the addition do no multiply-add that the paper counts: zero a byte, so "
    "they have no point in the left chart and are bound by memory on every machine."
)


def parts_table(parts: tuple[MemoryItem, ...]) -> str:
    """A bill of memory in Markdown, its sum last."""
    total = sum(part.bytes for part in parts)
    lines = ["| | Bytes | Share | |", "|---|---:|---:|---|"]
    lines += [
        f"| {part.name} | {size(part.bytes)} | {100 * part.bytes / total:.1f} % | {part.what} |"
        for part in parts
    ]
    return "\n".join([*lines, f"| **together** | **{size(total)}** | **100 %** | |"])


def size(count: int) -> str:
    """Bytes with a decimal unit: 194.5 MB, 10.46 GB (1 GB: a thousand million bytes)."""
    return f"{short(count)}B"


def duration(seconds: float) -> str:
    """Three digits with a unit: 5.83 s, 69.4 ms, 235 µs."""
    for unit, least in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= least:
            return f"{seconds / least:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def machine_sentence(machine: Machine, precision: str) -> str:
    """The balance of a machine, and where its figures come from."""
    peak = machine.bf16 if precision == "bf16" else machine.fp32
    return (
        f"{machine.name}: {peak:g} TFLOP/s in {PRECISIONS[precision]} are {peak / 2:g} x 10¹² "
        f"multiply-adds a second (a data sheet counts each as 2 FLOPs); with {machine.gigabytes:g} "
        f"GB/s the balance is **{machine.balance(precision):.3g} MACs a byte**. A layer with fewer "
        f"waits for memory. Where the figures are from: {machine.source}."
    )


def bound_sentence(bound: Bound, batch: int) -> str:
    return (
        f"At least {duration(bound.step)} a training step of {batch:,} image"
        f"{'s' if batch > 1 else ''}: "
        f"forward {duration(bound.forward)}, backward {duration(bound.backward)}, update "
        f"{duration(bound.update)}. {100 * bound.memory_share:.0f} % of the forward pass is bound "
        "by memory."
    )


@lru_cache(maxsize=16)
def work_table(spec: NetSpec, batch: int, precision: str, machine: Machine) -> pa.Table:
    """The forward pass layer by layer: MACs, bytes moved, MACs a byte, least time, bound by what.

    Layers that move nothing of their own (an identity, a subsampled view) are left out.
    """
    rows = [row for row in forward_work(spec, batch, precision) if row.bytes]
    memory = [row.bound_by_memory(machine, precision) for row in rows]
    return pa.table(
        {
            "layer": [row.layer.name for row in rows],
            "kind": [KIND_WORDS.get(row.layer.kind, row.layer.kind) for row in rows],
            "macs": pa.array([row.macs for row in rows], pa.int64()),
            "bytes": pa.array([row.bytes for row in rows], pa.int64()),
            "intensity": [row.intensity for row in rows],
            "microseconds": [1e6 * row.seconds(machine, precision) for row in rows],
            "bound by": ["memory" if bound else "arithmetic" for bound in memory],
        }
    )
