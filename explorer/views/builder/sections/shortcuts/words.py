"""What a net's shortcuts cost, in words and in tables that a class can read (Markdown).

Imports no streamlit.
"""

from explorer.views.builder.headline import short
from resnet.cost.shortcuts import BlockDoubling, OptionCost, kernel_arithmetic
from resnet.labs.variants.table import VARIANTS
from resnet.paper.tables import TABLE_6
from resnet.spec import NetSpec
from resnet.spec.checks import listed

NAMES = {
    "none": "none (plain)",
    "A": "A: identity, zeros for new channels",
    "B": "B: 1x1 convolution where shapes change",
    "C": "C: 1x1 convolution in every block",
}
COLUMNS = (
    ("Parameters", "parameters", ""),
    ("MACs", "macs", ""),
    ("Activation memory", "activation_bytes", "B"),
    ("Kept for the backward pass", "kept_bytes", "B"),
)


def options_table(costs: tuple[OptionCost, ...], chosen: NetSpec) -> str:
    """Each option's figures, and in brackets how much more than the plain net that is."""
    plain = costs[0]
    lines = ["| Shortcut | " + " | ".join(title for title, *_ in COLUMNS) + " |"]
    lines.append("|---|" + "---:|" * len(COLUMNS))
    for each in costs:
        name = NAMES[str(each.spec.shortcut)]
        cells = [f"**{name}** ◂ this net" if each.spec == chosen else name]
        for _, field, unit in COLUMNS:
            value, least = getattr(each, field), getattr(plain, field)
            figure = f"{value:,}" if field == "parameters" else f"{digits(value)}{unit}"
            cells.append(f"{figure} ({more(value, least)})" if each is not plain else figure)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def options_sentences(costs: tuple[OptionCost, ...]) -> str:
    """The table in plain words."""
    plain, a, b, c = costs
    sentences = [
        "Identities (A) add no parameter and no multiply-add; each addition hands on one more "
        f"map, {more(a.activation_bytes, plain.activation_bytes)} activation memory, but training "
        + (
            "has to keep none of it: an addition needs neither of its inputs again."
            if a.kept_bytes == plain.kept_bytes
            else f"keeps {more(a.kept_bytes, plain.kept_bytes)} of it."
        ),
        f"Projections only where shapes change (B) add {share(b.parameters, plain.parameters)} "
        f"parameters and {share(b.macs, plain.macs)} MACs.",
        f"Projections everywhere (C) add {share(c.parameters, plain.parameters)} parameters and "
        f"{share(c.macs, plain.macs)} MACs.",
    ]
    return "\n".join(f"- {sentence}" for sentence in sentences)


def claim_sentences(
    spec: NetSpec, blocks: tuple[BlockDoubling, ...], costs: tuple[OptionCost, ...]
) -> str:
    """Whether projections everywhere double size and time: in one block, and in the whole net."""
    main, projection = kernel_arithmetic(spec)
    _, a, b, c = costs
    if spec.block != "bottleneck":
        layers = "basic blocks: two 3x3 convolutions hold"
        if spec.block == "single":
            layers = "single-layer blocks: a 3x3 convolution holds"
        said = (
            "The paper says that a projection doubles a *bottleneck* block. This net has "
            f"{layers} {main}w² weights on w channels, a projection w². "
            f"One block grows by {projection / main:.1%}".replace("%", " %")
            + ", not by all of it."
        )
    else:
        said = (
            "The paper says (Section 4.1, on Fig. 5 right): with a projection instead of the "
            "identity, time complexity and model size of a bottleneck block “are doubled, as the "
            "shortcut is connected to the two high-dimensional ends”. "
            f"**One block: nearly.** 1x1, 3x3 and 1x1 hold 4w² + 9w² + 4w² = {main}w² weights "
            f"(w: channels of the 3x3), the projection 4w x 4w = {projection}w²: "
            f"x {1 + projection / main:.2f} in weights and in MACs."
        )
    if not blocks:
        return f"{said}\n\nEvery block of this net changes its shape, so B and C are the same net."
    net = (
        f"**The whole net: {'no' if c.macs < 1.9 * b.macs else 'nearly'}.** C has "
        f"x {c.parameters / b.parameters:.2f} the parameters and x {c.macs / b.macs:.2f} the MACs "
        f"of B (of A: x {c.parameters / a.parameters:.2f} and x {c.macs / a.macs:.2f}). "
        "The first layers, the fully connected layer and the blocks that change shape, "
        "where B has a projection already, do not grow with C."
    )
    return f"{said}\n\n{net}"


def gates_words() -> str:
    """What a highway network has in the place of an identity, and how it does where it was tried.

    Source: He et al. 2015, Section 2 and Table 6; He et al. 2016 (arXiv 1603.05027), Table 1.
    """
    identity, exclusive, alone = (
        VARIANTS[name].error for name in ("identity", "exclusive-gate", "shortcut-gate")
    )
    printed = listed(
        f"{row.error:.2f} %{f' (mean {row.mean:.2f})' if row.mean else ''} with "
        f"{row.label.split()[1]} layers"
        for row in TABLE_6
        if row.label.startswith("Highway")
    )
    return (
        r"Highway networks weigh the two branches by a gate: $y = T(x)\,\mathcal{F}(x) + "
        r"(1 - T(x))\,x$, where $T(x)$ lies between 0 and 1 and has weights of its own. "
        "An identity has none and is never closed; where a gate closes the shortcut, a block "
        "learns no residual function any more. Gains in accuracy with extremely increased depth, "
        "over 100 layers, highway networks have not demonstrated, says the paper (Section 2); its "
        f"Table 6 has them at {printed}. Around the blocks of ResNet-110 such gates end at "
        f"{exclusive:.2f} % test error, a gate on the shortcut alone at {alone:.2f} %, the "
        f"identity at {identity:.2f} % (He et al. 2016, Table 1; medians of five runs)."
    )


def blocks_table(blocks: tuple[BlockDoubling, ...]) -> str:
    """The blocks that C gives a projection where A and B have an identity, stage by stage."""
    lines = [
        "| Stage | Such blocks | Parameters of one | + projection | "
        "| MACs of one | + projection | |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {b.stage} | {b.count} | {b.parameters:,} | {b.projection_parameters:,} "
        f"| x {b.parameter_factor:.2f} | {digits(b.macs)} | {digits(b.projection_macs)} "
        f"| x {b.mac_factor:.2f} |"
        for b in blocks
    ]
    return "\n".join(lines)


def digits(value: int) -> str:
    """Four digits with a unit, as the paper's figures are compared: 3.858 G, 125.5 M."""
    return f"{value / 10**9:.3f} G" if 10**9 <= value < 10**10 else short(value)


def more(value: int, least: int) -> str:
    """ "+1.0 %" of `least`, or "+0"."""
    return "+0" if value == least else f"{100 * (value / least - 1):+.1f} %"


def share(value: int, least: int) -> str:
    return f"{100 * (value / least - 1):.1f} %"
