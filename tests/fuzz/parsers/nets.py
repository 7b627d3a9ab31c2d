"""Files with trained nets, and caches: checkpoints, shipped nets, decoded images, what is known."""

import io
import json
import pickle
import random
import struct
import tempfile
import zipfile
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as written

from resnet.data import ImageSet, identity, image_set
from resnet.export import shipped, shipped_nets
from resnet.export.shipped import MEAN, Shipped, ShippedError
from resnet.images import fingerprint
from resnet.images.listing import Found, LeftOut
from resnet.spec import NetSpec, Recipe
from resnet.train import Trainer, checkpoint
from resnet.train.checkpoint import CheckpointError
from tests.fuzz.mutations import LARGE, NUMBERS, changed_bytes, changed_json, value
from tests.fuzz.parser import Fault, Parser

SPEC = NetSpec.parse("plain5-single-w2")
RECIPE = Recipe(data="generated", images=10, batch=2, iterations=4, log_every=1, test_every=1)
CLASSES = tuple(f"class {number}" for number in range(10))


@cache
def folder() -> Path:
    """A folder of this process, in memory where the system has one there."""
    memory = Path("/dev/shm")
    kept = tempfile.TemporaryDirectory(prefix="fuzz", dir=memory if memory.is_dir() else None)
    cache_of_folders.append(kept)
    return Path(kept.name)


cache_of_folders: list[Any] = []  # each goes with the process


def laid(name: str, data: bytes) -> Path:
    file = folder() / name
    file.write_bytes(data)
    return file


@cache
def images() -> ImageSet:
    pixels = torch.arange(20 * 3 * 32 * 32, dtype=torch.int64).reshape(20, 3, 32, 32)
    labels = torch.arange(20) % 10
    return ImageSet("generated", "generated images", CLASSES, *2 * ((pixels % 251).byte(), labels))


@cache
def trainer() -> Trainer:
    torch.set_num_threads(1)
    made = Trainer(SPEC, RECIPE, images(), "cpu")
    made.step()
    return made


