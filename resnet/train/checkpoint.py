"""Checkpoints: everything that resuming needs, written so that a crash leaves the old one whole.

A digest in the file tells a damaged one; files of older programs have none and are taken as they
are. What is in a file counts as damaged only where the disk gave it: one that cannot be read now
may be whole.
"""

import contextlib
import errno
import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from resnet.data import tensor_file
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.checks import quoted
from resnet.train import training_state
from resnet.train.digest import digest

VERSION = 1
DIGEST = "digest"
PARTS = {"version", "spec", "recipe", "state"}


class CheckpointError(RuntimeError):
    """A checkpoint that cannot be used or written; its text is one sentence to show."""


class Damaged(CheckpointError):
    """A file that was read whole and is no checkpoint, or not the one that was written."""


def save(
    file: Path, spec: NetSpec, recipe: Recipe, state: dict[str, Any], before: Path | None = None
) -> None:
    """Writes a checkpoint; the one before stays until this one is complete on the disk.

    before  beside `file`, where the one before is kept for good; None keeps it no longer than that
    Raises CheckpointError where the disk does not take it.
    """
    content = {
        "version": VERSION,
        "spec": spec.to_json(),
        "recipe": recipe.to_json(),
        "state": state,
    }
    content[DIGEST] = digest(content)
    fresh = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as stream:
            torch.save(content, stream)
            stream.flush()
            os.fsync(stream.fileno())
        if before and file.exists():
            _keep(file, before)
        fresh.replace(file)
        sync_folder(file.parent)
    except (OSError, RuntimeError) as error:  # torch.save may report a full disk as RuntimeError
        fresh.unlink(missing_ok=True)
        raise CheckpointError(
            f"the checkpoint could not be written ({error}); free some space on the disk, then "
            "resume: the last complete checkpoint is kept"
        ) from error


def _keep(file: Path, before: Path) -> None:
    """Gives a file a second name, so that there is a whole checkpoint at every moment."""
    before.unlink(missing_ok=True)
    try:
        os.link(file, before)
    except (OSError, NotImplementedError):  # a file system without links
        file.replace(before)


def sync_folder(folder: Path) -> None:
    """Has the disk keep which names stand for which files; not every system can be asked to."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def load(file: Path) -> tuple[NetSpec, Recipe, dict[str, Any]]:
    """The net, the recipe and the training state of a checkpoint, tensors on the CPU.

    Only tensors, numbers and text are read (`weights_only`), never code.
    Raises CheckpointError for a file that is missing or of a newer program, or that cannot be read
    now; Damaged, which is one too, for one that is damaged or no checkpoint of ours.
    """
    try:
        content = tensor_file.read(file)
        kept = content.pop(DIGEST, None)
        if kept is not None and kept != digest(content):
            raise ValueError("the digest is another")
        if content["version"] != VERSION:
            raise CheckpointError(
                f"{file.name} is a checkpoint of version {quoted(content['version'])}; "
                f"this program reads version {VERSION}"
            )
        if content.keys() != PARTS:  # the name of the digest may be what was damaged
            raise ValueError("the parts are others")
        spec = NetSpec.from_json(content["spec"])
        training_state.check_plain(content["state"])
        return spec, Recipe.from_json(content["recipe"]), content["state"]
    except CheckpointError:
        raise
    except FileNotFoundError as error:
        raise CheckpointError(
            f"there is no checkpoint {file.name}; check the path, or train the net first"
        ) from error
    except PermissionError as error:
        raise CheckpointError(
            f"{file.name} cannot be read ({error.strerror}); ask whoever it belongs to"
        ) from error
    except MemoryError as error:
        raise CheckpointError(
            f"there is no memory to read {file.name}; close other programs, then try again"
        ) from error
    except (SpecError, Exception) as error:  # a damaged file can fail in any way
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise CheckpointError(
                f"{file.name} cannot be read ({error.strerror}); look after the disk, then try "
                "again"
            ) from error
        raise damaged(file) from error


def damaged(file: Path) -> Damaged:
    return Damaged(
        f"{file.name} is not a checkpoint of this program, or it is damaged; "
        "train the net again, or choose another file"
    )


def check_weights(file: Path, state: dict[str, Any], net: nn.Module) -> None:
    """Raises Damaged where the weights of a state from this file are not this net's."""
    try:
        training_state.check_weights(state.get("net"), net)
    except training_state.StateError as error:
        raise damaged(file) from error


def load_for(file: Path, spec: NetSpec, recipe: Recipe) -> dict[str, Any]:
    """The training state of a checkpoint that must be of this net and this recipe.

    Raises CheckpointError where it is of another.
    """
    found, found_recipe, state = load(file)
    if found != spec:
        raise CheckpointError(
            f"{file.name} holds {found.title}, not {spec.title}; resume the run it belongs to"
        )
    if found_recipe != recipe:
        raise CheckpointError(
            f"{file.name} was trained with another recipe than this run's; "
            "resume the run it belongs to"
        )
    return state
