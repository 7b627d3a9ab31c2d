"""Images and nets for labs, kept by a lane between its jobs so that the next one begins at once.

Labs work on copies, so what is kept stays as it was. Everything is on the CPU.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from explorer.store.comparisons import RunStore, checkpoint_file
from explorer.store.jobs.lab_question import UNREAD
from explorer.store.jobs.net_source import FRESH, RUN, SHIPPED, Source, run_of, weights
from explorer.store.records import Run
from resnet import data
from resnet.data import DataError, ImageSet, identity
from resnet.data.batches import Batches, LabelledImages
from resnet.export import shipped_nets
from resnet.labs.bench.examples import Examples
from resnet.labs.bench.progress import LabError
from resnet.model import Net, build
from resnet.spec import NetSpec, Recipe
from resnet.spec.net import for_classes
from resnet.train import check_trainable, checkpoint

NETS_KEPT = 6
IMAGES_KEPT = 5000  # of either part, for each net
MEAN_OF = 5000  # training images whose mean is subtracted for an untrained net
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Subject:
    """A net, and the images as it wants them.

    batches  of its own recipe: image size and mean; at most IMAGES_KEPT of either part
    note     a sentence where net and images do not quite belong together, or ""
    """

    net: Net
    batches: Batches
    note: str = ""

    def examples(self, part: str, count: int) -> Examples:
        return Examples.of(self.batches, part, min(count, IMAGES_KEPT))


class Kept:
    """The last image set, and the last few nets with it."""

    def __init__(self) -> None:
        self._images: tuple[str, ImageSet] | None = None
        self._subjects: OrderedDict[tuple[str, str], Subject] = OrderedDict()

    def images(
        self, name: str, label: str, progress: data.Progress, fingerprint: str = ""
    ) -> ImageSet:
        """The set by its name. Raises DataError where it is not what the page spoke of."""
        kept = self._images
        changed = kept and fingerprint and kept[1].fingerprint != fingerprint
        if kept is None or kept[0] != name or changed:
            self._images = None
            self._subjects.clear()
            self._images = (name, data.load(name, progress=progress))
        assert self._images
        images = self._images[1]
        if images.label != label:
            raise DataError(
                f"the images here are {images.label} now, not {label}; load the page anew"
            )
        if fingerprint and not fingerprint.startswith(UNREAD) and images.fingerprint != fingerprint:
            raise DataError(
                f"the images of {label} were changed a moment ago; load the page anew in a minute"
            )
        return images

    def subject(self, source: Source, images: ImageSet, store: RunStore) -> Subject:
        """The net of a source. Raises SourceError, ShippedError, CheckpointError or LabError."""
        key = (str(source), weights(source, store))
        if key not in self._subjects:
            self._subjects[key] = _MAKE[source.kind](source, images, store)
            while len(self._subjects) > NETS_KEPT:
                self._subjects.popitem(last=False)
        self._subjects.move_to_end(key)
        return self._subjects[key]


def _shipped(source: Source, images: ImageSet, _store: RunStore) -> Subject:
    net, mean, about = shipped_nets.load(source.name)
    _check_classes(about.spec, images)
    step = max(1, len(images.train_labels) // IMAGES_KEPT)
    some = replace(  # a folder's images come class by class
        images,
        train_images=images.train_images[::step],
        train_labels=images.train_labels[::step],
    )
    recipe = Recipe(image_size=about.recipe.image_size, test_images=None)
    batches = _slim(Batches(some, recipe, CPU))
    batches.mean = mean
    note = ""
    if about.classes != images.classes:
        note = (
            f"{about.spec.title} was trained on other images ({about.data}) and is shown "
            f"{images.label}: what it says of them is a guess"
        )
    return Subject(net, batches, note)


def _fresh(source: Source, images: ImageSet, _store: RunStore) -> Subject:
    spec = for_classes(NetSpec.parse(source.name), len(images.classes))
    recipe = Recipe(images=MEAN_OF, test_images=None)  # or as many as there are
    return Subject(build(spec, image_size=recipe.image_size), _slim(Batches(images, recipe, CPU)))


def _of_run(source: Source, images: ImageSet, store: RunStore) -> Subject:
    run = run_of(source, store, looked_into=True)
    check_trained_on(run, images)
    _check_classes(run.spec, images)
    check_trainable(run.spec, len(images.classes))
    file = checkpoint_file(run.id)
    state = checkpoint.load_for(file, run.spec, run.recipe)
    identity.check(images, state, "", "choose those images, or another net")
    net = build(run.spec, image_size=run.recipe.image_size)
    checkpoint.check_weights(file, state, net)
    net.load_state_dict(state["net"])
    batches = _slim(Batches(images, replace(run.recipe, test_images=None, final_images=None), CPU))
    return Subject(net.eval(), batches)


_MAKE: dict[str, Callable[[Source, ImageSet, RunStore], Subject]] = {
    SHIPPED: _shipped,
    FRESH: _fresh,
    RUN: _of_run,
}


def check_trained_on(run: Run, images: ImageSet) -> None:
    """Raises LabError where a run was trained on other images than these."""
    trained_on = run.data or run.recipe.data
    if run.recipe.data != images.name or (run.data and not run.data.startswith(images.label)):
        raise LabError(
            f"run {run.id} was trained on {trained_on}, not on {images.label}; "
            "choose those images, or another net"
        )


def _check_classes(spec: NetSpec, images: ImageSet) -> None:
    if spec.classes != len(images.classes):
        raise LabError(
            f"{spec.title} tells {spec.classes} classes apart, but {images.label} has "
            f"{len(images.classes)}; choose other images, or a net that was trained on these"
        )


def _slim(batches: Batches) -> Batches:
    """Lets go of the images beyond those that labs look at."""
    batches.train, batches.test = (
        LabelledImages(part.images[:IMAGES_KEPT].clone(), part.labels[:IMAGES_KEPT].clone())
        for part in (batches.train, batches.test)
    )
    return batches
