"""VGG-19's layers as a table, with the columns of our own nets'. Imports no streamlit."""

from functools import lru_cache

import pyarrow as pa

from resnet.cost.vgg import vgg19

KINDS = {"conv": "convolution", "relu": "ReLU", "max-pool": "max pooling", "fc": "fully connected"}


@lru_cache(maxsize=1)
def vgg_table() -> pa.Table:
    """The whole net first, then a row for each layer, for one image; shares in percent."""
    total = vgg19()
    rows = [
        {
            "layer": "whole net", "kind": "", "input": "", "output": "",
            "parameters": total.parameters, "macs": total.macs, "share": 100.0,
            "activation_bytes": total.activation_bytes,
        }
    ]  # fmt: skip
    for row in total.layers:
        layer = row.layer
        window = f" {layer.kernel}x{layer.kernel}" if layer.kind in ("conv", "max-pool") else ""
        rows.append(
            {
                "layer": layer.name,
                "kind": f"{KINDS[layer.kind]}{window}",
                "input": "x".join(map(str, layer.in_shape)),
                "output": "x".join(map(str, layer.out_shape)),
                "parameters": row.parameters,
                "macs": row.macs,
                "share": 100 * row.macs / total.macs,
                "activation_bytes": row.activation_bytes,
            }
        )
    return pa.Table.from_pylist(rows)
