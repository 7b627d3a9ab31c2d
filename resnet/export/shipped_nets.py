"""Shipped nets written and read: half-precision weights that are used in full precision.

Weights of convolutions and of the fully connected layer are stored as float16, everything else
(BN, the bias, the mean image) as float32: half the size, and an error that is measured on what is
stored. Source of the format: huggingface/safetensors.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load as read_tensors
from safetensors.torch import save as written
from torch import Tensor, nn

from resnet.data import ImageSet
from resnet.data.batches import Batches
from resnet.export import shipped
from resnet.export.shipped import ENDING, MEAN, Shipped, ShippedError
from resnet.model import Net, build
from resnet.model.folding import folded
from resnet.spec import NetSpec, Recipe
from resnet.train import check_trainable, checkpoint
from resnet.train.evaluate import error_on
from resnet.train.fused.evaluation import for_evaluation

CPU = torch.device("cpu")


def ship(file: Path, folder: Path, images: ImageSet) -> tuple[Path, Shipped]:
    """Writes the net of a checkpoint into `folder`, with its errors on all of `images`.

    images  those that it was trained on
    Raises CheckpointError, SpecError or DataError where that cannot be done, ShippedError where a
    net of another training is there already.
    """
    spec, recipe, state = checkpoint.load(file)
    checkpoint.check_weights(file, state, build(spec, device="meta"))
    check_trainable(spec, len(images.classes))
    check_free(folder, spec, recipe, state["iteration"], images)
    mean = Batches(images, replace(recipe, test_images=None, final_images=None), CPU).mean.clone()
    tensors = halved(spec, state["net"]) | {shipped.MEAN: mean}
    net = _net(file, spec, tensors)
    train_error, train_images, test_error, test_images = errors(net, mean, recipe, images)
    about = Shipped(
        spec=spec,
        recipe=recipe,
        iterations=state["iteration"],
        data=images.label,
        classes=images.classes,
        train_images=train_images,
        test_images=test_images,
        train_error=round(train_error, 3),
        test_error=round(test_error, 3),
        made_with=f"torch {torch.__version__}, {time.strftime('%Y-%m-%d')}",
        digest=digest(tensors),
    )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{spec}{ENDING}"
    fresh = target.with_suffix(".part")
    try:
        fresh.write_bytes(written(tensors, about.to_metadata()))
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return target, about


def check_free(
    folder: Path, spec: NetSpec, recipe: Recipe, iterations: int, images: ImageSet
) -> None:
    """Raises ShippedError where the file of a net is there, but not of this very training."""
    target = folder / f"{spec}{ENDING}"
    if not target.exists():
        return
    try:
        there = shipped.header(target)
    except ShippedError as error:
        raise ShippedError(
            f"{target} is in the way, and no net of this program; move it away, or name another "
            "folder with --to"
        ) from error
    ours = (recipe, iterations, images.label, images.classes)
    if (there.recipe, there.iterations, there.data, there.classes) != ours:
        trained = f"seed {there.recipe.seed}, {there.iterations:,} iterations on {there.data}"
        raise ShippedError(
            f"{target} is of another training ({trained}) and is kept; move it away, or name "
            "another folder with --to"
        )


def errors(
    net: Net, mean: Tensor, recipe: Recipe, images: ImageSet
) -> tuple[float, int, float, int]:
    """Training error, %, and of how many images; the same of all test images.

    mean  (3, S, S), which is taken off the images
    Raises DataError where there are fewer images than the recipe asks for.
    """
    batches = Batches(images, replace(recipe, test_images=None, final_images=None), CPU)
    batches.mean = mean
    still = for_evaluation(folded(net), batches.device)
    train_error = error_on(still, batches, batches.train)
    whole = Batches(images, replace(recipe, split="50k/10k", images=10, test_images=None), CPU)
    test_error = error_on(still, batches, whole.test)
    return train_error, len(batches.train), test_error, len(whole.test)


def load(name: str) -> tuple[Net, Tensor, Shipped]:
    """A shipped net in evaluation mode, its mean image (3, S, S) float32, and what it says.

    Raises ShippedError where the file is not there, damaged, of another spec or of other shapes.
    """
    shipped.about(name)
    return read(shipped.folder() / f"{name}{ENDING}")


def read(file: Path) -> tuple[Net, Tensor, Shipped]:
    """The same of a file, wherever it is and whatever it is called."""
    about = shipped.header(file)
    try:
        tensors = read_tensors(file.read_bytes())
    except Exception as error:  # a damaged file can fail in any way
        raise shipped.damaged(file) from error
    net = _net(file, about.spec, tensors, about.recipe.image_size)
    if digest(tensors) != about.digest:
        raise shipped.damaged(file)
    return net.eval(), tensors[MEAN].clone(), about


def halved(spec: NetSpec, state: Mapping[str, Tensor], device: str = "cpu") -> dict[str, Tensor]:
    """The tensors of a net as they are stored."""
    net = build(spec, device="meta")
    halves = {
        f"{name}.weight"
        for name, module in net.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear)
    }
    return {
        name: (value.half() if name in halves else value).detach().to(device).contiguous().clone()
        for name, value in state.items()
    }


def digest(tensors: Mapping[str, Tensor]) -> str:
    """Of all numbers and their names: 32 hexadecimal digits."""
    total = hashlib.blake2b(digest_size=16)
    for name in sorted(tensors):
        total.update(f"{name} {tensors[name].dtype} {tuple(tensors[name].shape)} ".encode())
        total.update(tensors[name].contiguous().numpy().tobytes())
    return total.hexdigest()


def _net(file: Path, spec: NetSpec, tensors: Mapping[str, Tensor], image_size: int = 0) -> Net:
    """The net with these tensors, in fp32. Raises ShippedError where they are not its own.

    What they should be is known before a large net is made for a small file.
    """
    side = image_size or tensors[MEAN].shape[-1]
    of_net = build(spec, image_size=side, device="meta").state_dict()
    wanted = halved(spec, of_net, "meta") | {MEAN: torch.empty(3, side, side, device="meta")}
    for name, each in wanted.items():
        given, shape = tensors.get(name), tuple(each.shape)
        if given is None or tuple(given.shape) != shape:
            what = f"no {name}" if given is None else f"{name} of shape {tuple(given.shape)}"
            raise ShippedError(
                f"{file.name} has {what} where {spec.title} has {shape}; choose another net"
            )
        if given.dtype != each.dtype:
            theirs, ours = (str(one.dtype).removeprefix("torch.") for one in (given, each))
            raise ShippedError(
                f"{file.name} keeps {name} as {theirs}, where nets of this program have {ours}; "
                "make it with: python -m resnet ship CHECKPOINT"
            )
    if extra := sorted(tensors.keys() - wanted.keys()):
        raise ShippedError(f"{file.name} has {extra[0][:80]}, which {spec.title} has not")
    net = build(spec, image_size=side)
    net.load_state_dict({name: value for name, value in tensors.items() if name != MEAN})
    return net
