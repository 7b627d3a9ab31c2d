"""The table of a net's layers: one row for each, shortcuts, zero-pads and additions included.

Imports no streamlit.
"""

from functools import lru_cache
from io import BytesIO

import pyarrow as pa
from pyarrow import csv

from resnet.cost import cost
from resnet.plan import Layer, Shape
from resnet.spec import NetSpec

WITH_KERNEL = ("conv", "max-pool", "average-pool")
KIND_WORDS = {
    "conv": "convolution",
    "norm": "batch norm",
    "relu": "ReLU",
    "fc": "fully connected",
    "add": "addition",
    "max-pool": "max pooling",
    "average-pool": "mean pooling",
    "zero-pad": "zero-pad",
    "subsample": "subsample",
    "identity": "identity",
}


@lru_cache(maxsize=32)
def layer_table(spec: NetSpec) -> pa.Table:
    """The rows in the order in which the layers run, for one image of the paper's size.

    Shapes are channels x height x width. `share` is that of the net's MACs, in percent.
    `receptive_field` is empty after the global pooling, which sees the whole image.
    """
    total = cost(spec)
    rows = total.layers
    last = len(total.plan.stages)
    return pa.table(
        {
            "stage": [_stage(row.layer, last) for row in rows],
            "block": pa.array([row.layer.block for row in rows], pa.int32()),
            "layer": [row.layer.name.rpartition("block")[2].partition(".")[2] for row in rows],
            "kind": [KIND_WORDS.get(row.layer.kind, row.layer.kind) for row in rows],
            "kernel": [_kernel(row.layer) for row in rows],
            "stride": pa.array([_stride(row.layer) for row in rows], pa.int32()),
            "input": [_shape(row.layer.in_shape) for row in rows],
            "output": [_shape(row.layer.out_shape) for row in rows],
            "parameters": pa.array([row.parameters for row in rows], pa.int64()),
            "macs": pa.array([row.macs for row in rows], pa.int64()),
            "share": [100 * row.macs / total.macs for row in rows],
            "activation_bytes": pa.array([row.activation_bytes for row in rows], pa.int64()),
            "receptive_field": pa.array([row.receptive_field for row in rows], pa.int32()),
        }
    )


def layer_csv(spec: NetSpec) -> bytes:
    """All rows as CSV, without the total, so that a sum over a column is right."""
    into = BytesIO()
    csv.write_csv(layer_table(spec), into)
    return into.getvalue()


def _stage(layer: Layer, last: int) -> str:
    if layer.stage == 0:
        return "first"
    return str(layer.stage) if layer.stage <= last else "last"


def _kernel(layer: Layer) -> str:
    return f"{layer.kernel}x{layer.kernel}" if layer.kind in WITH_KERNEL else ""


def _stride(layer: Layer) -> int | None:
    return layer.stride if layer.kind in (*WITH_KERNEL, "subsample") else None


@lru_cache(maxsize=1024)  # a net has thousands of layers and few shapes
def _shape(shape: Shape) -> str:
    return "x".join(map(str, shape))
