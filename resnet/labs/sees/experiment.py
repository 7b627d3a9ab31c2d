"""What does it see? A net's answer to one image, and where it is wrong about many.

Source: the test images are CIFAR-10's (Krizhevsky 2009) or those of the folder in use; top-k and
confusion as is usual. Feature maps are what each stage of He et al. 2015, Section 4.2, gives.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from resnet.labs.bench.copies import settled
from resnet.labs.bench.evaluate import logits_of
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.result import numbers
from resnet.labs.sees.result import Confusion, Maps, Mistake, Seen
from resnet.model import Net
from resnet.model.hooks import hooked

TOP = 5
CHANNELS = 64  # feature maps of a stage that are kept
MISTAKES = 24


def sees(
    net: Net,
    examples: Examples,
    classes: Sequence[str],
    *,
    index: int = 0,
    progress: Progress = quiet,
) -> Seen:
    """The net's answer to one of the examples, and the maps that the stem and each stage give.

    index  which image; the others serve an untrained net, whose BN needs images for its statistics

    Raises LabError for an index that is not there, or names that are not one for each class.
    """
    _check_classes(net, classes)
    if not 0 <= index < len(examples):
        raise LabError(f"image {index} is not there; choose 0 to {len(examples) - 1}")
    progress(0.0, "starting")
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.7))
    maps: dict[str, Tensor] = {}
    progress(0.7, "looking at the image")
    places = ["stem", *(f"stage{number}" for number in range(1, len(net.plan.stages) + 1))]
    one = examples[index : index + 1]
    with torch.inference_mode(), hooked(still, places, maps.__setitem__):
        chances = F.softmax(still(one.images).double(), 1)[0]
    best = chances.topk(min(TOP, len(classes)))
    progress(1.0, "done")
    return Seen(
        net=str(net.plan.spec),
        statistics=statistics,
        image=_picture(one, 0),
        label=classes[int(one.labels[0])] if 0 <= int(one.labels[0]) < len(classes) else None,
        classes=tuple(classes),
        probabilities=numbers(chances.cpu()),
        top=tuple(classes[at] for at in best.indices.tolist()),
        top_probabilities=tuple(best.values.tolist()),
        maps=tuple(_maps(name, maps[name][0]) for name in places),
    )


def confusion(
    net: Net,
    examples: Examples,
    classes: Sequence[str],
    *,
    mistakes: int = MISTAKES,
    progress: Progress = quiet,
) -> Confusion:
    """Which classes a net takes for which, and the mistakes that it is most sure of.

    Raises LabError for names that are not one for each class.
    """
    _check_classes(net, classes)
    progress(0.0, "starting")
    still, statistics = settled(net, examples, part_of(progress, 0.0, 0.3))
    logits = logits_of(still, examples, part_of(progress, 0.3, 1.0))
    chances = F.softmax(logits.double(), 1)
    sure, said = chances.max(1)
    count = len(classes)
    table = torch.bincount(examples.labels * count + said, minlength=count * count)
    wrong = (said != examples.labels).nonzero().flatten()
    worst = wrong[sure[wrong].argsort(descending=True, stable=True)][:mistakes].tolist()
    progress(1.0, "done")
    return Confusion(
        net=str(net.plan.spec),
        images=len(examples),
        statistics=statistics,
        classes=tuple(classes),
        counts=table.view(count, count).cpu().numpy().astype(np.int32),
        error=100 * len(wrong) / len(examples),
        mistakes=tuple(
            Mistake(
                index=at,
                image=_picture(examples, at),
                label=classes[int(examples.labels[at])],
                said=classes[int(said[at])],
                probability=float(sure[at]),
                probability_of_label=float(chances[at, examples.labels[at]]),
            )
            for at in worst
        ),
    )


def _check_classes(net: Net, classes: Sequence[str]) -> None:
    if len(classes) != net.plan.spec.classes:
        raise LabError(
            f"{net.plan.spec.title} tells {net.plan.spec.classes} classes apart, but "
            f"{len(classes)} names were given; give one for each class"
        )


def _picture(examples: Examples, index: int) -> np.ndarray:
    """(S, S, 3) uint8: the image as people see it, or nothing where no pixels were given."""
    if examples.pixels is None:
        return np.zeros((0, 0, 3), np.uint8)
    return examples.pixels[index].permute(1, 2, 0).contiguous().cpu().numpy()


def _maps(name: str, values: Tensor) -> Maps:
    """Maps of one stage in 256 shades, one scale for all of them, so that faint ones look faint."""
    kept = values[:CHANNELS].float().cpu()
    low, high = float(kept.min()), float(kept.max())
    shades = (kept - low) * (255 / (high - low) if high > low else 0.0)
    return Maps(
        name=name,
        channels=len(values),
        low=low,
        high=high,
        shades=shades.round().to(torch.uint8).numpy(),
    )
