"""What the paper prints, as data, one tuple per table, and `what_the_paper_prints(spec)`.

A row names its net by our name for it (`str(NetSpec)`), so a published figure belongs to exactly
one net and to no variant of it; rows of other people's nets have no such name. Errors in percent.
Source: He et al. 2015 (arXiv 1512.03385) and, where said, He et al. 2016 (arXiv 1603.05027).
"""

from dataclasses import dataclass

from resnet.spec import NetSpec

PAPER = "He et al. 2015"
FOLLOW_UP = "He et al. 2016"
MEDIAN = "median of five runs"  # what the follow-up's figures on CIFAR-10 are


@dataclass(frozen=True)
class ImageNetRow:
    """A row of Tables 2, 3 or 4: errors on the ImageNet validation set."""

    label: str
    net: str | None
    top1: float
    top5: float | None = None


@dataclass(frozen=True)
class CifarRow:
    """A row of Table 6: test error on CIFAR-10 with the standard augmentation.

    mean, spread  over five runs, printed beside the best one for two nets
    millions      of parameters
    """

    label: str
    net: str | None
    error: float
    mean: float | None = None
    spread: float | None = None
    millions: float | None = None


@dataclass(frozen=True)
class Fact:
    """One thing that the paper prints for a net.

    quantity  "error", "parameters", "macs" or "curve"
    text      what it is; value: as printed, with its unit; source: paper and table
    """

    quantity: str
    text: str
    value: str
    source: str


# What the paper holds about vanishing gradients, to stand beside every view of gradients.
GRADIENT_POSITION = (
    "**What the paper says of gradients.** Many summaries say that deep plain nets fail because "
    "their gradients vanish. The paper argues that this is unlikely (He et al. 2015, Section 4.1): "
    "with BN, forward signals have non-zero variance, and it verified that backward gradients have "
    "healthy norms, so that neither forward nor backward signals vanish. It takes degradation for "
    "a difficulty of optimisation. Gradients do vanish where a sigmoid squashes them and nothing "
    "normalises: train `plain20-nonorm-sigmoid` beside `plain20-sigmoid` and `plain20` to see it."
)

# Table 1, 10^9 multiply-adds ("FLOPs"); VGG-19: Fig. 3.
TABLE_1 = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}
VGG19_MULTIPLY_ADDS = 19.6

# Table 2: top-1 error, 10-crop testing; the residual nets have no extra parameters (option A).
TABLE_2 = (
    ImageNetRow("plain, 18 layers", "imagenet-plain18", 27.94),
    ImageNetRow("ResNet, 18 layers", "imagenet-resnet18-A", 27.88),
    ImageNetRow("plain, 34 layers", "imagenet-plain34", 28.54),
    ImageNetRow("ResNet, 34 layers", "imagenet-resnet34-A", 25.03),
)

# Table 3: 10-crop testing. ResNet-50/101/152 use option B.
TABLE_3 = (
    ImageNetRow("VGG-16", None, 28.07, 9.33),
    ImageNetRow("plain-34", "imagenet-plain34", 28.54, 10.02),
    ImageNetRow("ResNet-34 A", "imagenet-resnet34-A", 25.03, 7.76),
    ImageNetRow("ResNet-34 B", "imagenet-resnet34-B", 24.52, 7.46),
    ImageNetRow("ResNet-34 C", "imagenet-resnet34-C", 24.19, 7.40),
    ImageNetRow("ResNet-50", "imagenet-resnet50-B", 22.85, 6.71),
    ImageNetRow("ResNet-101", "imagenet-resnet101-B", 21.75, 6.05),
    ImageNetRow("ResNet-152", "imagenet-resnet152-B", 21.43, 5.71),
)

# Table 4: one model, several crops and scales.
TABLE_4 = (
    ImageNetRow("ResNet-34 B", "imagenet-resnet34-B", 21.84, 5.71),
    ImageNetRow("ResNet-34 C", "imagenet-resnet34-C", 21.53, 5.60),
    ImageNetRow("ResNet-50", "imagenet-resnet50-B", 20.74, 5.25),
    ImageNetRow("ResNet-101", "imagenet-resnet101-B", 19.87, 4.60),
    ImageNetRow("ResNet-152", "imagenet-resnet152-B", 19.38, 4.49),
)

