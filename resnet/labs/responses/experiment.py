"""Layer responses: how strongly each 3x3 layer answers.

Source: He et al. 2015, Section 4.2 and Fig. 7: the standard deviation of each 3x3 layer's output,
after BN and before the nonlinearity and the addition. Residual nets answer more weakly than their
plain twins, and deeper ones more weakly still: their layers tend to change the signal less.
"""

import torch

from resnet.labs.bench.copies import images_at_once, settled
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.responses.result import Responses
from resnet.labs.result import numbers
from resnet.model import Net
from resnet.model.probe import measured_at, responding


def responses(net: Net, examples: Examples, *, progress: Progress = quiet) -> Responses:
    """The response of every 3x3 layer of the main branch, in evaluation mode, over all examples.

    The standard deviation is over images, channels and positions together. A layer that no BN
    follows (no BN in the net, or pre-activation, where BN comes before) is read at its own output.

    Raises LabError for a net that has no 3x3 layers.
    """
    where = measured_at(net.plan)
    if not where:
        raise LabError(f"{net.plan.spec.title} has no 3x3 layers; choose another net")
    progress(0.0, "starting")
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.3))
    deviations = deviations_of(still, examples, part_of(progress, 0.3, 1.0))
    progress(1.0, "done")
    return Responses(
        net=str(net.plan.spec),
        images=len(examples),
        statistics=statistics,
        layers=tuple(where),
        stages=tuple(layer.stage for layer in net.plan.layers if layer.name in where),
        after_bn=net.plan.spec.norm == "batch" and net.plan.spec.order == "post",
        deviations=numbers(deviations),
    )


@torch.inference_mode()
def deviations_of(net: Net, examples: Examples, progress: Progress = quiet) -> tuple[float, ...]:
    """The responses of a net as it stands, in the plan's order: quick enough to ask in training.

    In training mode BN would count these images in: give a net in evaluation mode.
    """
    shown = 0
    with responding(net) as deviations:
        for chunk in examples.chunks(images_at_once(net)):
            progress(shown / len(examples), f"measuring on {len(examples):,} images")
            net(chunk.images)
            shown += len(chunk)
    return tuple(each.deviation for each in deviations.values())
