"""What recorded lessons show from seed to seed: the final errors of every curve, by seed.

They are kept in one small JSON file beside the recordings, so that no page opens those for them.
`make results` writes both, from the same runs.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from resnet.settings import ships
from resnet.spec import NetSpec, Recipe
from resnet.spec.names import Entry

FILE_NAME = "spread.json"


@dataclass(frozen=True)
class RecordedCurve:
    """One curve of a recording: a net with its recipe, and how each of its seeds came out.

    recording  its name: the lesson's, or that with a word more, as degradation-full
    entry      with seed 0, and the data set that it was trained on
    iteration  after which the errors were measured; the recipe's last, or earlier where it was
               cut short
    images     on how many training and test images; None for all of a set
    errors     training and test error by seed, in percent, top-1
    commit     of the program that trained it; "" where that was not kept
    machine    its processor, cores, arithmetic and torch
    data       what its images are labelled with, as "CIFAR-10 (JPEG)"
    """

    recording: str
    entry: Entry
    iteration: int
    images: tuple[int | None, int | None]
    errors: dict[int, tuple[float, float]]
    commit: str
    machine: str
    data: str

    @property
    def whole(self) -> bool:
        """Whether it was trained to its recipe's end."""
        return self.iteration == self.entry.recipe.iterations


def recorded_errors(net: NetSpec, recipe: Recipe) -> dict[int, tuple[float, float]] | None:
    """Final training and test errors in percent, by seed, of this net trained by this recipe.

    Seed and data set of the recipe do not matter; None where no recording has such a curve, whole.
    """
    found = recorded_curve(net, recipe)
    return found.errors if found else None


def recorded_curve(net: NetSpec, recipe: Recipe) -> RecordedCurve | None:
    """The recorded curve that says most of a net and a recipe, as `recorded_errors` has it.

    On the recipe's own kind of images where there is one, else on others; of several, the one of
    most seeds.
    """
    return max(
        _whole_curves().get(_key(net, recipe), ()),
        key=lambda each: (each.entry.recipe.data == recipe.data, len(each.errors)),
        default=None,
    )


@cache
def recorded_curves() -> tuple[RecordedCurve, ...]:
    """All that ships, read once in a process; empty where nothing does."""
    file = ships("recorded") / FILE_NAME
    return read(file) if file.is_file() else ()


@cache
def _whole_curves() -> dict[Entry, list[RecordedCurve]]:
    """Those that were trained to their end, by net and recipe."""
    found: dict[Entry, list[RecordedCurve]] = {}
    for each in recorded_curves():
        if each.whole:
            found.setdefault(_key(*each.entry), []).append(each)
    return found


def read(file: Path) -> tuple[RecordedCurve, ...]:
    """Undoes `text_of`."""
    return tuple(
        _curve(name, recording, each)
        for name, recording in json.loads(file.read_text("utf-8")).items()
        for each in recording["curves"]
    )


def text_of(curves: Iterable[RecordedCurve]) -> str:
    """The file: by recording what made it, then its curves, one a line."""
    recordings: dict[str, list[RecordedCurve]] = {}
    for each in curves:
        recordings.setdefault(each.recording, []).append(each)
    parts = []
    for name, members in recordings.items():
        made = {field: getattr(members[0], field) for field in ("commit", "machine", "data")}
        head = ",\n".join(f"    {json.dumps(key)}: {json.dumps(made[key])}" for key in made)
        lines = ",\n".join(f"      {json.dumps(_fields(each))}" for each in members)
        parts.append(f'  {json.dumps(name)}: {{\n{head},\n    "curves": [\n{lines}\n    ]\n  }}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _fields(curve: RecordedCurve) -> dict[str, Any]:
    usual = asdict(Recipe())
    recipe = asdict(curve.entry.recipe)
    return {
        "net": str(curve.entry.net),
        "recipe": {name: value for name, value in recipe.items() if value != usual[name]},
        "iteration": curve.iteration,
        "images": curve.images,
        "errors": {str(seed): errors for seed, errors in curve.errors.items()},
    }


def _curve(name: str, recording: dict[str, Any], fields: dict[str, Any]) -> RecordedCurve:
    train, test = fields["images"]
    return RecordedCurve(
        recording=name,
        entry=Entry(NetSpec.parse(fields["net"]), Recipe(**fields["recipe"])),
        iteration=fields["iteration"],
        images=(train, test),
        errors={int(seed): (one, two) for seed, (one, two) in fields["errors"].items()},
        commit=recording["commit"],
        machine=recording["machine"],
        data=recording["data"],
    )


def _key(net: NetSpec, recipe: Recipe) -> Entry:
    return Entry(net, replace(recipe, seed=0, data=Recipe().data))
