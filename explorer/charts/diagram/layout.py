"""What the picture of a net consists of, and how wide each section is; `pen` draws it.

Lengths are units of the SVG: pixels, where the picture is 1,120 wide.

Imports no streamlit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from resnet.plan import ACTIVATIONS, Block, Layer, Plan

WIDTH = 1120.0
SECTION_GAP = 10.0  # between the stem, the stages and the head
GAP, PAD = 3.0, 4.0
STRIP = 3.0  # width of BN and of an activation
LETTER = 6.6  # of 13 px, on average
WIDEST_EXTRA = 34.0


@dataclass(frozen=True)
class Piece:
    """Something on the way of the data.

    kind    box (a convolution, pooling or fc layer), strip (BN or activation), plus, fork (where
            the shortcut leaves), or stack (the convolutions of all further blocks of a stage)
    width   at least
    layers  what it stands for; a stack has a line of words for each
    note    words under it
    """

    kind: str
    width: float
    layers: tuple[Layer, ...] = ()
    lines: tuple[str, ...] = ()
    note: str = ""

    def advance(self, extra: float) -> float:
        """From the end of the last piece to that of this one; a strip sticks to what precedes."""
        if self.kind == "strip":
            return self.width
        return GAP + self.wide(extra)

    def wide(self, extra: float) -> float:
        return self.width + (extra if self.kind in ("box", "stack") else 0.0)


@dataclass(frozen=True)
class Group:
    """The pieces of the stem, of the head, or of a block; `others` are further blocks like it."""

    pieces: tuple[Piece, ...]
    block: Block | None = None
    others: int = 0

    def advance(self, extra: float) -> float:
        return sum(piece.advance(extra) for piece in self.pieces)


@dataclass(frozen=True)
class Section:
    """The stem, a stage or the head, under two lines of heading.

    groups   what it shows folded: the first block, and a stack for the others
    further  what stands in the stack's place, once for each of the others, when it is unfolded
    """

    stage: int
    heading: str
    size: str
    groups: tuple[Group, ...]
    further: Group | None = None

    @property
    def others(self) -> int:
        return self.groups[-1].others

    def inner(self, extra: float, unfolded: bool = False) -> float:
        """Width of its pieces, when every box is `extra` wider than it must be."""
        if unfolded and self.further:
            further = self.others * self.further.advance(extra)
            return self.groups[0].advance(extra) + further - GAP
        return sum(group.advance(extra) for group in self.groups) - GAP

    def width(self, extra: float, unfolded: bool = False) -> float:
        sign = 2 * LETTER if self.further else 0.0  # the page marks what can be unfolded
        heading = words(self.heading) * 1.1 + sign
        return max(self.inner(extra, unfolded), heading, words(self.size)) + 2 * PAD


def sections(laid_out: Plan) -> list[Section]:
    """A net's sections in the order of the data; all blocks of a stage but its first in one."""
    spec = laid_out.spec
    stem = Group(tuple(_pieces(laid_out.stem)))
    found = [Section(0, "Image", f"{laid_out.image_size}×{laid_out.image_size}", (stem,))]
    for number, blocks in enumerate(laid_out.stages, start=1):
        count = "1 block" if len(blocks) == 1 else f"{len(blocks)} blocks"
        groups = [Group(tuple(_block_pieces(blocks[0])), blocks[0])]
        further = None
        if len(blocks) > 1:
            groups.append(Group(tuple(_stack_pieces(blocks)), blocks[1], len(blocks) - 1))
            further = Group(tuple(_block_pieces(blocks[1])), blocks[1])
        size = shape_words(blocks[-1])
        found.append(Section(number, f"Stage {number}: {count}", size, tuple(groups), further))
    head = Group(tuple(_pieces(laid_out.head)))
    found.append(Section(len(found), "Classes", str(spec.classes), (head,)))
    return found


def extra_width(layout: list[Section]) -> float:
    """What every box can have beyond its need, so that the sections together fill the width."""
    room = WIDTH - SECTION_GAP * (len(layout) - 1)
    low, high = 0.0, WIDEST_EXTRA
    for _ in range(12):
        middle = (low + high) / 2
        fits = sum(each.width(middle) for each in layout) <= room
        low, high = (middle, high) if fits else (low, middle)
    return low


def shape_words(block: Block) -> str:
    channels, height, width = block.out_shape
    return f"{height}×{width}, {channels} channels"


def words(text: str) -> float:
    """Roughly how wide a line of 13 px is."""
    return LETTER * len(text)


def _pieces(layers: Iterable[Layer]) -> Iterator[Piece]:
    for layer in layers:
        if layer.kind == "norm" or layer.kind in ACTIVATIONS:
            yield Piece("strip", STRIP, (layer,))
        elif layer.kind == "add":
            yield Piece("plus", 14, (layer,))
        else:
            yield _box(layer)


def _box(layer: Layer) -> Piece:
    lines = {
        "conv": (f"{layer.kernel}×{layer.kernel}", str(layer.out_shape[0])),
        "max-pool": ("max", "pool"),
        "average-pool": ("mean", "pool"),
        "fc": ("fc", str(layer.out_shape[0])),
    }[layer.kind]
    halves = layer.stride > 1 and layer.kind != "average-pool"
    note = f"stride {layer.stride}" if halves else ""
    margin = 4 if layer.kind == "conv" else 9  # letters are wider than digits
    width = max(30.0, words(note) - 12, *(words(line) + margin for line in lines))
    return Piece("box", width, (layer,), lines, note)


def _block_pieces(block: Block) -> Iterator[Piece]:
    yield from _pieces(block.before)
    yield Piece("fork", 4)
    yield from _pieces((*block.main, *_after(block)))


def _stack_pieces(blocks: tuple[Block, ...]) -> Iterator[Piece]:
    block = blocks[1]
    convs = tuple(layer for layer in block.main if layer.kind == "conv")
    lines = tuple(f"{conv.kernel}×{conv.kernel}, {conv.out_shape[0]}" for conv in convs)
    width = max(words(line) for line in lines) + 4
    yield Piece("fork", 4)
    yield Piece("stack", width, convs, lines, f"{len(blocks) - 1} more")
    yield from _pieces(_after(block))


def _after(block: Block) -> tuple[Layer, ...]:
    return (*((block.add,) if block.add else ()), *block.after)
