"""The runs of a comparison as JSON and back: each with its rows, a column a list, and its events.

Back means: checked. Nets and recipes go through their own rules, every column has a number or null
for each row, and a row's norms and responses are as many as the Plan has layers of that kind.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from explorer.files import arrays
from explorer.files.fields import ComparisonFileError, Fields
from explorer.store import states
from explorer.store.records import (
    BY_LAYER,
    EXTENDED,
    PAUSED,
    RATE,
    ROW_FIELDS,
    Event,
    Run,
    StoredRow,
)
from explorer.store.snapshots import RunHistory
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.recipe import MAX_ITERATIONS, MOST_IMAGES

MAX_ROWS = 200_000  # of all runs together
MAX_EVENTS = 1000  # of one run
MAX_SECONDS = 1e9
MAX_TURN = 99
EXACT = ("iteration", "train_error", "test_error", "train_images", "test_images")
COUNTS = ("train_images", "test_images")  # files of older programs have none
HIGHEST = {"seconds": MAX_SECONDS, "learning_rate": 1000.0, "loss": 1e39}  # the errors: 100
RECORDED_DIGITS = 6  # significant digits of what is no error, in a recording
SIZES = {"state": 16, "device": 80, "data": 200, "message": 500}
COPIED = (*SIZES, "iteration", "seconds", "turn")
NAMES = ("net", "recipe", *COPIED, "until", "images", "rows", "events")
EVENT_NAMES = ("iteration", "kind", "value", "at")


def run_fields(
    curves: RunHistory, events: Sequence[Event], most: int, recording: bool
) -> dict[str, Any]:
    """A run with its rows as JSON can hold it. `most` rows keep their norms."""
    run = curves.run
    layers = _layers(run.spec, run.recipe)
    columns: dict[str, Any] = {
        name: [_number(name, getattr(row, name), recording) for row in curves.rows]
        for name in ROW_FIELDS
    }
    for name in BY_LAYER:
        columns[name] = arrays.encode(
            [getattr(row, name) for row in curves.rows], layers[name], most, recording
        )
    recipe = asdict(run.recipe)
    if not run.recipe.responses:  # as files were before there were any
        del recipe["responses"], columns["responses"]
    return {
        "net": asdict(run.spec),
        "recipe": recipe,
        **{name: getattr(run, name) for name in COPIED},
        "until": run.iterations,
        **({} if run.images is None else {"images": run.images}),
        "rows": columns,
        "events": [
            {name: getattr(each, name) for name in EVENT_NAMES}
            for each in events
            if each.run == run.id
        ],
    }


def curves_of(given: Sequence[Any], comparison: str) -> tuple[list[RunHistory], list[Event]]:
    """The runs of a file with their rows, and all events. Raises ComparisonFileError."""
    curves: list[RunHistory] = []
    events: list[Event] = []
    rows = 0
    for number, each in enumerate(given, start=1):
        fields = Fields(each, f"run {number}", NAMES)
        run = _run(fields, number, comparison)
        curves.append(RunHistory(run, _rows(fields, run, MAX_ROWS - rows, rows)))
        rows += len(curves[-1].rows)
        events += [_event(one, run) for one in fields.items("events", MAX_EVENTS)]
    return curves, sorted(events, key=lambda event: event.iteration)


def _run(fields: Fields, number: int, comparison: str) -> Run:
    try:
        spec = NetSpec.from_json(json.dumps(fields.raw("net")))
        recipe = Recipe.from_json(json.dumps(fields.raw("recipe")))
    except (SpecError, TypeError) as error:
        raise ComparisonFileError(
            f"the net or recipe of {fields.where} cannot be: {error}"
        ) from None
    texts: dict[str, Any] = {name: fields.text(name, most) for name, most in SIZES.items()}
    if texts["state"] not in states.WORDS:
        raise ComparisonFileError(f"state {texts['state']!r} of {fields.where} is not known")
    if texts["state"] in states.ACTIVE:
        texts["state"] = states.STOPPED  # it does not train any more
    return Run(
        id=number,
        comparison=comparison,
        spec=spec,
        recipe=recipe,
        want=None,
        iteration=fields.whole("iteration", 0, MAX_ITERATIONS),
        seconds=fields.number("seconds", 0, MAX_SECONDS),
        active_since=None,
        active_from=0,
        turn=fields.whole("turn", 0, MAX_TURN),
        until=fields.whole("until", 1, MAX_ITERATIONS),
        images=None if fields.raw("images") is None else fields.whole("images", 1, MOST_IMAGES),
        **texts,
    )


def _rows(given: Fields, run: Run, most: int, first: int) -> list[StoredRow]:
    """The rows of a run, at most so many, with ids after `first`."""
    fields = Fields(given.raw("rows"), f"rows of {given.where}", (*ROW_FIELDS, *BY_LAYER))
    iterations = fields.items("iteration", MAX_ROWS)
    if len(iterations) > most:
        raise ComparisonFileError(f"the file holds more than {MAX_ROWS:,} rows")
    count = len(iterations)
    whole = all(type(each) is int and 0 <= each <= MAX_ITERATIONS for each in iterations)
    if not whole or any(a >= b for a, b in pairwise(iterations)):
        raise ComparisonFileError(
            f"iteration of {fields.where} must be whole numbers from 0 to {MAX_ITERATIONS:,}, "
            "each larger than the last"
        )
    columns: dict[str, list[Any]] = {
        name: fields.column(name, count, 0, HIGHEST.get(name, 100.0))
        for name in ROW_FIELDS[1:]
        if name not in COUNTS
    }
    for name in COUNTS:
        columns[name] = _counts(fields, name, count)
    if None in columns["seconds"]:
        raise ComparisonFileError(f"seconds of {fields.where} must be a number in every row")
    layers = _layers(run.spec, run.recipe)
    for name in BY_LAYER:
        try:
            columns[name] = arrays.decode(fields.raw(name), count, layers[name])
        except ValueError as error:
            raise ComparisonFileError(f"the {name} of {given.where} {error}") from None
    return [
        StoredRow(
            id=first + place + 1,
            run=run.id,
            iteration=iteration,
            **{name: column[place] for name, column in columns.items()},
        )
        for place, iteration in enumerate(iterations)
    ]


def _counts(fields: Fields, name: str, rows: int) -> list[int | None]:
    """Numbers of images, where the file has any."""
    if fields.raw(name) is None:
        return [None] * rows
    counts = fields.column(name, rows, 1, MOST_IMAGES)
    if any(count is not None and count % 1 for count in counts):
        raise ComparisonFileError(f"{name} of {fields.where} must be whole numbers")
    return [None if count is None else int(count) for count in counts]


def _event(given: Any, run: Run) -> Event:
    fields = Fields(given, f"an event of run {run.id}", EVENT_NAMES)
    kind = fields.text("kind", 16)
    if kind not in (RATE, EXTENDED, PAUSED):
        raise ComparisonFileError(f"{fields.where} is of the kind {kind!r}, which is not known")
    highest = {RATE: 1000.0, EXTENDED: float(MAX_ITERATIONS)}
    return Event(
        run=run.id,
        iteration=fields.whole("iteration", 0, MAX_ITERATIONS),
        kind=kind,
        value=fields.number("value", 0, highest[kind]) if kind in highest else None,
        at=fields.number("at", 0, 2**33),
    )


def _layers(spec: NetSpec, recipe: Recipe) -> dict[str, int]:
    """Numbers of each kind in a row. ComparisonFileError for a net such images cannot pass."""
    try:
        laid_out = plan(spec, recipe.image_size)
    except SpecError as error:
        raise ComparisonFileError(str(error)) from None
    weighted = len(laid_out.weighted)
    return {"gradients": weighted, "weights": weighted, "responses": len(laid_out.answering)}


def _number(name: str, value: float | None, recording: bool) -> float | None:
    if value is None or not recording or name in EXACT:
        return value
    return float(f"{value:.{RECORDED_DIGITS}g}")
