"""What the paper says of its deepest net, for wherever somebody builds or trains it."""

from collections.abc import Iterable

from resnet.paper.tables import TABLE_6
from resnet.spec import NetSpec

DEEPEST, BEST = NetSpec.parse("resnet1202-A"), NetSpec.parse("resnet110-A")


def overfitting(nets: Iterable[NetSpec]) -> str:
    """A sentence where one of the nets is a residual net of 1202 layers, else "" (Section 4.2)."""
    if not any(_as_deep(net) for net in nets):
        return ""
    deepest, best = (next(row for row in TABLE_6 if row.net == str(net)) for net in (DEEPEST, BEST))
    return (
        f"**The paper's 1202-layer net overfits.** It trains without difficulty, to a training "
        f"error below 0.1 %, and yet ends at {deepest.error:.2f} % test error, where ResNet-110 "
        f"ends at {best.error:.2f} % (Table 6, Fig. 6). The paper argues that {deepest.millions:g} "
        "million parameters may be unnecessarily many for so small a data set (Section 4.2)."
    )


def _as_deep(net: NetSpec) -> bool:
    return (net.family, net.depth, net.plain) == ("cifar", DEEPEST.depth, False)
