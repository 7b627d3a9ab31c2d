"""Shortcut variants of He et al. 2016 and what the paper found, as data; without torch."""

from dataclasses import dataclass

SOURCE = "He et al. 2016 (arXiv 1603.05027), Table 1: ResNet-110 on CIFAR-10, median of 5 runs"
FAILS_ABOVE = 20.0  # percent test error, which the table prints as "fail"
PRE_SOURCE = "He et al. 2016 (arXiv 1603.05027), Table 2: ResNet-110 on CIFAR-10, median of 5 runs"


@dataclass(frozen=True)
class Variant:
    """What stands on the shortcut and what the residual branch is multiplied by.

    shortcut, branch  as the paper writes them; x is the block's input, g(x) a gate: the sigmoid of
                      a 1x1 convolution of x with bias
    bias              the gate's bias before training; None without a gate
    error             the paper's test error in percent; None where it prints "fail" (over 20 %)
    """

    name: str
    title: str
    shortcut: str
    branch: str
    error: float | None
    bias: float | None = None
    source: str = SOURCE


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant("identity", "identity", "x", "F(x)", 6.61),
        Variant("scaled-shortcut", "constant scaling, shortcut alone", "0.5 x", "F(x)", None),
        Variant("scaled-both", "constant scaling, both", "0.5 x", "0.5 F(x)", 12.35),
        Variant("exclusive-gate", "exclusive gate", "(1 - g(x)) x", "g(x) F(x)", 8.70, bias=-6.0),
        Variant("shortcut-gate", "shortcut-only gate", "(1 - g(x)) x", "F(x)", 6.91, bias=-6.0),
        Variant(
            "shortcut-gate-0",
            "shortcut-only gate, half open",
            "(1 - g(x)) x",
            "F(x)",
            12.86,
            bias=0.0,
        ),
        Variant("1x1", "1x1 convolution on every shortcut", "conv 1x1", "F(x)", 12.22),
        Variant("dropout", "dropout on the shortcut", "dropout 0.5", "F(x)", None),
        Variant("pre-activation", "pre-activation", "x", "F(x)", 6.37, source=PRE_SOURCE),
    )
}
