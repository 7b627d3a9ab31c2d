"""Comparison files, as anybody sends them."""

import base64
import gzip
import json
import random
from array import array
from functools import cache
from typing import Any

from explorer.files.fields import ComparisonFileError
from explorer.files.format import FORMAT, MAX_FILE, pack, unpack
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe
from tests.fuzz.mutations import changed_bytes, changed_json
from tests.fuzz.parser import Fault, Parser

RECIPE = Recipe(data="generated", images=100, iterations=40, log_every=10, test_every=20)
NETS = ("plain8", "resnet8-A")


@cache
def content() -> dict[str, Any]:
    """The JSON of a comparison of two nets with four rows each, an event and a note."""
    return {
        "format": FORMAT,
        "version": 3,
        "program": "0.1.0",
        "made": {"machine": "a machine", "data": "generated images", "command": "train"},
        "comparison": {
            "title": "two nets", "lesson": "degradation", "created": 1.7e9, "tags": ["a"],
            "note": "a note",
        },
        "runs": [_run(NetSpec.parse(name)) for name in NETS],
    }  # fmt: skip


def _run(spec: NetSpec) -> dict[str, Any]:
    layers = len(plan(spec, 32).weighted)
    norms = array("f", [0.5] * 2 * layers).tobytes()
    coded = {"rows": [1, 3], "float32": base64.b64encode(norms).decode()}
    numbers = ("seconds", "learning_rate", "loss", "batch_error")
    return {
        "net": json.loads(spec.to_json()),
        "recipe": json.loads(RECIPE.to_json()),
        "state": "finished", "device": "CPU", "data": "generated images", "message": "",
        "iteration": 40, "seconds": 4.0, "turn": 0, "until": 40,
        "rows": {
            "iteration": [10, 20, 30, 40],
            **{name: [1.0, 2.0, 3.0, 4.0] for name in numbers},
            **{name: [None, 50.0, None, 40.0] for name in ("train_error", "test_error")},
            "gradients": coded,
            "weights": coded,
        },
        "events": [{"iteration": 20, "kind": "rate", "value": 0.01, "at": 1.7e9}],
    }  # fmt: skip


def packed(text: str | bytes) -> bytes:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return gzip.compress(data, 1, mtime=0)


def written(given: Any) -> bytes:
    return packed(json.dumps(given))


@cache
def known() -> tuple[bytes, ...]:
    start = json.dumps(content())
    deep = '{"format":' + "[" * 49_000 + "]" * 49_000 + "}"
    bomb = packed(bytes(300_000_000))
    norms = {"rows": list(range(4)), "float32": "A" * 60_000_000}
    return (
        b"",
        b"PK\x03\x04" + bytes(60),
        bytes(MAX_FILE + 1),
        bomb,
        bomb * 3,
        packed("\ufeff" + start),
        packed(start.encode("utf-16")),
        packed(start.replace("two nets", "\ud800")),
        packed(start.replace("two nets", "\\ud800\\udc00\\udfff")),
        packed(start.replace("a note", "\\u0000\\u202e")),
        packed(start.replace("1700000000.0", "1e999")),
        packed(start.replace("1700000000.0", "9" * 5000)),
        packed(start.replace("4.0", "NaN")),
        packed(start.replace("4.0", "1e400")),
        packed(start.replace("4.0", "-0.0")),
        packed(deep),
        packed("[" * 40_000),
        packed('{"a":' * 40_000),
        packed(start[:-1] + "," + start[1:]),  # every field twice
        packed('{"format":"' + FORMAT + '","version":' + "9" * 4000 + "}"),
        packed('"' + "x" * 60_000_000 + '"'),
        packed("[" + "1," * 2_300_000 + "1]"),
        written({**content(), "runs": content()["runs"] * 16}),
        written({**content(), "runs": [{**content()["runs"][0], "rows": {"gradients": norms}}]}),
        packed(start)[:-9],
        packed(start)[:-8] + bytes(8),
        packed(start) + b"rubbish",
        packed(start) + packed(start),
        packed(start).replace(b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x1f", 1),
    )


def draw(rng: random.Random) -> bytes:
    if rng.random() < 0.25:
        return changed_bytes(rng, written(content()))
    if rng.random() < 0.3:
        return packed(changed_bytes(rng, json.dumps(content()).encode()))
    return written(changed_json(rng, content()))


def feed(data: bytes) -> bool:
    """What was accepted is a file again, and the same one."""
    snapshot = unpack(data).snapshot
    again = unpack(pack(snapshot)).snapshot
    if again.histories[0].run.recipe != snapshot.histories[0].run.recipe:
        raise Fault("it was packed again as another")
    for text in (snapshot.comparison.title, snapshot.comparison.note, *snapshot.comparison.tags):
        text.encode()  # what no store takes
    return True


PARSERS = (Parser("comparison", known(), draw, feed, (ComparisonFileError,), memory=700, share=2),)
