"""The pen that draws the sections of a net, each from x = 0; `picture` puts them together.

Every mark that stands for a layer is a group with the layer's name (`data-layer`), by which a page
links it to the row of a table.

Imports no streamlit.
"""

from xml.sax.saxutils import escape

from explorer.charts.diagram.layout import (
    GAP,
    SECTION_GAP,
    STRIP,
    Group,
    Piece,
    Section,
    words,
)
from explorer.charts.palette import SHORTCUT, stage_tint
from resnet.cost.layers import Cost
from resnet.plan import ACTIVATIONS, Layer, Plan
from resnet.spec.net import FIELDS

PANEL = 192.0
MIDDLE, ARC = 126.0, 68.0  # where the data flows, and where the shortcuts do
TALLEST, SHORTER = 72.0, 7.0  # a box on the first maps, and what every stage takes off
NUMBER = "§"  # stands in a drawn block for its number, so that one drawing serves many


class Pen:
    """Collects the marks of a section, all on the tint of the stage whose panel was last."""

    def __init__(self, total: Cost, titles: bool) -> None:
        self._costs = {row.layer.name: row for row in total.layers} if titles else {}
        self._stages = len(total.plan.stages)
        self._titles = titles
        self._marks: list[str] = []
        self._tint = ""
        self._height = TALLEST
        self._number = ""  # what a further block has in the place of its number

    def taken(self) -> str:
        """The marks since the last time."""
        marks, self._marks = self._marks, []
        return "".join(marks)

    def panel(self, section: Section, width: float, inner: float) -> float:
        """The ground and the heading of a section; returns where its first group starts."""
        self._tint = stage_tint(section.stage, self._stages)
        self._height = TALLEST - SHORTER * max(0, section.stage - 1)
        self._put(
            f'<rect class="panel" y="1" width="{width:.1f}" height="{PANEL:.0f}" rx="8" '
            f'fill="{self._tint}" fill-opacity=".1"/>'
        )
        toggles = f' data-toggle="{section.stage}"' if section.further else ""
        self._put(f'<g class="heading"{toggles}>')
        self._text(width / 2, 19, section.heading, "bold")
        self._text(width / 2, 37, section.size)
        self._put("</g>")
        start = (width - inner) / 2 - GAP
        self.flow(-SECTION_GAP if section.stage else 0.0, start)
        return start

    def flow(self, start: float, end: float) -> None:
        """The way of the data from one piece to the next."""
        self._put(_flows([(start, end)]))

    def group(self, group: Group, at: float, extra: float, number: str = "") -> float:
        """The pieces of a group, from `at`; returns where they end.

        number  put in place of the block's own, where one drawing serves several blocks
        """
        self._number = number
        alike = f' data-more="{group.others}"' if group.others else ""
        self._put(f'<g class="block"{alike}>' if group.block else "<g>")
        fork = at
        flows = []
        for piece in group.pieces:
            end = at + piece.advance(extra)
            start = end - piece.wide(extra)
            if piece.kind == "fork":
                start, fork = end, end - 2
            if start > at:
                flows.append((at, start))
            if piece.kind == "strip":
                self._strip(piece.layers[0], start)
            elif piece.kind == "plus":
                self._plus(piece.layers[0], (start + end) / 2)
                self._arc(group, fork, (start + end) / 2)
            elif piece.kind != "fork":
                self._box(piece, start, end - start, group)
            at = end
        self._put(_flows(flows))
        if number and group.block:
            self._text(at / 2, MIDDLE + self._height / 2 + 17, f"block {number}")
        self._put("</g>")
        self._number = ""
        return at

    def _box(self, piece: Piece, x: float, width: float, group: Group) -> None:
        """A layer with its words; a stack is several, one over the other."""
        layers = piece.layers
        height = self._height / len(layers) if len(layers) > 1 else self._height
        height = max(height, 20.0)
        top = MIDDLE - height * len(layers) / 2
        for number, layer in enumerate(layers):
            y = top + number * height
            self._open(layer)
            self._put(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" '
                f'fill="{self._tint}" fill-opacity=".25" stroke="{self._tint}"/>'
            )
            lines = piece.lines if piece.kind == "box" else (piece.lines[number],)
            first = y + height / 2 + 4.5 - 8.5 * (len(lines) - 1)
            for row, line in enumerate(lines):
                self._text(x + width / 2, first + 17 * row, line)
            self._put("</g>")
        if piece.note:
            bottom = MIDDLE + height * len(layers) / 2
            if group.block and group.others:
                self._put(f'<g class="more" data-unfold="{group.block.stage}">')
                self._text(x + width / 2, bottom + 17, piece.note, "bold")
                self._put("</g>")
            else:
                self._text(x + width / 2, bottom + 17, piece.note)

    def _strip(self, layer: Layer, x: float) -> None:
        shade = ".3" if layer.kind == "norm" else ".75"
        self._open(layer)
        self._put(
            f'<rect x="{x:.1f}" y="{MIDDLE - self._height / 2:.1f}" width="{STRIP:.0f}" '
            f'height="{self._height:.1f}" fill-opacity="{shade}"/></g>'
        )

    def _plus(self, layer: Layer, x: float) -> None:
        self._open(layer)
        self._put(
            f'<circle cx="{x:.1f}" cy="{MIDDLE:.0f}" r="7" fill="{self._tint}" '
            f'fill-opacity=".25" stroke="currentColor"/>'
            f'<path d="M{x - 4:.1f} {MIDDLE:.0f}h8M{x:.1f} {MIDDLE - 4:.0f}v8" '
            f'stroke="currentColor"/></g>'
        )

    def _arc(self, group: Group, start: float, end: float) -> None:
        block = group.block
        if block is None:
            return
        over, under = _shortcut_words(block.shortcut, end - start)
        dash = ' stroke-dasharray="5 4"' if block.changes_shape else ""
        main = max(block.shortcut, key=lambda layer: layer.kind in ("conv", "zero-pad"))
        others = " ".join(self._name(layer) for layer in block.shortcut if layer is not main)
        top = MIDDLE - 7
        self._put(
            f'<g class="shortcut {"changes" if block.changes_shape else "stays"}" '
            f'data-layer="{self._name(main)}" data-with="{others}">'
            f"{self._title(*block.shortcut)}"
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
        called = FIELDS["activation"].value_words
        strips += [(called(kind), ".75") for kind in ACTIVATIONS if kind in kinds]
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

    def _open(self, layer: Layer) -> None:
        """Begins the group of a layer's marks."""
        told = self._title(layer)
        self._put(f'<g class="{layer.kind}" data-layer="{self._name(layer)}">{told}')

    def _text(
        self, x: float, y: float, text: str, weight: str = "", anchor: str = "middle"
    ) -> None:
        bold = f' font-weight="{weight}"' if weight else ""
        self._put(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{bold}>{escape(text)}</text>'
        )

    def _title(self, *layers: Layer) -> str:
        if not self._titles:
            return ""
        told = "\n".join(self._sentence(layer) for layer in layers)
        return f"<title>{escape(told)}</title>"

    def _name(self, layer: Layer) -> str:
        if not self._number:
            return layer.name
        return layer.name.replace(f".block{layer.block}.", f".block{self._number}.")

    def _sentence(self, layer: Layer) -> str:
        """What hovering says: where it is, what it does to the shape, what it costs."""
        row = self._costs[layer.name]
        shapes = ["×".join(map(str, shape)) for shape in (layer.in_shape, layer.out_shape)]
        kernel = f"{layer.kernel}×{layer.kernel} " if layer.kind in ("conv", "max-pool") else ""
        stride = f", stride {layer.stride}" if layer.stride > 1 else ""
        cost = f"{row.parameters:,} parameters, {row.macs:,} multiply-adds"
        return f"{self._name(layer)}: {kernel}{layer.kind}{stride}\n{' → '.join(shapes)}\n{cost}"

    def _put(self, mark: str) -> None:
        self._marks.append(mark)


def _flows(spans: list[tuple[float, float]]) -> str:
    way = "".join(f"M{start:.1f} {MIDDLE:.0f}H{end:.1f}" for start, end in spans)
    return f'<path d="{way}" stroke="currentColor" stroke-opacity=".7"/>' if way else ""


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
            if room < 0.75 * words(over):  # it may reach a little beyond its arc
                over = f"zero-pad to {layer.out_shape[0]}"
    return over, under
