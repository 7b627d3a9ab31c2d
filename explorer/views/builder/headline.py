"""The figures that head the Build page, in words and numbers that a class can read."""

from dataclasses import dataclass

from resnet.cost.layers import Cost

NOT_COUNTED = (
    "As in the paper, only convolutions and the fully connected layer count. Biases, BN, ReLU, "
    "pooling and the additions do not."
)


@dataclass(frozen=True)
class Figure:
    """`value` is short enough to be read from afar; `note` is a smaller line under it."""

    label: str
    value: str
    note: str
    help: str


def headline(total: Cost) -> tuple[Figure, ...]:
    """Parameters, multiply-adds, layers, activation memory and receptive field of a net."""
    laid_out = total.plan
    spec, image = laid_out.spec, laid_out.image_size
    blocks = len(laid_out.blocks)
    larger = total.receptive_field > image
    on_shortcuts = sum(row.parameters for row in total.layers if row.layer.branch == "shortcut")
    return (
        Figure(
            "Parameters",
            exact(total.parameters),
            f"{exact(on_shortcuts)} of them in shortcuts" if on_shortcuts else "none in shortcuts",
            "The numbers that training sets: weights of the convolutions, scale and shift of each "
            "BN, weights and biases of the last layer.",
        ),
        Figure(
            "Multiply-adds (MACs)",
            short(total.macs),
            "the paper's “FLOPs”",
            f"To classify one image: {total.macs:,} (M: million, G: billion). {NOT_COUNTED}",
        ),
        Figure(
            "Layers",
            f"{spec.depth:,}",
            f"in {blocks} blocks" if blocks > 1 else "in 1 block",
            "The depth as the paper counts it: the convolutions on the way of the data and the "
            "last fully connected layer. Convolutions on shortcuts are not counted.",
        ),
        Figure(
            "Activation memory",
            f"{short(total.activation_bytes)}B",
            "one image, 4 bytes a number",
            "What the layers hand on, all of it kept, as training needs it (fp32; 1 MB: a million "
            "bytes). A ReLU that writes over its input takes none.",
        ),
        Figure(
            "Receptive field",
            f"{total.receptive_field:,} px",
            f"larger than the image ({image} px)" if larger else f"the image has {image} px",
            "The side of the square of input pixels that can change one value of the last map. "
            "The mean pooling after it sees everything.",
        ),
    )


def exact(number: int) -> str:
    """All digits as long as they fit: 853,018, but 30.17 G."""
    return f"{number:,}" if number < 10**9 else short(number)


def short(number: int) -> str:
    """Four digits with a unit: 853.0 k, 125.5 M, 11.28 G (thousand, million, thousand million)."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            value = number / size
            return f"{value:,.{2 if value < 100 else 1 if value < 1000 else 0}f} {unit}"
    return f"{number} "