def stored(content: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    torch.save(content, stream, **options)
    return stream.getvalue()


def deflated(data: bytes) -> bytes:
    """The same archive with its members compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", 8) as kept:
        for each in given.infolist():
            kept.writestr(each.filename, given.read(each))
    return out.getvalue()


# checkpoints


def _content(state: Any = None) -> dict[str, Any]:
    return {
        "version": checkpoint.VERSION,
        "spec": SPEC.to_json(),
        "recipe": RECIPE.to_json(),
        "state": trainer().state() if state is None else state,
    }


@cache
def good_checkpoint() -> bytes:
    return stored(_content())


class Command:
    """What a pickle can be told to call."""

    def __reduce__(self) -> Any:
        return (exec, ("raise SystemExit('a pickle was run')",))


@cache
def known_checkpoints() -> tuple[bytes, ...]:
    state = trainer().state()
    weights = dict(state["net"])
    name = next(iter(weights))
    huge = torch.zeros(1).expand(10**12)
    good = good_checkpoint()
    large = NetSpec.parse("resnet1202-A-w1024")
    return (
        good,
        b"",
        deflated(good),
        deflated(stored({**_content(), "more": torch.zeros(60_000_000)})),
        stored(_content(), _use_new_zipfile_serialization=False),
        pickle.dumps(Command()),
        stored(_content([]), pickle_protocol=2),
        stored(_content({})),
        stored(_content({**state, "net": {}})),
        stored(_content({**state, "net": {**weights, name: huge}})),
        stored(_content({**state, "net": {**weights, name: weights[name].to(torch.bfloat16)}})),
        stored(_content({**state, "net": {**weights, name: weights[name] * float("nan")}})),
        stored(_content({**state, "net": {**weights, name: "text"}})),
        stored(_content({**state, "net": {**weights, "more": torch.zeros(1)}})),
        stored(_content({**state, "iteration": 10**30})),
        stored(_content({**state, "iteration": -1})),
        stored(_content({**state, "iteration": "4"})),
        stored(_content({**state, "seconds": float("nan")})),
        stored(_content({**state, "sums": torch.zeros(3)})),
        stored(_content({**state, "sums": None})),
        stored(_content({**state, "changes": [[1]]})),
        stored(_content({**state, "changes": [["a", "b", "c"]]})),
        stored(_content({**state, "optimizer": {}})),
        stored(_content({**state, "optimizer": {**state["optimizer"], "param_groups": []}})),
        stored(_content({**state, identity.SET: {"classes": 3}})),
        stored(_content({**state, identity.SET: [1]})),
        stored({**_content(), "spec": large.to_json()}),
        stored({**_content(), "spec": "[" * 5000}),
        stored({**_content(), "spec": 7}),
        stored({**_content(), "version": "\ud800" * 3000}),
        stored({**_content(), "version": [1] * 99_999}),
        stored([1, 2]),
        stored(torch.sparse_coo_tensor([[0], [0]], [1.0], (10**6, 10**6))),
        b"PK\x05\x06" + bytes(18),
        b"PK\x05\x06" + b"\xff" * 18,
        good[:-22] + b"PK\x05\x06" + b"\xff" * 18,
        b"x" * 3_000_000,
        b"\x80\x02" + b"(" * 1_000_000,
        b"\x80\x02X\xff\xff\xff\x7fabc",
    )


def draw_checkpoint(rng: random.Random) -> bytes:
    if rng.random() < 0.6:
        return changed_bytes(rng, good_checkpoint())
    content = _content(_changed_state(rng))
    if rng.random() < 0.2:
        content[rng.choice(list(content))] = _plain(rng)
    return stored(content)


def _changed_state(rng: random.Random) -> dict[str, Any]:
    """The state with something else in one or two places of the first two floors."""
    state = dict(trainer().state())
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice(list(state))
        inner = state[name]
        if isinstance(inner, dict) and inner and rng.random() < 0.8:
            inner = dict(inner)
            place = rng.choice(list(inner))
            inner[place] = _other(rng, inner[place])
            if rng.random() < 0.1:
                del inner[place]
            state[name] = inner
        elif rng.random() < 0.1 and len(state) > 1:
            del state[name]
        else:
            state[name] = _other(rng, inner)
    return state


def _other(rng: random.Random, given: Any) -> Any:
    if isinstance(given, torch.Tensor) and rng.random() < 0.7:
        with_shape = [given.flatten(), given[None], given.expand(3, *given.shape)]
        kinds = (torch.bfloat16, torch.float64, torch.int8, torch.complex64, torch.bool)
        with_kind = [given.to(kind) for kind in kinds]
        return rng.choice([*with_shape, *with_kind, given * float("inf"), given.to_sparse()])
    if isinstance(given, dict | list) and rng.random() < 0.3:
        return OrderedDict(enumerate(given)) if isinstance(given, list) else list(given)
    return _plain(rng)


def _plain(rng: random.Random) -> Any:
    return torch.zeros(rng.randrange(4)) if rng.random() < 0.2 else value(rng)


def feed_checkpoint(data: bytes) -> bool:
    """What is accepted trains on."""
    file = laid("net.pt", data)
    spec, recipe, state = checkpoint.load(file)
    identity.classes_of(state)
    identity.check(images(), {}, "", "")
    if (spec, recipe) != (SPEC, RECIPE):
        return True
    made = trainer()
    made.load_state(state)
    if not made.finished:
        made.step()
    return True


# shipped nets


@cache
def good_net() -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    tensors = shipped_nets.halved(SPEC, trainer().state()["net"])
    tensors[MEAN] = torch.zeros(3, 32, 32)
    return tensors, _about(tensors).to_metadata()


def _about(tensors: dict[str, torch.Tensor], **changes: Any) -> Shipped:
    said: dict[str, Any] = {
        "spec": SPEC, "recipe": RECIPE, "iterations": 4, "data": "generated images",
        "classes": CLASSES, "train_images": 20, "test_images": 20, "train_error": 50.0,
        "test_error": 60.0, "made_with": "torch", "digest": shipped_nets.digest(tensors),
    }  # fmt: skip
    return Shipped(**{**said, **changes})


def of_header(head: bytes | str, rest: bytes = b"", length: int | None = None) -> bytes:
    text = head.encode("utf-8", "surrogatepass") if isinstance(head, str) else head
    return struct.pack("<Q", len(text) if length is None else length) + text + rest


def split(data: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


@cache
def packed_net() -> bytes:
    return written(*good_net())


@cache
def known_nets() -> tuple[bytes, ...]:
    tensors, said = good_net()
    name = next(each for each in tensors if each != MEAN)
    short = {**tensors, name: tensors[name].to(torch.bfloat16)}
    head, rest = split(packed_net())

    def with_meta(**changes: str) -> bytes:
        return written(tensors, {**said, **changes})

    def with_place(**changes: Any) -> bytes:
        return of_header(json.dumps({**head, name: {**head[name], **changes}}), rest)

    large = {"spec": "resnet1202-A-w1024"}
    return (
        packed_net(),
        b"",
        struct.pack("<Q", 2**63),
        struct.pack("<Q", 2**64 - 1) + b"{}",
        of_header("{}"),
        of_header("[" * 500_000),
        of_header('{"__metadata__":' * 50_000),
        of_header(b'{"__metadata__":{"format":"' + b"x" * 900_000 + b'"}}'),
        of_header(json.dumps(head) + "\0" * 7, rest),
        of_header(json.dumps(head)[:-1] + "," + json.dumps(head)[1:], rest),
        of_header(json.dumps(head), rest, length=2**40),
        of_header(json.dumps(head), rest[:-1]),
        of_header(json.dumps(head), rest + b"more"),
        written(short, {**said, "digest": "0" * 32}),
        *(
            written({**tensors, name: tensors[name].to(kind)}, said)
            for kind in (torch.float64, torch.int8, torch.bool, torch.float8_e4m3fn)
        ),
        with_place(data_offsets=[]),
        with_place(data_offsets=[10, 0]),
        with_place(data_offsets=[0, 2**63]),
        with_place(shape=[2**62, 4]),
        with_place(shape=[-1]),
        with_place(dtype="F4096"),
        with_meta(**large),
        with_meta(iterations="9" * 5000),
        with_meta(iterations="-1"),
        with_meta(train_error="nan"),
        with_meta(train_error="1e999"),
        with_meta(classes='["a"]'),
        with_meta(classes='{"a": 1}'),
        with_meta(classes="[[1], null]"),
        with_meta(classes='["\\ud800"]' + " " * 9),
        with_meta(classes="[" * 40_000),
        with_meta(recipe='{"image_size": 16}'),
        with_meta(recipe="null"),
        with_meta(digest=""),
        with_meta(spec="plain5-single-w2\0"),
        written({**tensors, MEAN: tensors[MEAN] * float("nan")}, said),
        written({each: tensors[each] for each in tensors if each != MEAN}, said),
        written({}, said),
    )


def draw_net(rng: random.Random) -> bytes:
    if rng.random() < 0.3:
        return changed_bytes(rng, packed_net())
    head, rest = split(packed_net())
    if rng.random() < 0.5:
        said = head["__metadata__"]
        changed = changed_json(rng, said)
        head["__metadata__"] = changed
        if isinstance(changed, dict) and rng.random() < 0.3:
            name = rng.choice(("classes", "recipe"))
            changed[name] = json.dumps(changed_json(rng, json.loads(said[name])))
    else:
        name = rng.choice(list(head))
        if name != "__metadata__" and rng.random() < 0.5:
            place = rng.choice(("shape", "data_offsets"))
            head[name][place] = [rng.choice((*NUMBERS, *LARGE[:-1])) for _ in range(2)]
        else:
            head = changed_json(rng, head)
    return of_header(json.dumps(head), rest)


def feed_net(data: bytes) -> bool:
    """What is accepted says true things of itself and answers."""
    file = laid(f"{SPEC}.safetensors", data)
    net, mean, about = shipped_nets.read(file)
    for text in (about.data, about.made_with, *about.classes):
        text.encode()
    if mean.dtype != torch.float32 or len(about.classes) != about.spec.classes:
        raise Fault(f"{mean.dtype}, {about.classes}")
    with torch.no_grad():
        net(torch.zeros(1, *mean.shape))
    return True


def feed_header(data: bytes) -> bool:
    """The web server reads what stands in front, without torch."""
    about = shipped.check_name(file := laid(f"{SPEC}.safetensors", data), shipped.header(file))
    for text in (about.data, about.made_with, about.digest, *about.classes):
        text.encode()
    for number in (about.iterations, about.train_images, about.test_images):
        f"{number:,}"
    return True


# caches


@cache
def good_cache() -> bytes:
    held = images()
    return stored({"set": vars(held), "check": image_set._check(held)})


@cache
def known_caches() -> tuple[bytes, ...]:
    held = vars(images())
    few = {**held, "train_images": held["train_images"][:3]}
    wide = {**held, "train_images": held["train_images"].float()}
    named = {**held, "classes": ["\ud800", 7]}
    fixed = [few, wide, named, {**held, "train_labels": held["train_labels"] + 99}]
    good = good_cache()
    return (
        good,
        b"",
        deflated(good),
        deflated(stored({"set": held, "more": torch.zeros(60_000_000)})),
        pickle.dumps(Command()),
        *(stored({"set": each, "check": image_set._check(ImageSet(**each))}) for each in fixed),
        stored({"set": {**held, "train_images": 3}, "check": 0}),
        stored({}),
    )


def draw_cache(rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return changed_bytes(rng, good_cache())
    held = dict(vars(images()))
    name = rng.choice(list(held))
    held[name] = _other(rng, held[name])
    try:
        return stored({"set": held, "check": image_set._check(ImageSet(**held))})
    except Exception:  # what has no check
        return stored({"set": held, "check": rng.choice((0, None, value(rng)))})


def feed_cache(data: bytes) -> bool:
    """A cache is the images that it was made of, or it is made anew."""
    found = image_set._read(laid("images.pt", data))
    if found is None:
        return False
    for labels, pixels in (
        (found.train_labels, found.train_images),
        (found.test_labels, found.test_images),
    ):
        if pixels.shape != (len(labels), 3, 32, 32) or pixels.dtype != torch.uint8:
            raise Fault(f"images of {tuple(pixels.shape)} {pixels.dtype}, {len(labels)} labels")
        if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < len(found.classes):
            raise Fault(f"labels beyond {len(found.classes)} classes")
    f"{found.label} {found.note}".encode()
    "".join(found.classes).encode()
    return True


@cache
def found() -> Found:
    file = laid("image.png", b"not looked at")
    return Found(folder(), ("a", "b"), ((file, 0),), ((file, 1),), LeftOut())


MEMORY = json.dumps({"touched": "0" * 32, "fingerprint": "1" * 32})
KNOWN_MEMORIES = (
    *(b"", b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b'{"touched": ' + b"9" * 5000 + b"}"),
    b'{"touched": null, "fingerprint": 7}',
    b'{"touched": "", "fingerprint": {}}',
)


def draw_memory(rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return changed_bytes(rng, MEMORY.encode())
    given = json.loads(MEMORY)
    if rng.random() < 0.5:  # the same files, so that what is remembered is believed
        given["touched"] = fingerprint._touched(found())[0]
    given["fingerprint"] = value(rng) if rng.random() < 0.7 else given["fingerprint"]
    return json.dumps(changed_json(rng, given) if rng.random() < 0.3 else given).encode()


def feed_memory(data: bytes) -> bool:
    """What is remembered of a folder is believed where it can be, else all is read again."""
    known = fingerprint.fingerprint(found(), laid("memory.json", data))
    if len(known) != 32 or not set(known) <= set("0123456789abcdef"):
        raise Fault(f"a fingerprint {known!r}")
    return known == "1" * 32


PARSERS = (
    Parser(
        "checkpoint", known_checkpoints(), draw_checkpoint, feed_checkpoint, (CheckpointError,),
        short=150, share=1,
    ),
    Parser("shipped", known_nets(), draw_net, feed_net, (ShippedError,), short=150),
    Parser("header", known_nets(), draw_net, feed_header, (ShippedError,), share=2),
    Parser("images.pt", known_caches(), draw_cache, feed_cache),
    Parser("images.json", KNOWN_MEMORIES, draw_memory, feed_memory),
)  # fmt: skip
