"""`svg(cost(spec))` draws a net from left to right, as the paper's Fig. 3 does from top to bottom.

A stage is a tinted panel with its map size and channels. Its first block is drawn layer by layer,
the others, which are all alike, as one stack: so ResNet-1202 is as small as ResNet-20. A shortcut
is an arc, solid where the shape stays, dashed where it changes, with what it does written on it.
Words take the page's text colour (currentColor), so one picture serves light and dark pages.
"""

from xml.sax.saxutils import escape, quoteattr

from explorer.diagram_layout import (
    ACTIVATIONS,
    GAP,
    SECTION_GAP,
    STRIP,
    WIDTH,
    Group,
    Piece,
    Section,
    extra_width,
    sections,
    shape_words,
    words,
)
from explorer.palette import SHORTCUT, stage_tint
from resnet.cost import Cost, LayerCost
from resnet.plan import Layer, Plan
from resnet.wording import listed

HEIGHT, PANEL = 224.0, 192.0
MIDDLE, ARC = 126.0, 68.0  # where the data flows, and where the shortcuts do
TALLEST, SHORTER = 72.0, 7.0  # a box on the first maps, and what every stage takes off
ACTIVATION_NAMES = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid"}


def svg(total: Cost) -> str:
    """The picture as one line of SVG: 1,120 by 224 units, words of 12 units or more."""
    laid_out = total.plan
    parts = sections(laid_out)
    extra = extra_width(parts)
    gaps = SECTION_GAP * (len(parts) - 1)
    needed = sum(part.width(extra) for part in parts) + gaps
    width = max(WIDTH, needed)
    spare = (width - needed) / len(parts)
    pen = _Pen({row.layer.name: row for row in total.layers}, len(laid_out.stages))
    x = 0.0
    for part in parts:
        if part.stage:
            pen.flow(x - SECTION_GAP, x)
        pen.section(part, x, part.width(extra) + spare, extra)
        x += part.width(extra) + spare + SECTION_GAP
    pen.legend(laid_out)
    title, text = laid_out.spec.title, describe(laid_out)
    box = f"0 0 {width:.0f} {HEIGHT * width / WIDTH:.0f}"  # the same shape for every net
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
        f'width="100%" role="img" aria-label={quoteattr(f"{title}: {text}")} font-size="13" '
        f'font-family="inherit" fill="currentColor" style="display:block;min-width:1100px">'
        f"<title>{escape(title)}</title><desc>{escape(text)}</desc>{''.join(pen.marks)}</svg>"
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


