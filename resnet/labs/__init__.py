"""The labs: experiments on a net, trained or not, that show why residual networks work.

| name | source |
|---|---|
| gradients | Glorot and Bengio 2010; He et al. 2015, Section 4.1 |
| constructed | He et al. 2015, Section 1 |
| responses | He et al. 2015, Fig. 7 |
| lesion, switched, paths | Veit et al. 2016 |
| shattered | Balduzzi et al. 2017 |
| surface | Li et al. 2018 |
| residual_size | De and Smith 2020 |
| variants | He et al. 2016 |
| sees, confusion | |

`LABS` is read without torch; `lab.run(...)` loads it. A lab is a function from a net and images to
a frozen result (`resnet.labs.results`), which goes to JSON and back. It works on a copy of the net,
tells `progress(share, words)` from the start and often, and is stopped by what that raises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from resnet.labs.results import blocks, seen, signals, training
from resnet.labs.written import Result


@dataclass(frozen=True)
class Lab:
    """One experiment, and what it must be given.

    name      its name, here and in links
    title     what people read
    result    what it returns
    source    the paper, section or figure that it follows
    module    where it lives; its function is `name` there
    takes     "examples": (net, Examples, ...); "classes": (net, Examples, class names, ...);
              "images": (net, ImageSet, ...), for it trains; "spec": (NetSpec, ImageSet, ...)
    shortcut  whether the net must be residual
    trained   whether it says something only of a trained net
    grows     whether it takes `show(result)` and calls it as the result grows
    """

    name: str
    title: str
    result: type[Result]
    source: str
    module: str
    takes: str = "examples"
    shortcut: bool = False
    trained: bool = False
    grows: bool = False

    @property
    def run(self) -> Callable[..., Any]:
        """The lab's function; torch is loaded with it."""
        return getattr(import_module(f"resnet.labs.{self.module}"), self.name)


LABS: dict[str, Lab] = {
    lab.name: lab
    for lab in (
        Lab(
            "gradients",
            "Do gradients vanish?",
            signals.Gradients,
            "Glorot and Bengio 2010, Sections 3 and 4; He et al. 2015, Section 4.1",
            "gradients",
        ),
        Lab(
            "constructed",
            "A deeper net that cannot be worse",
            training.Constructed,
            "He et al. 2015, Section 1",
            "constructed",
            takes="images",
            trained=True,
            grows=True,
        ),
        Lab(
            "responses",
            "Layer responses",
            signals.Responses,
            "He et al. 2015, Section 4.2, Fig. 7",
            "responses",
        ),
        Lab(
            "lesion",
            "Remove a block",
            blocks.Lesion,
            "Veit et al. 2016, Section 4",
            "lesion",
            trained=True,
        ),
        Lab(
            "switched",
            "Switch blocks off",
            blocks.Switched,
            "Veit et al. 2016, Section 4",
            "lesion",
            trained=True,
        ),
        Lab(
            "paths",
            "Short and long paths",
            blocks.Paths,
            "Veit et al. 2016, Section 5",
            "paths",
            shortcut=True,
        ),
        Lab(
            "shattered",
            "Shattered gradients",
            signals.Shattered,
            "Balduzzi et al. 2017, Sections 1 and 2, Fig. 1",
            "shattered",
        ),
        Lab(
            "surface",
            "Loss surface",
            training.Surface,
            "Li et al. 2018, Section 4",
            "surface",
            trained=True,
            grows=True,
        ),
        Lab(
            "residual_size",
            "How big is the residual?",
            signals.ResidualSize,
            "He et al. 2015, Section 4.2; De and Smith 2020, Section 2",
            "residual_size",
            shortcut=True,
        ),
        Lab(
            "variants",
            "Shortcut variants",
            training.Variants,
            "He et al. 2016, Section 3, Table 1",
            "variants",
            takes="spec",
            shortcut=True,
            grows=True,
        ),
        Lab(
            "sees",
            "What does it see?",
            seen.Seen,
            "",
            "sees",
            takes="classes",
            trained=True,
        ),
        Lab(
            "confusion",
            "What does it confuse?",
            seen.Confusion,
            "",
            "sees",
            takes="classes",
            trained=True,
        ),
    )
}
