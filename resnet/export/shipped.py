"""Trained nets that ship with the program: which there are, and what they say of themselves.

Each is one safetensors file, checkpoints/nets/SPEC.safetensors: 8 bytes with the length of a JSON
header, the header, the numbers. What a net says of itself stands in the header, so it is read here
without torch; `resnet.export.shipped_nets` reads the numbers. `python -m resnet ship` makes one.
"""

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from resnet.settings import ships
from resnet.spec import NetSpec, Recipe, json_text
from resnet.spec.checks import check_number, listed
from resnet.spec.recipe import MAX_ITERATIONS, MOST_IMAGES

ENDING = ".safetensors"
FORMAT = "resnet-explorer net 1"
MOST_HEADER = 1_000_000  # bytes
MEAN = "mean"  # the tensor that is no part of the net

_read: dict[Path, tuple[tuple[int, int], "Shipped"]] = {}


class ShippedError(RuntimeError):
    """A shipped net that cannot be used; its text is one sentence to show."""


@dataclass(frozen=True)
class Shipped:
    """What a shipped net says of itself; errors in percent, of the weights as they are stored.

    data         label of the image set that it was trained on; `classes` are its classes
    train_images, test_images  how many images either error is of: all of them
    made_with    version of torch, and the day
    digest       of all its numbers, so that a damaged file is noticed
    """

    spec: NetSpec
    recipe: Recipe
    iterations: int
    data: str
    classes: tuple[str, ...]
    train_images: int
    test_images: int
    train_error: float
    test_error: float
    made_with: str
    digest: str

    def to_metadata(self) -> dict[str, str]:
        """Names and texts, as the header of a safetensors file holds them."""
        plain = asdict(self) | {"spec": str(self.spec), "recipe": asdict(self.recipe)}
        plain["classes"] = list(self.classes)
        texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in plain.items()}
        return {"format": FORMAT, **texts}

    @classmethod
    def from_metadata(cls, texts: Mapping[str, str]) -> "Shipped":
        """Raises KeyError, TypeError or ValueError where something is missing or is no value."""
        classes = json_text.read(texts["classes"])
        spec = NetSpec.parse(texts["spec"])
        if not isinstance(classes, list) or len(classes) != spec.classes:
            raise ValueError(f"classes are not the {spec.classes} names that {spec.title} needs")
        "".join((*classes, texts["data"], texts["made_with"], texts["digest"])).encode()
        found = cls(
            spec=spec,
            recipe=Recipe.from_json(texts["recipe"]),
            iterations=int(texts["iterations"]),
            data=texts["data"],
            classes=tuple(classes),
            train_images=int(texts["train_images"]),
            test_images=int(texts["test_images"]),
            train_error=float(texts["train_error"]),
            test_error=float(texts["test_error"]),
            made_with=texts["made_with"],
            digest=texts["digest"],
        )
        check_number("iterations", found.iterations, 0, MAX_ITERATIONS)
        for name in ("train", "test"):
            check_number("images", getattr(found, f"{name}_images"), 1, 2 * MOST_IMAGES)
            check_number("error", getattr(found, f"{name}_error"), 0, 100)
        return found


def folder() -> Path:
    """Where they lie: RESNET_SHIPPED, else checkpoints/nets of the program."""
    given = os.environ.get("RESNET_SHIPPED")
    return Path(given) if given else ships("nets")


def names() -> list[str]:
    """The nets that are there, plain before residual, the shallow first; none is opened."""
    found = {file.name.removesuffix(ENDING) for file in folder().glob(f"*{ENDING}")}
    return sorted(found, key=lambda name: (not name.startswith("plain"), len(name), name))


def about(name: str) -> Shipped:
    """What a net says of itself, read again when its file changes.

    Raises ShippedError where it is not there, damaged or of another spec than its name.
    """
    if name not in names():
        there = f"; there are {listed(names())}" if names() else ""
        raise ShippedError(f"no trained {name} ships with this program{there}")
    file = folder() / f"{name}{ENDING}"
    stat = file.stat()
    stamp = (stat.st_mtime_ns, stat.st_size)
    if _read.get(file, (None,))[0] != stamp:
        _read[file] = (stamp, check_name(file, header(file)))
    return _read[file][1]


def header(file: Path) -> Shipped:
    """What stands in the header of a file. Raises ShippedError where there is none of ours."""
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > MOST_HEADER:
                raise damaged(file)
            return read_metadata(file, json_text.read(stream.read(length))["__metadata__"])
    except ShippedError:
        raise
    except FileNotFoundError as error:
        raise ShippedError(f"there is no file {file}; check the path") from error
    except PermissionError as error:
        raise ShippedError(f"{file} cannot be read ({error.strerror})") from error
    except Exception as error:  # a damaged file can fail in any way
        raise damaged(file) from error


def read_metadata(file: Path, texts: Mapping[str, Any]) -> Shipped:
    if texts.get("format") != FORMAT:
        raise ShippedError(
            f"{file.name} is no net of this program, or of another version; "
            "make it with: python -m resnet ship CHECKPOINT"
        )
    return Shipped.from_metadata(texts)


def check_name(file: Path, found: Shipped) -> Shipped:
    if str(found.spec) != file.name.removesuffix(ENDING):
        raise ShippedError(
            f"{file.name} holds {found.spec.title}, another net than its name says; "
            f"name it {found.spec}{ENDING}"
        )
    return found


def damaged(file: Path) -> ShippedError:
    return ShippedError(f"{file.name} is damaged; fetch it again, or choose another net")
