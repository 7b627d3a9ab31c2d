"""Which images and nets a lab can be asked about here, the usual ones first.

Imports no streamlit.
"""

from dataclasses import dataclass
from typing import Any

from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.jobs.net_source import (
    FRESH,
    RUN,
    SHIPPED,
    Source,
    SourceError,
    has_weights,
    run_of,
)
from explorer.views.why.panel import Panel
from resnet.export import shipped
from resnet.export.shipped import ShippedError
from resnet.labs import Lab
from resnet.spec import NetSpec
from resnet.spec.recipe import DATA

CLASSES = 10  # of the shipped nets, and of CIFAR-10
RUNS = 30  # on offer, the newest first
UNTRAINED = ("plain20", "plain56", "resnet20-A", "resnet56-A", "plain110", "resnet110-A")


@dataclass(frozen=True)
class Images:
    """An image set of the server: its name, what people call it, how many classes it has.

    fingerprint  what a folder's images are known by; "" for the sets that are always the same
    """

    name: str
    label: str
    classes: int = CLASSES
    fingerprint: str = ""

    @property
    def suit_shipped(self) -> bool:
        """Whether shipped nets can be shown these images and mean what they say."""
        return self.name != "generated" and self.classes == CLASSES


def image_sets(worker: dict[str, Any]) -> dict[str, Images]:
    """The image sets by name, the one to start with first; `worker`: its last report."""
    sets = []
    if worker.get("folder"):
        classes = worker.get("folder_classes") or CLASSES
        known = worker.get("folder_fingerprint") or ""
        sets.append(Images("folder", worker["folder"], classes, known))
    usual = [Images(name, DATA[name]) for name in ("cifar10", "generated")]
    sets += usual if worker.get("cifar10") else usual[::-1]
    return {each.name: each for each in sets}


def sources(panel: Panel, images: Images, store: RunStore) -> list[str]:
    """The nets that a lab can be asked about: shipped, trained here, untrained."""
    lab = panel.lab
    found = [*_shipped(lab, images)] if lab.takes != "spec" else []
    found += _runs(lab, images, store) if lab.takes != "spec" else []
    if not lab.trained or lab.takes == "spec":
        names = dict.fromkeys((*panel.nets, *UNTRAINED))
        found += [f"{FRESH}:{name}" for name in names if _suits(lab, NetSpec.parse(name))]
    return found


def usual(panel: Panel, images: Images, store: RunStore) -> list[str]:
    """The nets that a lab starts with; [] where it needs trained ones and there are none."""
    options = sources(panel, images, store)
    shipped_first = [f"{SHIPPED}:{name}" for name in panel.nets]
    chosen = [each for each in shipped_first if each in options]
    if not chosen:
        chosen = [each for name in panel.nets if (each := f"{FRESH}:{name}") in options]
    if not chosen:  # the runs of one comparison, for they belong together
        chosen = _together([each for each in options if each.startswith(f"{RUN}:")], store)
    return chosen[: panel.most]


def _shipped(lab: Lab, images: Images) -> list[str]:
    if not images.suit_shipped:
        return []
    found = []
    for name in shipped.names():
        try:
            spec = shipped.about(name).spec
        except ShippedError:
            continue  # whoever names it in a link is told what is wrong
        if _suits(lab, spec):
            found.append(f"{SHIPPED}:{name}")
    return found


def _runs(lab: Lab, images: Images, store: RunStore) -> list[str]:
    found = []
    for comparison in store.comparisons():
        if comparison.origin or comparison.archived:
            continue
        for run in comparison.runs:
            ended = run.state in (states.FINISHED, states.STOPPED)
            if ended and run.recipe.data == images.name and _suits(lab, run.spec):
                found += [f"{RUN}:{run.id}"] if has_weights(run) else []
        if len(found) >= RUNS:
            break
    return found[:RUNS]


def _together(runs: list[str], store: RunStore) -> list[str]:
    found = [run_of(Source.parse(each), store).comparison for each in runs]
    return [each for each, comparison in zip(runs, found, strict=True) if comparison == found[0]]


def _suits(lab: Lab, spec: NetSpec) -> bool:
    return not (lab.shortcut and spec.plain)


def data_of(sources: list[str], store: RunStore) -> str | None:
    """The images that runs among these nets were trained on; None where there is no run."""
    for text in sources:
        try:
            source = Source.parse(text)
            if source.kind == RUN:
                return run_of(source, store).recipe.data
        except SourceError:
            continue
    return None
