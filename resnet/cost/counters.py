"""What other tools count on the built net: torchinfo, and torch's FlopCounterMode."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import torch
import torchinfo
from torch.utils.flop_counter import FlopCounterMode

from resnet.model import build
from resnet.spec import NetSpec
from resnet.spec.net import IMAGE_SIZE


def counted_by_tools(spec: NetSpec, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """The tools' own totals for one image of the paper's size, unchanged.

    On torch's meta device, which follows shapes and computes nothing: 1,202 layers need no memory.
    `parameters` are torch's own count over the module, `tell` hears what is being done.
    """
    side = IMAGE_SIZE[spec.family]
    tell("building the net")
    net = build(spec, device="meta").eval()
    image = torch.empty(1, 3, side, side, device="meta")
    tell("torchinfo is counting")
    summary = torchinfo.summary(net, input_data=image, device="meta", verbose=0)
    tell("FlopCounterMode is counting")
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        net(image)
    return {
        "parameters": sum(each.numel() for each in net.parameters()),
        "torchinfo_parameters": int(summary.total_params),
        "torchinfo_mult_adds": int(summary.total_mult_adds),
        "flop_counter_flops": int(counter.get_total_flops()),
        "torch": torch.__version__,
        "torchinfo": version("torchinfo"),
    }
