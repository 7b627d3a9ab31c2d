"""Loss and error of a net on examples, in evaluation mode, a few images at a time."""

import torch
from torch.nn import functional as F

from resnet.labs.bench.copies import images_at_once
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import Progress, quiet
from resnet.model import Net
from resnet.train.fused.evaluation import Evaluated


@torch.inference_mode()
def logits_of(
    net: Net | Evaluated,
    examples: Examples,
    progress: Progress = quiet,
    words: str = "looking at images",
) -> torch.Tensor:
    """(N, classes) float32 logits of a net that is in evaluation mode."""
    size = net.at_once if isinstance(net, Evaluated) else images_at_once(net)
    given = []
    for number, chunk in enumerate(examples.chunks(size)):
        progress(number * size / len(examples), words)
        given.append(net(chunk.images))
    return torch.cat(given)


def loss_and_error(
    net: Net | Evaluated,
    examples: Examples,
    progress: Progress = quiet,
    words: str = "looking at images",
) -> tuple[float, float]:
    """Mean cross-entropy and top-1 error in percent of a net that is in evaluation mode."""
    logits = logits_of(net, examples, progress, words)
    loss = F.cross_entropy(logits.double(), examples.labels)
    wrong = (logits.argmax(1) != examples.labels).sum()
    return float(loss), 100 * float(wrong) / len(examples)
