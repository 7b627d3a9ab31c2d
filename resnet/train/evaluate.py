"""The top-1 error of a net on the images of a part."""

import torch
from torch import Tensor

from resnet.data.batches import Batches, LabelledImages
from resnet.model import Net
from resnet.train.fused.evaluation import Evaluated

# images shown at once: on a CPU as many as keep a net's maps in its caches
AT_ONCE = {"cpu": 100}
AT_ONCE_ELSEWHERE = 1000


@torch.inference_mode()
def error_on(net: Net | Evaluated, batches: Batches, part: LabelledImages) -> float:
    """In percent, of a net in evaluation mode (`folded`) on the device of `batches`."""
    wrong = torch.zeros((), device=batches.device)
    size = AT_ONCE.get(batches.device.type, AT_ONCE_ELSEWHERE)
    if isinstance(net, Evaluated):
        size = net.at_once
    for start in range(0, len(part), size):
        images = batches.normalised(part.images[start : start + size])
        logits: Tensor = net(images.contiguous(memory_format=torch.channels_last))
        wrong += (logits.argmax(1) != part.labels[start : start + size]).sum()
    return 100 * wrong.item() / len(part)
