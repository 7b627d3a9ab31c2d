"""`export(spec, file)`: a net with fresh weights as an ONNX file, where onnx is installed."""

from pathlib import Path

import torch

from resnet.cost import cost
from resnet.export.onnx_packages import missing, sentence
from resnet.model import build
from resnet.spec import NetSpec, SpecError
from resnet.spec.net import IMAGE_SIZE

MOST_PARAMETERS = 200_000_000  # 0.8 GB on the disk


def export(spec: NetSpec, file: Path) -> None:
    """Writes the net in inference mode, weights inside the file; the batch size stays free.

    The weights are those of seed 0 before any training. Input "images" is (batch, 3, H, W) float32,
    output "logits" (batch, classes).

    Raises SpecError where packages are missing or the file would be too large.
    """
    if absent := missing():
        raise SpecError(sentence(absent))
    parameters = cost(spec).parameters
    if parameters > MOST_PARAMETERS:
        raise SpecError(
            f"{spec.title} has {parameters:,} parameters; "
            f"an ONNX file is written for up to {MOST_PARAMETERS:,}"
        )
    side = IMAGE_SIZE[spec.family]
    torch.onnx.export(
        build(spec).eval(),
        (torch.zeros(2, 3, side, side),),
        str(file),
        dynamo=True,
        input_names=["images"],
        output_names=["logits"],
        dynamic_shapes={"x": {0: torch.export.Dim("batch")}},
        external_data=False,
        verbose=False,
    )
