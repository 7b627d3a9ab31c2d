"""The nets that the paper names, as landmarks: what they cost and the error it prints for them.

CIFAR-10 test error and ImageNet validation error (top-1, 10-crop) are different measures; a
landmark belongs to one family, and they are never put on one scale.
Source: He et al. 2015, Tables 2, 3 and 6, Fig. 6; He et al. 2016, Tables 1 and 2.

Imports no streamlit.
"""

from dataclasses import dataclass
from functools import lru_cache

from resnet.cost import cost
from resnet.cost.vgg import vgg19
from resnet.paper.errors import PublishedError, published_error, published_errors
from resnet.paper.tables import FIGURE_6_PLAIN, TABLE_1
from resnet.spec import NetSpec

SHORT_MEASURES = {"cifar": "test, CIFAR-10", "imagenet": "top-1, ImageNet"}
MEASURES = {
    "cifar": "test error on CIFAR-10, %",
    "imagenet": "top-1 error on ImageNet, 10-crop, %",
}


@dataclass(frozen=True)
class Landmark:
    """A net with a place in the chart; `error` is None where none is printed, `net` for VGG-19."""

    title: str
    family: str
    net: NetSpec | None
    parameters: int
    macs: int
    error: PublishedError | None


@lru_cache(maxsize=1)
def landmarks() -> tuple[Landmark, ...]:
    """Every net of both families that the paper or its follow-up names; costed once a process."""
    table_1 = [f"imagenet-resnet{depth}-B" for depth in TABLE_1]
    names = dict.fromkeys([*published_errors(), *FIGURE_6_PLAIN, "plain110", *table_1])
    return (*(landmark(NetSpec.parse(name)) for name in names), _vgg())


def landmark(net: NetSpec) -> Landmark:
    """The place of any net."""
    total = cost(net)
    return Landmark(net.title, net.family, net, total.parameters, total.macs, published_error(net))


def _vgg() -> Landmark:
    """The paper's reference; Table 3 prints the error of VGG-16, not of this net."""
    total = vgg19()
    return Landmark("VGG-19", "imagenet", None, total.parameters, total.macs, None)
