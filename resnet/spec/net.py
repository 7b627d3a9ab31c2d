"""`NetSpec` says what a net is, `Recipe` how it is trained: the vocabulary that all rooms share.

A spec has a name and a name has a spec: `NetSpec.parse(str(spec)) == spec`.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from resnet.spec.checks import SpecError, check_number, did_you_mean, known_fields, listed, quoted
from resnet.spec.fields import OTHERS, check_fields, described, fields_of
from resnet.spec.recipe import Recipe

__all__ = ["ImageNetName", "NetSpec", "Recipe", "SpecError", "for_classes", "valid_depths_near"]

IMAGENET_BLOCKS = {
    18: ("basic", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
}
LAYERS_PER_BLOCK = {"basic": 2, "bottleneck": 3, "single": 1}
EXAMPLE_STAGES = {"cifar": "234", "imagenet": "2345"}  # blocks of each stage, one digit each
LAYERS_PER_CIFAR_STEP = {block: 3 * layers for block, layers in LAYERS_PER_BLOCK.items()}
MAX_DEPTH = 1202
MOST_BLOCKS = (MAX_DEPTH - 2) // 2  # of a stage
FIRST_WIDTH = {"cifar": 16, "imagenet": 64}
CLASSES = {"cifar": 10, "imagenet": 1000}
IMAGE_SIZE = {"cifar": 32, "imagenet": 224}


@dataclass(frozen=True)
class NetSpec:
    """One architecture (He et al. 2015, Sections 3.3 and 4.2).

    Fields left at None take the paper's value for the family. `shortcut` is "none" for a plain net,
    else the option A, B or C of Section 4.1; `stride_on` "3x3" is torchvision's "v1.5"; `order`
    "pre" is arXiv 1603.05027; `stages` are blocks per stage that the paper does not have, as
    (2, 3, 4), and None where they are the paper's own.

    Raises SpecError, a ValueError whose sentence names the value, the cause and what would work.
    """

    # fmt: off
    family: str = described(
        "cifar", "Family", "CIFAR nets see 32x32 pixels, ImageNet nets 224x224.",
        choices={"cifar": "CIFAR", "imagenet": "ImageNet"},
        words={"cifar": "CIFAR", "imagenet": "ImageNet"},
    )
    depth: int = described(  # where it is None: 20, ImageNet's 18, or what `stages` make it
        None, "Depth", "Layers, as the paper counts them. Any other can be typed in: CIFAR nets "
        "have 6n+2 layers with basic blocks, 9n+2 with bottleneck and 3n+2 with single-layer "
        "ones.", low=1, high=MAX_DEPTH, words="{}", short="{} layers",
    )
    block: str | None = described(
        None, "Block", "basic: two 3x3 convolutions. bottleneck: a 1x1, a 3x3 and a 1x1 "
        "convolution, the last with four times as many channels. single layer: one 3x3 "
        "convolution, y = W1 x + x, for which the paper has not observed advantages (Section 3.2).",
        choices={"basic": "basic", "bottleneck": "bottleneck", "single": "single layer"},
        words={"single": "single-layer"}, short="{} blocks",
    )
    shortcut: str | None = described(
        None, "Shortcut", "What is added to the output of each block. A projection is a 1x1 "
        "convolution, which has weights of its own.",
        choices={
            "none": "none (plain)", "A": "A: zero-padding",
            "B": "B: projection where shapes change", "C": "C: projection everywhere",
        },
        words={"none": "none (plain)"}, short={"none": "plain", OTHERS: "option {}"},
        preposition="",
    )
    stride_on: str = described(
        "1x1", "Stride on", "Which convolution of a bottleneck halves the map where a stage "
        "begins. The paper: its first 1x1. torchvision: its 3x3.",
        choices={"1x1": "first 1x1 (paper)", "3x3": "3x3 (torchvision)"},
        words={"1x1": "the first 1x1", "3x3": "the 3x3"}, differs="the place of the stride",
        unit=" convolution",
    )
    width: int | None = described(
        None, "Channels of the first stage", "In the paper 16 for CIFAR, 64 for ImageNet. Each "
        "further stage has twice as many.", low=1, high=1024, short="width {}",
        differs="the width of the first stage", unit=" channels",
    )
    classes: int | None = described(
        None, "Classes", "Outputs of the last layer: 10 for CIFAR-10, 1000 for ImageNet.",
        low=2, high=100_000, short="{} classes", differs="the number of classes",
    )
    order: str = described(
        "post", "Order in a block", "Pre-activation (He et al. 2016) puts BN and ReLU before each "
        "convolution instead of after it.",
        choices={"post": "convolution, BN, ReLU (paper)", "pre": "BN, ReLU, convolution (2016)"},
        words="{}-activation", short="{}",
    )
    norm: str = described(
        "batch", "Normalisation", "The paper normalises after every convolution.",
        choices={"batch": "batch normalisation (paper)", "none": "none"},
        words={"batch": "on", "none": "off"}, short={"batch": "BN", "none": "no BN"},
        differs="batch normalization",
    )
    activation: str = described(
        "relu", "Activation", "The nonlinearity between the layers.",
        choices={"relu": "ReLU (paper)", "tanh": "tanh", "sigmoid": "sigmoid"},
        words={"relu": "ReLU"}, short="{}", preposition="",
    )
    stages: tuple[int, ...] | None = described(
        None, "Blocks in each stage", "As 3, 4, 6, 3; they decide the depth. Empty: the paper's. "
        "CIFAR nets have three stages, ImageNet nets four.", low=1, high=MOST_BLOCKS,
        none="the paper's", short="{} blocks", differs="the number of blocks by stage",
    )
    # fmt: on

    def __post_init__(self) -> None:
        FIELDS["family"].check(self.family)
        if self.stages is not None:
            self._count_stages()
        self._fill("depth", 20 if self.family == "cifar" else 18)
        FIELDS["depth"].check(self.depth)
        self._fill(
            "block", IMAGENET_BLOCKS[self.depth][0] if self._is_known_imagenet() else "basic"
        )
        self._fill("shortcut", "A" if self.family == "cifar" else "B")
        self._fill("width", FIRST_WIDTH[self.family])
        self._fill("classes", CLASSES[self.family])
        check_fields(self)
        if self.stages is None:
            self._check_depth()
        if self.stride_on == "3x3" and self.block != "bottleneck":
            raise SpecError(
                f"stride_on '3x3' was given for a {self._kind} block, which has no 1x1 "
                "convolution; leave it at '1x1', or use a bottleneck block"
            )

    @property
    def plain(self) -> bool:
        return self.shortcut == "none"

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks in each stage: (n, n, n) for the CIFAR family, Table 1's for ImageNet."""
        if self.stages is not None:
            return self.stages
        if self.family == "imagenet":
            return IMAGENET_BLOCKS[self.depth][1]
        return ((self.depth - 2) // LAYERS_PER_CIFAR_STEP[str(self.block)],) * 3

    @property
    def title(self) -> str:
        """What people read: "plain-56", "ResNet-56 A", "ImageNet ResNet-50 B, stride on 3x3"."""
        family = "ImageNet " if self.family == "imagenet" else ""
        name = f"plain-{self.depth}" if self.plain else f"ResNet-{self.depth} {self.shortcut}"
        words = [f"{family}{name}"]
        if self.stages:
            words.append(f"{'+'.join(map(str, self.stages))} {self._kind} blocks")
        elif self.family == "cifar" and self.block != "basic":
            words.append("bottleneck" if self.block == "bottleneck" else f"{self._kind} blocks")
        return ", ".join(words + [title for title, _ in self._unusual()])

    def __str__(self) -> str:
        family = "imagenet-" if self.family == "imagenet" else ""
        name = f"plain{self.depth}" if self.plain else f"resnet{self.depth}-{self.shortcut}"
        parts = [f"{family}{name}"]
        if self.block != "basic" and (self.family == "cifar" or self.stages):
            parts.append(str(self.block))
        if self.stages:
            parts.append(f"stages{'.'.join(map(str, self.stages))}")
        return "-".join(parts + [name for _, name in self._unusual()])

    @property
    def _kind(self) -> str:
        """Its blocks in words: "basic", "single-layer"."""
        return FIELDS["block"].value_words(self.block)

    def _unusual(self) -> list[tuple[str, str]]:
        """What departs from the family's usual net: as its title says it, and as its name does."""
        words = (
            (self.stride_on == "3x3", "stride on 3x3", "3x3"),
            (self.width != FIRST_WIDTH[self.family], f"width {self.width}", f"w{self.width}"),
            (self.classes != CLASSES[self.family], f"{self.classes} classes", f"c{self.classes}"),
            (self.order == "pre", "pre-activation", "pre"),
            (self.norm == "none", "no BN", "nonorm"),
            (self.activation != "relu", self.activation, self.activation),
        )
        return [(title, name) for departs, title, name in words if departs]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The net that a name stands for: "plain56", "resnet56-A", "imagenet-resnet50-B-3x3".

        Raises SpecError; ImageNetName for "resnet50", which has that name everywhere else.
        """
        match = re.fullmatch(
            r"(imagenet-)?(plain|resnet)-?(\d{1,6})((?:-[a-z0-9.]+)*)", text.strip().lower()
        )
        if match is None:
            raise SpecError(
                f"{quoted(text)} is not the name of a net; names look like plain56, resnet56-A, "
                "resnet164-A-bottleneck or imagenet-resnet50-B"
            )
        given: dict[str, Any] = {
            "family": "imagenet" if match[1] else "cifar",
            "depth": int(match[3]),
        }
        if match[2] == "plain":
            given["shortcut"] = "none"
        for word in match[4].split("-")[1:]:
            field, value = _meaning(word, text)
            if field in given:
                raise SpecError(
                    f"{quoted(text)} says {field} twice; {quoted(word)} is one word too many"
                )
            given[field] = value
        if not match[1] and not {"block", "stages"} & set(given):
            _check_elsewhere(cls, given, text)
        return cls(**given)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**known_fields(cls, text))

    def _fill(self, field: str, value: Any) -> None:
        if getattr(self, field) is None:
            object.__setattr__(self, field, value)

    def _count_stages(self) -> None:
        """Checks the stages and sets the depth; forgets stages that are the paper's own."""
        self._fill("block", "basic")
        FIELDS["block"].check(self.block)
        wanted = len(EXAMPLE_STAGES[self.family])
        given = self.stages if isinstance(self.stages, list | tuple) else ()
        if len(given) != wanted:
            example = ".".join(EXAMPLE_STAGES[self.family])
            raise SpecError(
                f"stages {quoted(self.stages)} are not blocks for {wanted} stages, which "
                f"{self.family} nets have; give {wanted} numbers, as {example}"
            )
        for count in given:
            check_number("blocks in a stage", count, 1, MOST_BLOCKS, whole=True)
        depth = LAYERS_PER_BLOCK[str(self.block)] * sum(given) + 2
        if self.depth not in (None, depth):
            raise SpecError(
                f"depth {self.depth} does not go with {'.'.join(map(str, given))} {self._kind} "
                f"blocks, which make depth {depth}; write {depth}, or leave the stages out"
            )
        object.__setattr__(self, "depth", depth)
        object.__setattr__(self, "stages", None if self._is_the_papers(given) else tuple(given))

    def _is_the_papers(self, stages: tuple[int, ...] | list[int]) -> bool:
        if self.family == "imagenet":
            return IMAGENET_BLOCKS.get(self.depth) == (self.block, tuple(stages))
        return len(set(stages)) == 1

    def _is_known_imagenet(self) -> bool:
        return self.family == "imagenet" and self.depth in IMAGENET_BLOCKS

    def _check_depth(self) -> None:
        if self.family == "imagenet":
            if self.depth not in IMAGENET_BLOCKS:
                raise SpecError(
                    f"depth {self.depth} is not one of the ImageNet nets; "
                    f"choose {listed(IMAGENET_BLOCKS, 'or')}"
                )
            if self.block != IMAGENET_BLOCKS[self.depth][0]:
                raise SpecError(
                    f"the ImageNet net of depth {self.depth} is made of "
                    f"{IMAGENET_BLOCKS[self.depth][0]} blocks, not of {self._kind} blocks"
                )
            return
        neighbours = valid_depths_near(self.depth, str(self.block))
        if self.depth not in neighbours:
            step = LAYERS_PER_CIFAR_STEP[str(self.block)]
            near = listed(neighbours)
            raise SpecError(
                f"depth {self.depth} is not {step}n+2; "
                + (f"the nearest are {near}" if len(neighbours) > 1 else f"the nearest is {near}")
            )


class ImageNetName(SpecError):
    """A name that is an ImageNet net's everywhere else: "resnet50"; `net` is that net."""

    def __init__(self, text: str, net: NetSpec, of_cifar: str) -> None:
        super().__init__(
            f"{quoted(text)} is the name of an ImageNet net, which is written {net} here; "
            f"{of_cifar}"
        )
        self.net = net


FIELDS = fields_of(NetSpec)
WRITTEN_OUT = ("block", "stride_on", "order", "activation")  # in a name, by their values


def for_classes(spec: NetSpec, classes: int) -> NetSpec:
    """The net for images in so many classes; one that names a number of its own keeps it."""
    named = spec.classes != CLASSES[spec.family]
    return spec if named or classes < 2 else replace(spec, classes=classes)


def valid_depths_near(depth: int, block: str) -> tuple[int, ...]:
    """The CIFAR depth itself if it fits, else its neighbours that do.

    Of basic blocks 6n+2 fit, of bottleneck blocks 9n+2, of single layers 3n+2.
    """
    step = LAYERS_PER_CIFAR_STEP[block]
    deepest = (MAX_DEPTH - 2) // step
    below = max(0, min((depth - 2) // step, deepest))
    if below >= 1 and below * step + 2 == depth:
        return (depth,)
    return tuple(n * step + 2 for n in (below, below + 1) if 1 <= n <= deepest)


def _check_elsewhere(cls: type[NetSpec], given: dict[str, Any], text: str) -> None:
    """Raises ImageNetName for "resnet50", which would else be a CIFAR net, and for "plain34"."""
    depth = given["depth"]
    fits = valid_depths_near(depth, "basic") == (depth,)
    if depth not in IMAGENET_BLOCKS or (fits and "shortcut" in given):
        return
    elsewhere = cls(**{**given, "family": "imagenet"})
    if fits:
        raise ImageNetName(text, elsewhere, f"the CIFAR net of depth {depth} is resnet{depth}-A")
    near = listed(valid_depths_near(depth, "basic"))
    raise ImageNetName(
        text, elsewhere, f"a CIFAR net has 6n+2 layers, and those nearest to {depth} are {near}"
    )


def _meaning(word: str, text: str) -> tuple[str, Any]:
    if word in ("a", "b", "c"):
        return "shortcut", word.upper()
    if word == "nonorm":
        return "norm", "none"
    for field in WRITTEN_OUT:
        if word in FIELDS[field].choices:
            return field, word
    stages = re.fullmatch(r"stages(\d{1,4}(?:\.\d{1,4})*)", word)
    if stages:
        return "stages", tuple(int(count) for count in stages[1].split("."))
    number = re.fullmatch(r"([wc])(\d{1,6})", word)
    if number:
        return ("width" if number[1] == "w" else "classes"), int(number[2])
    block, stride_on, order, activation = (FIELDS[field].choices for field in WRITTEN_OUT)
    known = ("A", "B", "C", *block, *stride_on, *order, "nonorm", *activation)
    raise SpecError(
        f"{quoted(text)} contains {quoted(word)}, which says nothing about a "
        f"net{did_you_mean(word, known)} "
        f"Known are {listed(known)}, w16 for a width, c100 for classes, "
        "stages2.3.4 for blocks per stage"
    )
