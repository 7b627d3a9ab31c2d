"""Our counts held against the paper's, v1 against v1.5 strides, and the errors of nearby nets.

Table 6 rounds its parameters. Table 1 follows no single rule: 3.858 billion is printed as 3.8,
which is cut, and 7.570 billion as 7.6, which is rounded.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from resnet.cost import cost
from resnet.cost.vgg import vgg19
from resnet.paper import tables as paper
from resnet.plan import Shape
from resnet.spec import NetSpec


@dataclass(frozen=True)
class Check:
    """A printed figure beside our count, both in `unit`.

    digits  printed after the point
    """

    net: str
    quantity: str
    printed: float
    counted: int
    unit: int
    source: str
    digits: int = 1

    @property
    def ours(self) -> float:
        return self.counted / self.unit

    @property
    def rounded(self) -> bool:
        return round(self.ours, self.digits) == self.printed

    @property
    def cut(self) -> bool:
        step = 10**self.digits
        return (self.counted * step // self.unit) / step == self.printed

    @property
    def meets(self) -> bool:
        return self.rounded or self.cut

    @property
    def rule(self) -> str:
        """How our count becomes the printed figure: by which of the two usual ways."""
        if self.rounded and self.cut:
            return "rounded or cut, both give it"
        return "rounded" if self.rounded else "cut, not rounded" if self.cut else "neither"


@dataclass(frozen=True)
class StrideChange:
    """A convolution whose maps differ between v1 and v1.5, with the MACs of one image in each."""

    name: str
    kernel: int
    v1_in: Shape
    v1_out: Shape
    v15_in: Shape
    v15_out: Shape
    v1_macs: int
    v15_macs: int

    @property
    def more(self) -> int:
        return self.v15_macs - self.v1_macs


@dataclass(frozen=True)
class Published:
    """One printed error, in percent, of a net; `net` is None where it is not one of ours."""

    net: NetSpec | None
    label: str
    error: float
    top5: float | None
    what: str
    source: str


@lru_cache(maxsize=24)
def checks(spec: NetSpec) -> tuple[Check, ...]:
    """The figures of Tables 1 and 6 that the paper prints for exactly this net, with ours."""
    found = []
    kinds = {fact.quantity for fact in paper.what_the_paper_prints(spec)}
    total = cost(spec)
    if "macs" in kinds:
        found.append(
            Check(
                spec.title, "multiply-adds", paper.TABLE_1[spec.depth], total.macs, 10**9, "Table 1"
            )
        )
    for row in paper.TABLE_6:
        if row.net == str(spec) and row.millions is not None:
            digits = len(f"{row.millions:g}".partition(".")[2])
            found.append(
                Check(
                    spec.title, "parameters", row.millions, total.parameters, 10**6, "Table 6",
                    digits,
                )
            )  # fmt: skip
    return tuple(found)


@lru_cache(maxsize=1)
def table_1_checks() -> tuple[Check, ...]:
    """Every figure of Table 1 and VGG-19's, with our counts of the nets that they can mean."""
    rows = []
    for depth, printed in paper.TABLE_1.items():
        for option in ("A", "B") if depth < 50 else ("B",):
            spec = NetSpec("imagenet", depth, shortcut=option)
            rows.append(
                Check(spec.title, "multiply-adds", printed, cost(spec).macs, 10**9, "Table 1")
            )
    vgg = vgg19().macs
    rows.append(Check("VGG-19", "multiply-adds", paper.VGG19_MULTIPLY_ADDS, vgg, 10**9, "Fig. 3"))
    return tuple(rows)


@lru_cache(maxsize=1)
def table_6_checks() -> tuple[Check, ...]:
    """Every number of parameters in Table 6 that is of one of our nets, with ours."""
    nets = [NetSpec.parse(row.net) for row in paper.TABLE_6 if row.net]
    return tuple(check for net in nets for check in checks(net))


@lru_cache(maxsize=24)
def stride_changes(spec: NetSpec) -> tuple[StrideChange, ...]:
    """The convolutions whose maps differ between the paper's stride (v1) and torchvision's (v1.5).

    Empty for basic blocks, which have no 1x1 convolution to move the stride from.
    """
    if spec.block != "bottleneck":
        return ()
    v1, v15 = (cost(replace(spec, stride_on=place)).layers for place in ("1x1", "3x3"))
    return tuple(
        StrideChange(
            a.layer.name, a.layer.kernel, a.layer.in_shape, a.layer.out_shape, b.layer.in_shape,
            b.layer.out_shape, a.macs, b.macs,
        )
        for a, b in zip(v1, v15, strict=True)
        if a.layer.kind == "conv" and (a.layer.in_shape, a.layer.out_shape) != (
            b.layer.in_shape, b.layer.out_shape
        )
    )  # fmt: skip


@lru_cache(maxsize=2)
def published(family: str) -> tuple[Published, ...]:
    """The printed errors that may be compared with each other: one data set, one way of testing.

    CIFAR-10: Table 6, test error. ImageNet: Tables 2 and 3, validation, 10-crop, top-1.
    """
    if family == "cifar":
        return tuple(
            Published(
                NetSpec.parse(row.net) if row.net else None, row.label, row.error, None,
                "CIFAR-10 test error, single view", f"{paper.PAPER}, Table 6{_of_five(row)}",
            )
            for row in paper.TABLE_6
        )  # fmt: skip
    tables = [(row, "Table 3") for row in paper.TABLE_3]
    known = {row.net for row, _ in tables}
    tables += [(row, "Table 2") for row in paper.TABLE_2 if row.net not in known]
    rows = [
        Published(
            NetSpec.parse(row.net) if row.net else None, row.label, row.top1, row.top5,
            "ImageNet validation error, top-1, 10-crop", f"{paper.PAPER}, {table}",
        )
        for row, table in tables
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.net is not None, _depth(row))))


def _of_five(row: paper.CifarRow) -> str:
    """What the printed error is where the mean of several runs stands beside it."""
    if row.mean is None:
        return ""
    return f": best of five runs, mean {row.mean:.2f} ± {row.spread:.2f} %"


def neighbours(spec: NetSpec) -> tuple[Published, ...]:
    """Printed nets of this depth, of the next shallower and of the next deeper one.

    The net itself is among them where the paper prints it.
    """
    rows = [row for row in published(spec.family) if row.net is not None]
    depths = sorted({_depth(row) for row in rows})
    below = [depth for depth in depths if depth < spec.depth][-1:]
    above = [depth for depth in depths if depth > spec.depth][:1]
    near = {spec.depth, *below, *above}
    return tuple(row for row in rows if _depth(row) in near)


def _depth(row: Published) -> int:
    return row.net.depth if row.net else 0
