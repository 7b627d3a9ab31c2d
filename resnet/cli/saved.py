"""The checkpoints that `train` leaves on the disk and goes on from; none is written over."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from resnet.cli.places import check_file, check_folder, check_room
from resnet.cost import cost
from resnet.data import ImageSet, identity
from resnet.spec import NetSpec, Recipe
from resnet.spec.checks import listed
from resnet.train import checkpoint


class CommandError(RuntimeError):
    """Why a command could not do what was asked, in one sentence."""


SET_BACK = "set RESNET_DATA back, or name another folder with --save"
NUMBERS = 2 * 4  # bytes a parameter: its own and its momentum's
PER_LAYER = 2000  # bytes, of what else a checkpoint holds of a layer


def check_places(table: Path | None, save: Path | None) -> None:
    """Raises PlaceError where rows or checkpoints could not be written; makes the folder."""
    check_folder(save, "--save")
    check_file(table, "--csv")


def checkpoint_bytes(spec: NetSpec) -> int:
    """What a checkpoint takes on the disk, rather too much than too little."""
    costs = cost(spec)
    return NUMBERS * costs.parameters + PER_LAYER * len(costs.plan.layers)


def checkpoint_file(folder: Path, spec: NetSpec, recipe: Recipe) -> Path:
    return folder / f"{spec}-seed{recipe.seed}.pt"


@contextlib.contextmanager
def reserved(folder: Path | None, nets: Sequence[NetSpec], recipe: Recipe) -> Iterator[None]:
    """Keeps other commands off the checkpoints of these nets, which have room; makes the folder.

    Raises CommandError where another command trains one of them, or nothing can be written,
    PlaceError where the disk is too full.
    """
    with contextlib.ExitStack() as held:
        for spec in nets if folder else ():
            file = checkpoint_file(folder or Path(), spec, recipe)
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                held.enter_context(FileLock(file.with_name(f".{file.stem}.lock"), timeout=0))
            except Timeout:
                raise CommandError(
                    f"another command trains {file}; wait until it has ended, or name another "
                    "folder with --save"
                ) from None
            except OSError as error:
                raise CommandError(
                    f"nothing can be written to {folder} ({error.strerror}); name another folder "
                    "with --save"
                ) from error
        if folder:
            _check_room(folder, nets, recipe)
        yield


def _check_room(folder: Path, nets: Sequence[NetSpec], recipe: Recipe) -> None:
    """Every net may be written at once beside its checkpoint before; remains of that go first."""
    needed = 0
    for spec in nets:
        file = checkpoint_file(folder, spec, recipe)
        file.with_suffix(".part").unlink(missing_ok=True)
        needed += checkpoint_bytes(spec) * (1 if file.exists() else 2)
    check_room(folder, needed, f"checkpoints of {listed(spec.title for spec in nets)}", "--save")


def trained_before(
    folder: Path | None,
    nets: Sequence[NetSpec],
    recipe: Recipe,
    images: ImageSet,
) -> dict[NetSpec, int]:
    """The nets that an earlier command has begun, each with the iteration of its checkpoint.

    Raises CommandError for a file in the place of a checkpoint that is not of the same training,
    DataError for one of other images: nothing is written over it.
    """
    found: dict[NetSpec, int] = {}
    for spec in nets if folder else ():
        file = checkpoint_file(folder or Path(), spec, recipe)
        if not file.exists():
            continue
        if not file.is_file():
            raise CommandError(
                f"{file} is in the way: it is a folder, a device or a pipe; move it away, or name "
                "another folder with --save"
            )
        state = _state_of(file, spec, recipe)
        identity.check(images, state, state.get("images", ""), SET_BACK, what=str(file))
        found[spec] = state["iteration"]
    return found


def _state_of(file: Path, spec: NetSpec, recipe: Recipe) -> dict[str, Any]:
    try:
        net, theirs, state = checkpoint.load(file)
    except checkpoint.CheckpointError as error:
        raise CommandError(
            f"{file} is in the way: it is not a checkpoint of this program, or it is damaged; "
            "move it away, or name another folder with --save"
        ) from error
    if net != spec:
        raise CommandError(
            f"{file} holds {net.title}, not {spec.title}; move it away, or name another folder "
            "with --save"
        )
    ours, other = asdict(recipe), asdict(theirs)
    differing = [name for name in ours if ours[name] != other[name]]
    if differing:
        words = ", ".join(f"{name} {other[name]} there, {ours[name]} here" for name in differing)
        raise CommandError(
            f"{file} was trained with another recipe ({words}) and is kept; give the same recipe "
            "to go on with it, or name another folder with --save"
        )
    return state
