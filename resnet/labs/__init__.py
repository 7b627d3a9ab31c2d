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
a frozen result (`resnet.labs.result`), which goes to JSON and back. It works on a copy of the net,
tells `progress(share, words)` from the start and often, and is stopped by what that raises.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from resnet.labs.constructed.result import Constructed
from resnet.labs.gradients.result import Gradients
from resnet.labs.lesion.result import Lesion, Switched
from resnet.labs.paths.result import Paths
from resnet.labs.residual_size.result import ResidualSize
from resnet.labs.responses.result import Responses
from resnet.labs.result import Result
from resnet.labs.sees.result import Confusion, Seen
from resnet.labs.sentences import Said
from resnet.labs.shattered.result import Shattered
from resnet.labs.surface.result import Surface
from resnet.labs.variants.result import Variants


@dataclass(frozen=True)
class Lab:
    """One experiment, and what it must be given.

    name      its name, here and in links
    title     what people read
    result    what it returns
    source    the paper, section or figure that it follows
    folder    where it lives, its experiment, its result and its words; its function is `name` there
    takes     "examples": (net, Examples, ...); "classes": (net, Examples, class names, ...);
              "images": (net, ImageSet, ...), for it trains; "spec": (NetSpec, ImageSet, ...)
    shortcut  whether the net must be residual
    trained   whether it says something only of a trained net
    grows     whether it takes `show(result)` and calls it as the result grows
    nets      the shipped nets that it starts with, by name, plain before residual
    count     how many images it is shown unless asked for others
    part      which images: "test", or "train" for a lab that trains on them
    """

    name: str
    title: str
    result: type[Result]
    source: str
    folder: str
    takes: str = "examples"
    shortcut: bool = False
    trained: bool = False
    grows: bool = False
    nets: tuple[str, ...] = ()
    count: int = 1000
    part: str = "test"

    @property
    def run(self) -> Callable[..., Any]:
        """The lab's function; torch is loaded with it."""
        return getattr(import_module(f"resnet.labs.{self.folder}.experiment"), self.name)

    @property
    def said(self) -> Callable[[Sequence[Any]], Said]:
        """What can be said of its results, as plain text; read without torch."""
        words = "words" if self.name == self.folder else f"{self.name}_words"
        said: Callable[[Sequence[Any]], Said] = import_module(
            f"resnet.labs.{self.folder}.{words}"
        ).said
        return said


LABS: dict[str, Lab] = {
    lab.name: lab
    for lab in (
        Lab(
            "gradients",
            "Do gradients vanish?",
            Gradients,
            "Glorot and Bengio 2010, Sections 3 and 4; He et al. 2015, Section 4.1",
            "gradients",
            count=1280,
            part="train",
        ),
        Lab(
            "constructed",
            "A deeper net that cannot be worse",
            Constructed,
            "He et al. 2015, Section 1",
            "constructed",
            takes="images",
            trained=True,
            grows=True,
            nets=("plain20",),
        ),
        Lab(
            "responses",
            "Layer responses",
            Responses,
            "He et al. 2015, Section 4.2, Fig. 7",
            "responses",
            nets=("plain20", "plain56", "resnet20-A", "resnet56-A"),
        ),
        Lab(
            "lesion",
            "Remove a block",
            Lesion,
            "Veit et al. 2016, Section 4",
            "lesion",
            trained=True,
            nets=("plain56", "resnet56-A"),
            count=500,
        ),
        Lab(
            "switched",
            "Switch blocks off",
            Switched,
            "Veit et al. 2016, Section 4",
            "lesion",
            trained=True,
            nets=("plain56", "resnet56-A"),
            count=250,
        ),
        Lab(
            "paths",
            "Short and long paths",
            Paths,
            "Veit et al. 2016, Section 5",
            "paths",
            shortcut=True,
            nets=("resnet20-A", "resnet56-A"),
        ),
        Lab(
            "shattered",
            "Shattered gradients",
            Shattered,
            "Balduzzi et al. 2017, Figs. 1 and 2",
            "shattered",
            nets=("plain20", "plain56", "resnet20-A", "resnet56-A"),
        ),
        Lab(
            "surface",
            "Loss surface",
            Surface,
            "Li et al. 2018, Section 4",
            "surface",
            trained=True,
            grows=True,
            nets=("plain56", "resnet56-A"),
            count=200,
        ),
        Lab(
            "residual_size",
            "How big is the residual?",
            ResidualSize,
            "He et al. 2015, Section 4.2; De and Smith 2020",
            "residual_size",
            shortcut=True,
            nets=("resnet20-A", "resnet56-A"),
        ),
        Lab(
            "variants",
            "Shortcut variants",
            Variants,
            "He et al. 2016, Section 3, Table 1",
            "variants",
            takes="spec",
            shortcut=True,
            grows=True,
            nets=("resnet20-A",),
        ),
        Lab(
            "sees",
            "What does it see?",
            Seen,
            "",
            "sees",
            takes="classes",
            trained=True,
            nets=("plain56", "resnet56-A"),
        ),
        Lab(
            "confusion",
            "What does it confuse?",
            Confusion,
            "",
            "sees",
            takes="classes",
            trained=True,
            nets=("plain56", "resnet56-A"),
            count=2000,
        ),
    )
}
