"""A deeper net that cannot be worse: built from a shallow one, trained on, beside a random start.

Source: He et al. 2015, Section 1: a solution by construction exists to the deeper net, so it should
not have a higher training error; yet solvers do not find one that is as good.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch.nn import functional as F

from resnet.data import ImageSet
from resnet.labs.bench.copies import copied
from resnet.labs.bench.curves import curve_of
from resnet.labs.bench.evaluate import logits_of
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError, Progress, part_of, quiet
from resnet.labs.constructed.deepen import check_deepens, deepened
from resnet.labs.constructed.result import Constructed
from resnet.model import Net
from resnet.spec import Recipe
from resnet.spec.row import Row
from resnet.train import Trainer, in_step

RECIPE = Recipe(
    images=5000,
    image_size=16,
    augment=False,
    iterations=80,
    learning_rate=0.01,
    schedule="linear",
    warmup="linear",
    warmup_iterations=20,
    log_every=4,
    test_every=20,
    test_images=500,
    final_images=1000,
)
COMPARED = 500  # images on which the outputs of the two nets are compared
MEASURED = 512  # images that BN's statistics of inserted layers are measured on


def constructed(
    net: Net,
    images: ImageSet,
    *,
    depth: int = 56,
    recipe: Recipe = RECIPE,
    seed: int = 0,
    progress: Progress = quiet,
    show: Callable[[Constructed], None] = lambda so_far: None,
) -> Constructed:
    """Builds the net of `depth` that equals `net`, compares the two, then trains two deep nets.

    net     a trained one; its images' mean is that of `recipe`, so give its own recipe's data part
    recipe  how both deep nets are trained: one from the construction, one from a random start; its
            image size is that of `net` and its seed is `seed`, whatever it says
    show    given the result as it is after the comparison, and whenever a curve has a new point

    Outputs are compared in fp32 and evaluation mode, on the CPU, without folding. Raises LabError
    where there is no such construction.
    """
    target = replace(net.plan.spec, depth=depth, stages=None)
    check_deepens(net.plan.spec, target)
    if net.plan.image_size not in (16, 32):
        raise LabError(
            f"the net is made for images of {net.plan.image_size} pixels, which cannot be trained "
            "on here; choose a net for 16 or 32"
        )
    recipe = replace(recipe, image_size=net.plan.image_size, seed=seed)
    progress(0.0, "preparing the images")
    trainers = {name: Trainer(target, recipe, images, "cpu") for name in ("built", "random")}
    batches = trainers["built"].batches
    measured = Examples.of(batches, "train", MEASURED)
    deep = deepened(net, target, measured.images, seed=seed, progress=part_of(progress, 0.01, 0.03))
    part_progress = part_of(progress, 0.03, 0.08)
    result = _compared(net, deep, trainers["built"], images.label, part_progress)
    trainers["built"].net.load_state_dict(deep.state_dict())
    show(result)
    rows: dict[str, list[Row]] = {name: [] for name in trainers}
    names = {id(trainer): name for name, trainer in trainers.items()}
    steps = 0
    for trainer, row in in_step(list(trainers.values())):
        name = names[id(trainer)]
        steps += row is None or row.iteration > 0
        share = 0.08 + 0.92 * steps / (2 * recipe.iterations)
        progress(min(share, 1.0), f"training, step {trainer.iteration} of {recipe.iterations}")
        if row:
            rows[name].append(row)
            result = replace(
                result, from_built=curve_of(rows["built"]), from_random=curve_of(rows["random"])
            )
            show(result)
    progress(1.0, "done")
    return result


def _compared(net: Net, deep: Net, trainer: Trainer, data: str, progress: Progress) -> Constructed:
    shallow, deep = (_alike(each) for each in (net, deep))
    batches = trainer.batches
    labels, outputs = {}, {}
    for place, part in enumerate(("train", "test")):
        examples = Examples.of(batches, part, COMPARED)
        labels[part] = examples.labels
        for at, one in enumerate((shallow, deep)):
            start = (2 * place + at) / 4
            part_progress = part_of(progress, start, start + 0.25)
            outputs[part, at] = logits_of(one, examples, part_progress, "comparing the two nets")
    errors = {
        key: 100 * float((logits.argmax(1) != labels[key[0]]).sum()) / len(logits)
        for key, logits in outputs.items()
    }
    pairs = [(outputs[part, 0], outputs[part, 1]) for part in ("train", "test")]
    batch, wanted = batches.batch(0)
    in_training = [_training_loss(one, batch, wanted) for one in (shallow, deep)]
    return Constructed(
        shallow=str(net.plan.spec),
        deep=str(deep.plan.spec),
        images=len(labels["test"]),
        shallow_errors=(errors["train", 0], errors["test", 0]),
        deep_errors=(errors["train", 1], errors["test", 1]),
        largest_difference=max(float((one - other).abs().max()) for one, other in pairs),
        equal=all(torch.equal(one, other) for one, other in pairs),
        training_losses=(in_training[0], in_training[1]),
        from_built=curve_of([]),
        from_random=curve_of([]),
        recipe=trainer.recipe.to_json(),
        data=data,
    )


def _alike(net: Net) -> Net:
    """Copies that run through the same code: where a net lies in memory can change last digits."""
    return copied(net).cpu().eval().to(memory_format=torch.contiguous_format)


@torch.no_grad()
def _training_loss(net: Net, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The loss with BN by batch, as training sees it."""
    logits = copied(net).train()(images)
    return float(F.cross_entropy(logits, labels))
