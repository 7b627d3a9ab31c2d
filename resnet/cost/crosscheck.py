"""Our counts beside other tools' counts, each difference taken apart into reasons that add up.

Every reason is computed from the plan, not from the difference; what is left over is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from resnet.cost.layers import Cost
from resnet.plan import Layer


@dataclass(frozen=True)
class Reason:
    """Why a tool counts `amount` more than we do."""

    amount: int
    words: str


@dataclass(frozen=True)
class Comparison:
    """One number of one tool beside ours.

    reasons      what explains the difference, largest first; empty where there is none
    unexplained  what no reason covers; 0 where all is understood
    """

    tool: str
    quantity: str
    theirs: int
    ours: int
    reasons: tuple[Reason, ...]

    @property
    def difference(self) -> int:
        return self.theirs - self.ours

    @property
    def unexplained(self) -> int:
        return self.difference - sum(reason.amount for reason in self.reasons)


def compare(total: Cost, counted: Mapping[str, int]) -> tuple[Comparison, ...]:
    """What `counters` counted on the built net, beside our closed-form costs of one image."""
    return (
        Comparison("torch", "parameters", counted["parameters"], total.parameters, ()),
        Comparison(
            "torchinfo", "parameters", counted["torchinfo_parameters"], total.parameters, ()
        ),
        Comparison(
            "torchinfo",
            "multiply-adds",
            counted["torchinfo_mult_adds"],
            total.macs,
            _torchinfo_reasons(total),
        ),
        Comparison(
            "FlopCounterMode",
            "FLOPs",
            counted["flop_counter_flops"],
            total.macs,
            (
                Reason(
                    total.macs,
                    "it counts the multiplication and the addition of every multiply-add as two "
                    "operations, so its FLOPs are exactly twice the MACs",
                ),
            ),
        ),
    )


def uncounted(total: Cost) -> str:
    """What neither we nor the tools count, and how much of it the net has, for one image."""
    layers = [row.layer for row in total.layers]
    adds = [layer for layer in layers if layer.kind == "add"]
    pads = [layer for layer in layers if layer.kind == "zero-pad"]
    cuts = [layer for layer in layers if layer.kind == "subsample"]
    if not adds:
        return "A plain net has no additions, zero-padding or slicing that a tool could miss."
    parts = [f"{len(adds):,} additions on shortcuts ({sum(map(_size, adds)):,} numbers)"]
    if cuts:
        parts.append(f"{len(cuts)} slicings (every second pixel)")
    if pads:
        zeros = sum(_size(layer) - layer.in_shape[0] * _pixels(layer) for layer in pads)
        parts.append(f"{len(pads)} zero-paddings ({zeros:,} zeros)")
    return (
        f"In none of the totals: {', '.join(parts)}. torchinfo counts only what has weights, and "
        "FlopCounterMode has no rule for these; the layer table here has a row for each."
    )


def _torchinfo_reasons(total: Cost) -> tuple[Reason, ...]:
    layers = [row.layer for row in total.layers]
    norms = [layer for layer in layers if layer.kind == "norm"]
    biased = [layer for layer in layers if layer.bias]
    scales = 2 * sum(layer.out_shape[0] for layer in norms)
    biases = sum(map(_size, biased))
    reasons = [
        Reason(
            scales,
            f"it adds BN's scale and shift once for each channel of the {len(norms):,} BN layers, "
            "though they are applied at every pixel; the paper does not count BN",
        ),
        Reason(biases, f"it adds biases at every output value: {_biased_words(biased)}"),
    ]
    found = [reason for reason in reasons if reason.amount]
    return tuple(sorted(found, key=lambda reason: -reason.amount))


def _biased_words(biased: list[Layer]) -> str:
    convolutions = sum(layer.kind == "conv" for layer in biased)
    last = "the fully connected layer's"
    return f"those of {convolutions:,} convolutions and {last}" if convolutions else last


def _size(layer: Layer) -> int:
    """Numbers that a layer puts out for one image."""
    return layer.out_shape[0] * _pixels(layer)


def _pixels(layer: Layer) -> int:
    return layer.out_shape[1] * layer.out_shape[2]
