"""`svg(cost(spec))` draws a net from left to right, as the paper's Fig. 3 does from top to bottom.

A stage is a tinted panel with its map size and channels. Its first block is drawn layer by layer,
the others, which are all alike, as one stack: so ResNet-1202 is as small as ResNet-20; or, where a
stage is unfolded, one after the other. A shortcut is an arc, solid where the shape stays, dashed
where it changes, with what it does written on it.
Words take the page's text colour (currentColor), so one picture serves light and dark pages.

Imports no streamlit.
"""

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
from resnet.spec.net import FIELDS

HEIGHT = 224.0


@dataclass(frozen=True)
class DrawnSection:
    """The stem, a stage or the head as marks of SVG, from x = 0; widths in units of the picture.

    folded, unfolded  the whole section; `unfolded` lacks the further blocks, and is "" without any
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
    """The sections of a net's picture in their order, and `legend`, the line under them.

    width, height  of the picture with everything folded; `height` includes the legend
    """

    title: str
    text: str
    width: float
    height: float
    sections: tuple[DrawnSection, ...]
    legend: str


def svg(total: Cost) -> str:
    """The picture, stages folded, as one line of SVG, with words of 12 units or more."""
    drawn = picture(total)
    marks, x = [], 0.0
    for section in drawn.sections:
        marks.append(f'<g transform="translate({x:.1f},0)">{section.folded}</g>')
        x += section.folded_width + SECTION_GAP
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" '
        f'viewBox="0 0 {drawn.width:.0f} {drawn.height:.0f}" role="img" '
        f'aria-label={quoteattr(f"{drawn.title}: {drawn.text}")} font-size="13" '
        'font-family="inherit" fill="currentColor" '
        'style="display:block;min-width:1100px">'
        f"<title>{escape(drawn.title)}</title><desc>{escape(drawn.text)}</desc>"
        f"{''.join(marks)}{drawn.legend}</svg>"
    )


def picture(total: Cost, titles: bool = True) -> Picture:
    """The picture in sections, for a page that folds and unfolds them.

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
    drawn = tuple(_drawn(pen, each, extra, spare) for each in layout)
    pen.legend(laid_out)
    height = HEIGHT * width / WIDTH  # the same shape for every net
    title = laid_out.spec.title
    return Picture(title, describe(laid_out), width, height, drawn, pen.taken())


def describe(laid_out: Plan) -> str:
    """The picture in words, for those who do not see it."""
    spec = laid_out.spec
    stages = [
        f"stage {number}: {len(blocks)} {'block' if len(blocks) == 1 else 'blocks'}, "
        f"{shape_words(blocks[-1])}"
        for number, blocks in enumerate(laid_out.stages, start=1)
    ]
    way = "no shortcuts" if spec.plain else f"shortcut option {spec.shortcut} around every block"
    blocks = FIELDS["block"].short_words(spec.block)
    return f"{listed(stages)}; {blocks}, {way}; {spec.classes} classes"


def _drawn(pen: Pen, section: Section, extra: float, spare: float) -> DrawnSection:
    width = section.width(extra) + spare
    start = pen.panel(section, width, section.inner(extra))
    at = start
    for group in section.groups:
        at = pen.group(group, at, extra)
    pen.flow(at, width)
    folded = pen.taken()
    if section.further is None:
        return DrawnSection(section.stage, folded, width)

    inner = section.inner(extra, unfolded=True)
    wide = section.width(extra, unfolded=True)
    start = pen.panel(section, wide, inner)
    at = pen.group(section.groups[0], start, extra)
    pen.flow(start + GAP + inner, wide)
    unfolded = pen.taken()
    step = pen.group(section.further, 0.0, extra, NUMBER)
    block = pen.taken()
    return DrawnSection(
        section.stage, folded, width, unfolded, wide, block, section.others, at, step
    )
