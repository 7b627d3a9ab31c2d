"""Nets side by side: headline figures and their differences, costs by stage, layers that differ.

The first net is the one that the others are compared with. Layers are aligned by their place:
stage, block and name. Costs are for one image of the paper's size; 1 MAC = one multiply-add.

Imports no streamlit.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from explorer.views.builder.headline import exact, short
from explorer.views.builder.sections.compare.landmarks import SHORT_MEASURES
from explorer.views.builder.sections.layers.table import KIND_WORDS
from resnet.cost import cost
from resnet.cost.layers import Cost
from resnet.paper.errors import published_error
from resnet.plan import Block, Layer, Plan
from resnet.spec import NetSpec
from resnet.spec.checks import listed

Nets = tuple[NetSpec, ...]

ABSENT = "–"
WHOLE_BLOCK = "the whole block"


@dataclass(frozen=True)
class TableRow:
    """One headline figure: a cell for each net, the first net's without a difference."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class StageCost:
    """`parameters` and `macs` of what a net does in one stage; "first" and "last" lie outside."""

    stage: str
    parameters: int
    macs: int


@dataclass(frozen=True)
class Differing:
    """A layer that is not the same in all nets; `blocks` is a range of blocks that agree in it."""

    stage: str
    blocks: str
    layer: str
    cells: tuple[str, ...]


def headlines(nets: Nets) -> tuple[TableRow, ...]:
    """Parameters, MACs, activation memory, depth, receptive field, and the published error."""
    totals = [cost(net) for net in nets]
    quantities: tuple[tuple[str, Callable[[Cost], int], Callable[[int], str]], ...] = (
        ("Parameters", lambda total: total.parameters, exact),
        ("Multiply-adds (MACs)", lambda total: total.macs, short),
        ("Activation memory", lambda total: total.activation_bytes, _bytes),
        ("Layers", lambda total: total.plan.spec.depth, exact),
        ("Receptive field", lambda total: total.receptive_field, _pixels),
    )
    rows = [
        TableRow(label, _cells([take(total) for total in totals], write))
        for label, take, write in quantities
    ]
    if any(published_error(net) for net in nets):
        rows.append(TableRow("Published error", tuple(_error(net) for net in nets)))
    return tuple(rows)


def difference(value: int, first: int, write: Callable[[int], str]) -> str:
    """ "+1.94 M (x 3.27)": against the first net, absolute and relative."""
    if value == first:
        return "the same"
    sign = "+" if value > first else "−"
    ratio = value / first
    if abs(ratio - 1) < 0.1:
        relative = f"{100 * (ratio - 1):+.2f} %".replace("-", "−")
    else:
        relative = f"× {ratio:.2f}" if 0.01 <= ratio < 100 else f"× {ratio:.3g}"
    return f"{sign}{write(abs(value - first)).strip()} ({relative})"


@lru_cache(maxsize=64)
def by_stage(net: NetSpec) -> tuple[StageCost, ...]:
    """Parameters and MACs of a net for "first", each stage, and "last"."""
    total = cost(net)
    last = len(total.plan.stages) + 1
    sums = [[0, 0] for _ in range(last + 1)]
    for row in total.layers:
        sums[row.layer.stage][0] += row.parameters
        sums[row.layer.stage][1] += row.macs
    return tuple(
        StageCost(_stage(stage, last), parameters, macs)
        for stage, (parameters, macs) in enumerate(sums)
    )


@lru_cache(maxsize=16)
def differing_layers(nets: Nets) -> tuple[Differing, ...]:
    """The layers that are not the same in all nets, in the order of the data; empty if none.

    Neighbouring blocks whose layers differ in the same way share their rows.
    """
    plans = [cost(net).plan for net in nets]
    stages = max(len(laid_out.stages) for laid_out in plans)
    rows = list(_outside("first", [laid_out.stem for laid_out in plans]))
    for stage in range(1, stages + 1):
        rows += _in_stage(str(stage), [_stage_blocks(laid_out, stage) for laid_out in plans])
    rows += _outside("last", [laid_out.head for laid_out in plans])
    return tuple(rows)


def _cells(values: Sequence[int], write: Callable[[int], str]) -> tuple[str, ...]:
    first, *others = values
    return (
        write(first).strip(),
        *(f"{write(each).strip()}<br>{difference(each, first, write)}" for each in others),
    )