class _Pen:
    """Collects the marks of a picture."""

    def __init__(self, costs: dict[str, LayerCost], stages: int) -> None:
        self.marks: list[str] = []
        self._costs = costs
        self._stages = stages
        self._tint = ""
        self._height = TALLEST

    def section(self, part: Section, x: float, width: float, extra: float) -> None:
        self._tint = stage_tint(part.stage, self._stages)
        self._height = TALLEST - SHORTER * max(0, part.stage - 1)
        self._put(
            f'<rect x="{x:.1f}" y="1" width="{width:.1f}" height="{PANEL:.0f}" rx="8" '
            f'fill="{self._tint}" fill-opacity=".1"/>'
        )
        self._text(x + width / 2, 19, part.heading, "bold")
        self._text(x + width / 2, 37, part.size)
        at = x + (width - part.inner(extra)) / 2 - GAP
        self.flow(x, at)
        for group in part.groups:
            at = self._group(group, at, extra)
        self.flow(at, x + width)

    def flow(self, start: float, end: float) -> None:
        """The way of the data from one piece to the next."""
        self._put(
            f'<line x1="{start:.1f}" y1="{MIDDLE:.0f}" x2="{end:.1f}" y2="{MIDDLE:.0f}" '
            f'stroke="currentColor" stroke-opacity=".7"/>'
        )

    def _group(self, group: Group, at: float, extra: float) -> float:
        alike = f' data-more="{group.others}"' if group.others else ""
        self._put(f'<g class="block"{alike}>' if group.block else "<g>")
        fork = at
        for piece in group.pieces:
            end = at + piece.advance(extra)
            start = end - piece.wide(extra)
            if start > at:
                self.flow(at, start)
            if piece.kind == "fork":
                self.flow(start, end)
                fork = end - 2
            elif piece.kind == "strip":
                self._strip(piece.layers[0], start)
            elif piece.kind == "plus":
                self._plus(piece.layers[0], (start + end) / 2)
                self._arc(group, fork, (start + end) / 2)
            else:
                self._box(piece, start, end - start)
            at = end
        self._put("</g>")
        return at

    def _box(self, piece: Piece, x: float, width: float) -> None:
        """A layer with its words; a stack is several, one over the other."""
        layers = piece.layers
        height = self._height / len(layers) if len(layers) > 1 else self._height
        height = max(height, 20.0)
        top = MIDDLE - height * len(layers) / 2
        for number, layer in enumerate(layers):
            y = top + number * height
            self._put(
                f'<g class="{layer.kind}">{self._told(layer)}<rect x="{x:.1f}" y="{y:.1f}" '
                f'width="{width:.1f}" height="{height:.1f}" rx="3" fill="{self._tint}" '
                f'fill-opacity=".25" stroke="{self._tint}"/>'
            )
            lines = piece.lines if len(layers) == 1 else (piece.lines[number],)
            first = y + height / 2 + 4.5 - 8.5 * (len(lines) - 1)
            for row, line in enumerate(lines):
                self._text(x + width / 2, first + 17 * row, line)
            self._put("</g>")
        if piece.note:
            bottom = MIDDLE + height * len(layers) / 2
            self._text(x + width / 2, bottom + 17, piece.note, "bold" if len(layers) > 1 else "")

    def _strip(self, layer: Layer, x: float) -> None:
        shade = ".3" if layer.kind == "norm" else ".75"
        self._put(
            f'<g class="{layer.kind}">{self._told(layer)}<rect x="{x:.1f}" '
            f'y="{MIDDLE - self._height / 2:.1f}" width="{STRIP:.0f}" height="{self._height:.1f}" '
            f'fill-opacity="{shade}"/></g>'
        )

    def _plus(self, layer: Layer, x: float) -> None:
        self._put(
            f'<g class="add" stroke="currentColor">{self._told(layer)}<circle cx="{x:.1f}" '
            f'cy="{MIDDLE:.0f}" r="7" fill="{self._tint}" fill-opacity=".25"/>'
            f'<path d="M{x - 4:.1f} {MIDDLE:.0f}h8M{x:.1f} {MIDDLE - 4:.0f}v8"/></g>'
        )

    def _arc(self, group: Group, start: float, end: float) -> None:
        block = group.block
        if block is None:
            return
        over, under = _shortcut_words(block.shortcut, end - start)
        dash = ' stroke-dasharray="5 4"' if block.changes_shape else ""
        told = "".join(f"{self._sentence(layer)}&#10;" for layer in block.shortcut)
        top = MIDDLE - 7
        self._put(
            f'<g class="shortcut {"changes" if block.changes_shape else "stays"}">'
            f"<title>{told}</title>"
            f'<path d="M{start:.1f} {MIDDLE:.0f}V{ARC + 8:.0f}q0 -8 8 -8H{end - 8:.1f}q8 0 8 8'
            f'V{top - 5:.0f}" fill="none" stroke="{SHORTCUT}" stroke-width="2"{dash}/>'
            f'<path d="M{end:.1f} {top:.0f}l-4 -8h8z" fill="{SHORTCUT}"/>'
            f'<circle cx="{start:.1f}" cy="{MIDDLE:.0f}" r="3" fill="{SHORTCUT}"/>'
        )
        self._text((start + end) / 2, ARC - 6, over)
        if under:
            self._text((start + end) / 2, ARC + 15, under)
        self._put("</g>")

    def legend(self, laid_out: Plan) -> None:
        """The last line: what the thin strips and the two kinds of arcs are."""
        y, x = PANEL + 20, 2.0
        kinds = {layer.kind for layer in laid_out.layers}
        strips = [("batch normalisation (BN)", ".3")] if "norm" in kinds else []
        strips += [(ACTIVATION_NAMES[kind], ".75") for kind in ACTIVATIONS if kind in kinds]
        for name, shade in strips:
            self._put(
                f'<rect x="{x:.1f}" y="{y - 11:.0f}" width="4" height="13" fill-opacity="{shade}"/>'
            )
            self._text(x + 9, y, name, "", "start")
            x += 0.85 * words(name) + 30
        if laid_out.spec.plain:
            return
        changing = any(block.changes_shape for block in laid_out.blocks)
        arcs = [("shortcut", "")] + ([("shortcut where the shape changes", "5 4")] * changing)
        for name, dash in arcs:
            self._put(
                f'<line x1="{x:.1f}" y1="{y - 4:.0f}" x2="{x + 26:.1f}" y2="{y - 4:.0f}" '
                f'stroke="{SHORTCUT}" stroke-width="2" stroke-dasharray="{dash or "none"}"/>'
            )
            self._text(x + 32, y, name, "", "start")
            x += 0.85 * words(name) + 54

    def _text(
        self, x: float, y: float, text: str, weight: str = "", anchor: str = "middle"
    ) -> None:
        bold = f' font-weight="{weight}"' if weight else ""
        self._put(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{bold}>{escape(text)}</text>'
        )

    def _told(self, layer: Layer) -> str:
        return f"<title>{self._sentence(layer)}</title>"

    def _sentence(self, layer: Layer) -> str:
        """What hovering says: where it is, what it does to the shape, what it costs."""
        row = self._costs[layer.name]
        shapes = ["×".join(map(str, shape)) for shape in (layer.in_shape, layer.out_shape)]
        kernel = f"{layer.kernel}×{layer.kernel} " if layer.kind in ("conv", "max-pool") else ""
        stride = f", stride {layer.stride}" if layer.stride > 1 else ""
        cost = f"{row.parameters:,} parameters, {row.macs:,} multiply-adds"
        return escape(f"{layer.name}: {kernel}{layer.kind}{stride}\n{' → '.join(shapes)}\n{cost}")

    def _put(self, mark: str) -> None:
        self.marks.append(mark)


def _shortcut_words(layers: tuple[Layer, ...], room: float) -> tuple[str, str]:
    """What a shortcut does to the channels, over its arc, and to the map, under it."""
    over, under = "identity", ""
    for layer in layers:
        if layer.stride > 1:
            under = f"stride {layer.stride}"
        if layer.kind == "conv":
            over = "1×1 convolution" if room > words("1×1 convolution") else "1×1 conv"
        if layer.kind == "zero-pad":
            over = f"zero-pad {layer.in_shape[0]} to {layer.out_shape[0]}"
    return over, under