# Table 6: single view (Section 4.2). "A in every CIFAR residual net" (Section 4.2).
TABLE_6 = (
    CifarRow("FitNet", None, 8.39),
    CifarRow("Highway, 19 layers", None, 7.54, mean=7.72, spread=0.16),
    CifarRow("Highway, 32 layers", None, 8.80),
    CifarRow("ResNet-20", "resnet20-A", 8.75, millions=0.27),
    CifarRow("ResNet-32", "resnet32-A", 7.51, millions=0.46),
    CifarRow("ResNet-44", "resnet44-A", 7.17, millions=0.66),
    CifarRow("ResNet-56", "resnet56-A", 6.97, millions=0.85),
    CifarRow("ResNet-110", "resnet110-A", 6.43, mean=6.61, spread=0.16, millions=1.7),
    CifarRow("ResNet-1202", "resnet1202-A", 7.93, millions=19.4),
)

# Fig. 6 draws these plain nets without printing a figure, and says of plain-110 that its error
# is higher than this and not displayed.
FIGURE_6_PLAIN = ("plain20", "plain32", "plain44", "plain56")
PLAIN_110_ERROR_ABOVE = 60.0

# He et al. 2016, Table 1 (the shortcut of a ResNet-110) and Table 2 (pre-activation).
FOLLOW_UP_ROWS = (
    CifarRow("1x1 convolution on every shortcut", "resnet110-C", 12.22),
    CifarRow("pre-activation", "resnet110-A-pre", 6.37),
    CifarRow("ResNet-164, pre-activation", None, 5.46),
)

# The depths that a paper trained on CIFAR-10. The bottleneck ones are of He et al. 2016; of single
# layers no paper prints a net: those of basic blocks, to hold them against.
BASIC_DEPTHS = (20, 32, 44, 56, 110, 1202)
CIFAR_DEPTHS = {"basic": BASIC_DEPTHS, "bottleneck": (164, 1001), "single": BASIC_DEPTHS}


def what_the_paper_prints(spec: NetSpec) -> tuple[Fact, ...]:
    """Every published figure of exactly this net, most telling first; empty where there is none."""
    name = str(spec)
    return (*_cifar_facts(name), *_imagenet_errors(name), *_multiply_adds(name, spec.depth))


def _cifar_facts(name: str) -> list[Fact]:
    facts = []
    for row in TABLE_6:
        if row.net == name:
            value = f"{row.error:.2f} %"
            if row.mean is not None:
                value += f" (best of 5 runs; mean {row.mean:.2f} ± {row.spread:.2f} %)"
            text = "test error on CIFAR-10, single view"
            facts.append(Fact("error", text, value, f"{PAPER}, Table 6"))
            if row.millions is not None:
                millions = f"{row.millions:g} million"
                facts.append(Fact("parameters", "parameters", millions, f"{PAPER}, Table 6"))
    for row in FOLLOW_UP_ROWS:
        if row.net == name:
            text = f"test error on CIFAR-10, {MEDIAN} ({row.label})"
            table = "Table 2" if row.label == "pre-activation" else "Table 1"
            facts.append(Fact("error", text, f"{row.error:.2f} %", f"{FOLLOW_UP}, {table}"))
    if name == "plain110":
        text, value = "error on CIFAR-10", f"higher than {PLAIN_110_ERROR_ABOVE:g} %, not drawn"
        facts.append(Fact("error", text, value, f"{PAPER}, Fig. 6"))
    if name in FIGURE_6_PLAIN:
        text, value = "training and test error on CIFAR-10", "curves only, no number"
        facts.append(Fact("curve", text, value, f"{PAPER}, Fig. 6, left"))
    return facts


def _imagenet_errors(name: str) -> list[Fact]:
    tables = (
        (TABLE_2, "10-crop", "Table 2"),
        (TABLE_3, "10-crop", "Table 3"),
        (TABLE_4, "one model, best testing", "Table 4"),
    )
    facts = []
    for table, testing, where in tables:
        for row in table:
            if row.net == name:
                value = f"top-1 {row.top1:.2f} %"
                if row.top5 is not None:
                    value += f", top-5 {row.top5:.2f} %"
                text = f"validation error on ImageNet, {testing}"
                facts.append(Fact("error", text, value, f"{PAPER}, {where}"))
    return facts


def _multiply_adds(name: str, depth: int) -> list[Fact]:
    """Table 1 names no shortcut: it is read as plain, A and B for 18 and 34 layers, B beyond."""
    nets = [f"imagenet-resnet{depth}-B"]
    if depth in (18, 34):
        nets += [f"imagenet-plain{depth}", f"imagenet-resnet{depth}-A"]
    if name not in nets:
        return []
    text = f"multiply-adds of the {depth}-layer net (no shortcut option is named)"
    return [Fact("macs", text, f"{TABLE_1[depth]:g} billion", f"{PAPER}, Table 1")]