def _error(net: NetSpec) -> str:
    printed = published_error(net)
    if printed is None:
        return ABSENT
    return f"{printed.error:.2f} % ({SHORT_MEASURES[net.family]})<br>{printed.said}"


def _bytes(number: int) -> str:
    return f"{short(number)}B"


def _pixels(number: int) -> str:
    return f"{number:,} px"


def _stage(stage: int, last: int) -> str:
    return "first" if stage == 0 else "last" if stage == last else str(stage)


def _stage_blocks(laid_out: Plan, stage: int) -> tuple[Block, ...]:
    return laid_out.stages[stage - 1] if stage <= len(laid_out.stages) else ()


def _outside(stage: str, parts: Sequence[Sequence[Layer]]) -> Iterator[Differing]:
    named = [{layer.name: layer for layer in part} for part in parts]
    for name, cells in _unequal(named):
        yield Differing(stage, "", name, cells)


def _in_stage(stage: str, parts: Sequence[tuple[Block, ...]]) -> Iterator[Differing]:
    """The rows of the blocks of one stage, one tuple of blocks for each net."""
    run: list[tuple[str, tuple[str, ...]]] = []
    start = 1
    longest = max(len(blocks) for blocks in parts)
    for index in range(1, longest + 2):
        here = [blocks[index - 1] if index <= len(blocks) else None for blocks in parts]
        rows = _in_block(here) if index <= longest else []
        if index > 1 and (rows != run or index > longest):
            blocks = str(start) if start == index - 1 else f"{start} to {index - 1}"
            yield from (Differing(stage, blocks, name, cells) for name, cells in run)
            start = index
        run = rows


def _in_block(blocks: Sequence[Block | None]) -> list[tuple[str, tuple[str, ...]]]:
    """Blocks that only some nets have are one row; then the layers that differ among the others."""
    there = [index for index, block in enumerate(blocks) if block]
    rows = []
    if len(there) < len(blocks):
        rows.append((WHOLE_BLOCK, tuple(_block_words(block) for block in blocks)))
    named = [
        {layer.name.removeprefix(f"{block.name}."): layer for layer in block.layers}
        for block in blocks
        if block
    ]
    for name, found in _unequal(named):
        cells = [ABSENT] * len(blocks)
        for index, cell in zip(there, found, strict=True):
            cells[index] = cell
        rows.append((name, tuple(cells)))
    return rows


def _block_words(block: Block | None) -> str:
    """ "3x3 and 3x3 convolution: 16x32x32"."""
    if block is None:
        return ABSENT
    kernels = [f"{each.kernel}x{each.kernel}" for each in block.main if each.kind == "conv"]
    return f"{listed(kernels)} convolution: {'x'.join(map(str, block.out_shape))}"


def _unequal(named: Sequence[dict[str, Layer]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and cells of the layers that some net lacks or has otherwise."""
    for name in _merged([list(layers) for layers in named]):
        here = [layers.get(name) for layers in named]
        if len({_what(layer) for layer in here}) > 1:
            yield name, tuple(_words(layer) for layer in here)


def _merged(lists: Sequence[list[str]]) -> list[str]:
    """Every name once; one that only a later list has follows the name before it there."""
    order = list(lists[0])
    for names in lists[1:]:
        place = 0
        for name in names:
            if name in order:
                place = order.index(name) + 1
            else:
                order.insert(place, name)
                place += 1
    return order


def _what(layer: Layer | None) -> tuple[object, ...] | None:
    """All that a layer does, without where it stands."""
    if layer is None:
        return None
    return (
        layer.kind, layer.in_shape, layer.out_shape, layer.kernel, layer.stride, layer.bias,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _words(layer: Layer | None) -> str:
    """ "3x3 convolution, stride 2: 16x32x32 to 32x16x16"."""
    if layer is None:
        return ABSENT
    kind = KIND_WORDS.get(layer.kind, layer.kind)
    kernel = f"{layer.kernel}x{layer.kernel} " if layer.kernel > 1 or layer.kind == "conv" else ""
    stride = f", stride {layer.stride}" if layer.stride > 1 else ""
    bias = ", with bias" if layer.bias and layer.kind == "conv" else ""
    before, after = ("x".join(map(str, shape)) for shape in (layer.in_shape, layer.out_shape))
    shape = after if before == after else f"{before} to {after}"
    return f"{kernel}{kind}{stride}{bias}: {shape}"
