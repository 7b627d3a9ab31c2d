"""`svg(cost(spec))` draws a net from left to right, as the paper's Fig. 3 does from top to bottom.

A stage is a tinted panel with its map size and channels. Its first block is drawn layer by layer,
the others, which are all alike, as one stack: so ResNet-1202 is as small as ResNet-20; or, where a
stage is unfolded, one after the other. A shortcut is an arc, solid where the shape stays, dashed
where it changes, with what it does written on it.
Words take the page's text colour (currentColor), so one picture serves light and dark pages.

Imports no streamlit.
"""

from collections.abc import Collection
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from explorer.charts.diagram.layout import (
    GAP,
    SECTION_GAP,
    WIDTH,
    Section,
    extra_width,
    sections,
    shape_words,
)
from explorer.charts.diagram.pen import NUMBER, Pen
from resnet.cost.layers import Cost
from resnet.plan import Plan
from resnet.spec.checks import listed

HEIGHT = 224.0


@dataclass(frozen=True)
class Part:
    """The stem, a stage or the head as marks of SVG, from x = 0; widths in units of the picture.

    folded, unfolded  the whole part; `unfolded` lacks the further blocks, and is "" without any
    block             one further block, with `NUMBER` for its number, also from x = 0
    count             how many of them, the first at `start`, and one every `step`
    """

    stage: int
    folded: str
    folded_width: float
    unfolded: str = ""
    unfolded_width: float = 0.0
    block: str = ""
    count: int = 0
    start: float = 0.0
    step: float = 0.0


@dataclass(frozen=True)
class Picture:
    """The parts of a net's picture in their order, and `legend`, the line under them.

    width, height  of the picture with everything folded; `height` includes the legend
    """

    title: str
    text: str
    width: float
    height: float
    parts: tuple[Part, ...]
    legend: str


def svg(total: Cost, unfolded: Collection[int] = ()) -> str:
    """The picture as one line of SVG, with words of 12 units or more.

    unfolded  the stages (1...) whose blocks are all drawn, which makes the picture wider
    """
    drawn = picture(total)
    marks, x = [], 0.0
    for part in drawn.parts:
        opens = bool(part.count) and part.stage in unfolded
        inside = part.unfolded + further_blocks(part) if opens else part.folded
        marks.append(f'<g transform="translate({x:.1f},0)">{inside}</g>')
        x += (part.unfolded_width if opens else part.folded_width) + SECTION_GAP
    width = max(drawn.width, x - SECTION_GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {drawn.height:.0f}" '
        f'width="{100 * width / drawn.width:.0f}%" role="img" '
        f'aria-label={quoteattr(f"{drawn.title}: {drawn.text}")} font-size="13" '
        f'font-family="inherit" fill="currentColor" '
        f'style="display:block;min-width:{1100 * width / drawn.width:.0f}px">'
        f"<title>{escape(drawn.title)}</title><desc>{escape(drawn.text)}</desc>"
        f"{''.join(marks)}{drawn.legend}</svg>"
    )


def picture(total: Cost, titles: bool = True) -> Picture:
    """The picture in parts, for a page that folds and unfolds them.

    titles  whether every layer has its sentence in a <title>, which browsers show on hovering
    """
    laid_out = total.plan
    layout = sections(laid_out)
    extra = extra_width(layout)
    gaps = SECTION_GAP * (len(layout) - 1)
    needed = sum(each.width(extra) for each in layout) + gaps
    width = max(WIDTH, needed)
    spare = (width - needed) / len(layout)
    pen = Pen(total, titles)
    parts = tuple(_part(pen, each, extra, spare) for each in layout)
    pen.legend(laid_out)
    height = HEIGHT * width / WIDTH  # the same shape for every net
    title = laid_out.spec.title
    return Picture(title, describe(laid_out), width, height, parts, pen.taken())


def further_blocks(part: Part) -> str:
    """The marks of all blocks of an unfolded stage but the first."""
    return "".join(
        f'<g transform="translate({part.start + number * part.step:.1f},0)">'
        f"{part.block.replace(NUMBER, str(number + 2))}</g>"
        for number in range(part.count)
    )


def describe(laid_out: Plan) -> str:
    """The picture in words, for those who do not see it."""
    spec = laid_out.spec
    stages = [
        f"stage {number}: {len(blocks)} {'block' if len(blocks) == 1 else 'blocks'}, "
        f"{shape_words(blocks[-1])}"
        for number, blocks in enumerate(laid_out.stages, start=1)
    ]
    way = "no shortcuts" if spec.plain else f"shortcut option {spec.shortcut} around every block"
    return f"{listed(stages)}; {spec.block} blocks, {way}; {spec.classes} classes"


def _part(pen: Pen, section: Section, extra: float, spare: float) -> Part:
    width = section.width(extra) + spare
    start = pen.panel(section, width, section.inner(extra))
    at = start
    for group in section.groups:
        at = pen.group(group, at, extra)
    pen.flow(at, width)
    folded = pen.taken()
    if section.further is None:
        return Part(section.stage, folded, width)

    inner = section.inner(extra, unfolded=True)
    wide = section.width(extra, unfolded=True)
    start = pen.panel(section, wide, inner)
    at = pen.group(section.groups[0], start, extra)
    pen.flow(start + GAP + inner, wide)
    unfolded = pen.taken()
    step = pen.group(section.further, 0.0, extra, NUMBER)
    block = pen.taken()
    return Part(section.stage, folded, width, unfolded, wide, block, section.others, at, step)
