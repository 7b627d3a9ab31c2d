"""A job of kind "lab": a net and images are made ready, the lab runs and tells how far it is."""

import base64
import binascii
import inspect
import threading
import time
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.lane.job_context import Stopped, Work
from explorer.lane.lab_nets import Kept, Subject
from explorer.store.comparisons import RunStore
from explorer.store.jobs.lab_question import COUNT, RECIPE, UPLOAD, Question
from explorer.store.jobs.net_source import spec_of
from resnet.cost.sharing import cores
from resnet.data import ImageSet
from resnet.labs import LABS, Lab
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError
from resnet.labs.sees.upload import SIDE, as_seen
from resnet.labs.surface.experiment import COARSEST
from resnet.labs.surface.result import Surface
from resnet.spec import Recipe
from resnet.spec.net import for_classes

MOST = 5000
LEAST_IMAGES = 10  # that a recipe can name

_kept = Kept()


def lab(work: Work) -> dict[str, Any]:
    """The lab's answer: its result in plain values, and what it was made from."""
    began = time.monotonic()
    question = Question.from_payload(work.payload)
    if question.lab not in LABS:
        raise LabError(f"there is no lab {question.lab!r}; restart the server")
    asked, store = LABS[question.lab], work.jobs.store
    work.tell("loading the images")
    torch.set_num_threads(1 if store.load()[0] else cores())  # training comes first
    images = _kept.images(question.data, question.label, _loading(work), question.images)
    inputs, note = _inputs(asked, question, images, store)
    about = {
        "label": images.label,
        "note": note,
        "images_note": images.said,
        "source": work.payload["source"],
    }

    def answer(result: Any) -> dict[str, Any]:
        return {"result": result.to_plain(), "seconds": time.monotonic() - began, **about}

    settings = _settings(asked, question, images)
    if UPLOAD in question.settings:
        settings["index"] = len(inputs[1]) - 1
    if asked.grows:
        known = _known(work, asked, settings)
        settings |= known

        def show(result: Any) -> None:
            if work.to_be_shown:
                work.show(answer(result))

        settings["show"] = show
    return answer(asked.run(*inputs, **settings, progress=work.progress))


def _loading(work: Work) -> Any:
    here = threading.get_ident()

    def progress(what: str, done: int, of: int) -> None:
        try:
            work.progress(0.0, f"{what}, {done:,} of {of:,}" if of else what)
        except Stopped:
            if threading.get_ident() == here:  # a download is watched by a thread of its own
                raise

    return progress


def _inputs(
    asked: Lab, question: Question, images: ImageSet, store: RunStore
) -> tuple[tuple[Any, ...], str]:
    """What the lab is given before its settings; and a sentence about it, or ""."""
    if asked.takes == "spec":
        spec = for_classes(spec_of(question.source, store), len(images.classes))
        return (spec, images), ""
    subject = _kept.subject(question.source, images, store)
    if asked.takes == "images":
        return (subject.net, images), subject.note
    examples = _examples(asked, question, subject)
    if asked.takes == "classes":
        return (subject.net, examples, images.classes), subject.note
    return (subject.net, examples), subject.note


def _examples(asked: Lab, question: Question, subject: Subject) -> Examples:
    count = question.settings.get(COUNT, max(asked.count, question.settings.get("index", 0) + 1))
    if not isinstance(count, int) or not 1 <= count <= MOST:
        raise LabError(f"{count!r} is no number of images; choose 1 to {MOST:,}")
    examples = subject.examples(asked.part, count)
    if UPLOAD not in question.settings:
        return examples
    own = _uploaded(question.settings[UPLOAD], subject)
    parts = zip(_tensors(examples), _tensors(own), strict=True)
    return Examples(*(torch.cat(pair) for pair in parts))


def _tensors(examples: Examples) -> tuple[Tensor, Tensor, Tensor]:
    assert examples.pixels is not None
    return examples.images, examples.labels, examples.pixels


def _uploaded(text: str, subject: Subject) -> Examples:
    try:
        content = base64.b64decode(text, validate=True)
        pixels = np.frombuffer(content, np.uint8).reshape(SIDE, SIDE, 3)
    except (ValueError, TypeError, binascii.Error) as error:
        raise LabError("the uploaded picture did not arrive whole; upload it again") from error
    seen = as_seen(pixels, subject.net.plan.image_size)
    return Examples.of_pixels(subject.batches, torch.from_numpy(seen.copy())[None])


def _settings(asked: Lab, question: Question, images: ImageSet) -> dict[str, Any]:
    """The keyword arguments of the lab's function. Raises LabError for one that it has not."""
    takes = inspect.signature(asked.run).parameters
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in question.settings.items()
        if name not in (COUNT, UPLOAD)
    }
    for name in settings:
        if name not in takes or name in ("progress", "show", "known"):
            raise LabError(f"the lab {asked.title!r} has no setting {name!r}; load the page anew")
    if RECIPE in takes:
        settings[RECIPE] = _recipe(asked, settings.get(RECIPE, {}), images)
    return settings


def _recipe(asked: Lab, changes: dict[str, Any], images: ImageSet) -> Recipe:
    """The lab's recipe, for these images; raises SpecError for changes that cannot be."""
    recipe: Recipe = import_module(f"resnet.labs.{asked.folder}.experiment").RECIPE
    recipe = replace(recipe, data=images.name, **changes)
    few = min(recipe.images or len(images.train_labels), len(images.train_labels))
    asked_for = few if few >= LEAST_IMAGES else None  # None takes all of them
    return replace(recipe, images=asked_for, batch=max(2, min(recipe.batch, few)))


def _known(work: Work, asked: Lab, settings: dict[str, Any]) -> dict[str, Any]:
    """For a surface: what is known of it, from a stopped job or from coarser ones."""
    if asked.name != "surface":
        return {}
    found = work.job.result
    side = settings.get("side", inspect.signature(asked.run).parameters["side"].default)
    while found is None and side > COARSEST:
        side = (side + 1) // 2
        question = work.payload | {"settings": work.payload["settings"] | {"side": side}}
        job = work.jobs.find(work.job.kind, question)
        found = job.result if job else None
    return {"known": Surface.from_plain(found["result"])} if found else {}
