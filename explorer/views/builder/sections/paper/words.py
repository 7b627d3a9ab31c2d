"""Our counts against the paper's, strides and published errors, in words and tables (Markdown).

Imports no streamlit.
"""

from explorer.views.builder.headline import short
from resnet.cost.vgg import VggCost
from resnet.paper.checks import Check, Published, StrideChange
from resnet.plan import Shape
from resnet.spec import NetSpec

BILLION = 10**9
TABLE_1_WORDS = (
    "Table 1 follows no single rule. 3.858 billion for 50 layers is printed as 3.8: cut, for "
    "rounding gives 3.9. 7.570 for 101 layers is printed as 7.6 and 11.282 for 152 as 11.3: "
    "rounded, for cutting gives 7.5 and 11.2. 1.814 for 18 layers with B is 1.8 either way. "
    "Rounding explains every figure but that of 50 layers, if 34 layers are read as A; why that "
    "one differs, the paper does not say. Table 1 names no shortcut option: A and B are both shown "
    "where the paper uses both. Table 6 rounds all its parameters."
)


def badge(check: Check) -> tuple[str, str]:
    """Label and colour: what is printed, what is counted, whether they meet."""
    unit = "billion" if check.unit == BILLION else "million"
    said = f"{check.source}: {check.printed:g} {unit} {check.quantity}"
    if check.meets:
        return f"{said}; counted {check.ours:.3f}", "green"
    return f"{said}; counted {check.ours:.3f}, which differs", "red"


def checks_table(checks: tuple[Check, ...]) -> str:
    """Printed and counted side by side, and which rule turns one into the other."""
    lines = ["| Net | What | Printed | Counted here | How one becomes the other |"]
    lines.append("|---|---|---:|---:|---|")
    for each in checks:
        unit = "billion" if each.unit == BILLION else "million"
        lines.append(
            f"| {each.net} | {each.quantity}, {unit} ({each.source}) | {each.printed:g} "
            f"| {each.ours:.3f} | {each.rule} |"
        )
    return "\n".join(lines)


def strides_sentence(spec: NetSpec, changes: tuple[StrideChange, ...], v1: int, v15: int) -> str:
    """What moving the stride costs, and which of the two this net is."""
    if not changes:
        return (
            "The question is for bottleneck blocks: this net's blocks have no 1x1 convolution "
            "that could have the stride."
        )
    mine = "v1, the paper's" if spec.stride_on == "1x1" else "v1.5, torchvision's"
    costly = [change for change in changes if change.more]
    return (
        f"This net is **{mine}**. v1 puts the stride of 2 on the first 1x1 convolution of a block "
        "that halves its map, v1.5 on the 3x3 that follows. The 1x1 then runs on the larger map, "
        "four times as many places; the 3x3 reads that map and puts out the same. "
        f"So v1.5 does {v15 / 1e9:.3f} billion multiply-adds instead of {v1 / 1e9:.3f}: "
        f"**{(v15 - v1) / 1e9:.3f} billion more**, all of it in {len(costly)} convolutions "
        "of 1x1. The parameters are the same."
    )


def strides_table(changes: tuple[StrideChange, ...]) -> str:
    """The convolutions whose maps differ, and the sum of what they do more."""
    lines = ["| Convolution | v1: map in → out | v1.5: map in → out | v1 MACs | v1.5 MACs | more |"]
    lines.append("|---|---|---|---:|---:|---:|")
    for each in changes:
        lines.append(
            f"| {each.name}, {each.kernel}x{each.kernel} | {_maps(each.v1_in, each.v1_out)} "
            f"| {_maps(each.v15_in, each.v15_out)} | {each.v1_macs:,} | {each.v15_macs:,} "
            f"| {each.more:,} |"
        )
    sums = (sum(getattr(c, field) for c in changes) for field in ("v1_macs", "v15_macs", "more"))
    lines.append("| **together** | | | " + " | ".join(f"**{n:,}**" for n in sums) + " |")
    return "\n".join(lines)


def errors_sentence(spec: NetSpec, near: tuple[Published, ...]) -> str:
    printed = any(row.net == spec for row in near)
    if printed:
        return f"The paper prints an error for {spec.title}; beside it, its neighbours in depth."
    return (
        f"The table prints no error for exactly {spec.title}, and none is claimed here. "
        "These are the printed nets nearest in depth:"
    )


def errors_table(spec: NetSpec, near: tuple[Published, ...]) -> str:
    """Printed errors, this net's marked."""
    top5 = any(row.top5 is not None for row in near)
    lines = [f"| Net | {near[0].what if near else 'error'} |{' top-5 |' if top5 else ''} Source |"]
    lines.append(f"|---|---:|{'---:|' if top5 else ''}---|")
    for row in near:
        title = row.net.title if row.net else row.label
        name = f"**{title}** ◂ this net" if row.net == spec else title
        fifth = f" {row.top5:.2f} % |" if row.top5 is not None else " |"
        lines.append(f"| {name} | {row.error:.2f} % |{fifth if top5 else ''} {row.source} |")
    return "\n".join(lines)


def vgg_sentence(spec: NetSpec, macs: int, parameters: int, vgg: VggCost) -> str:
    """This net against VGG-19, and where VGG-19 has its weights."""
    full = [row for row in vgg.layers if row.layer.kind == "fc"]
    held, done = sum(row.parameters for row in full), sum(row.macs for row in full)
    words = (
        f"VGG-19 (Fig. 3, left) has {vgg.parameters:,} parameters and does {short(vgg.macs)} "
        "multiply-adds; the paper prints 19.6 billion. Its three fully connected layers hold "
        f"{100 * held / vgg.parameters:.0f} % of the parameters and do "
        f"{100 * done / vgg.macs:.1f} % of the work. "
    )
    if spec.family == "cifar":
        return words + "It sees images of 224x224, so this net for 32x32 is not held against it."
    words += (
        f"{spec.title} does **{100 * macs / vgg.macs:.0f} %** of VGG-19's multiply-adds with "
        f"{100 * parameters / vgg.parameters:.0f} % of its parameters."
    )
    if spec.plain and spec.depth == 34:
        words += " The paper says 18 % of its 34-layer plain net (Section 3.3), from 3.6 and 19.6."
    return words


def _maps(before: Shape, after: Shape) -> str:
    return f"{'x'.join(map(str, before))} → {'x'.join(map(str, after))}"
